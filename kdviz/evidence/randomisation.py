"""The model-randomisation check: evidence that survives random weights was never the network's own.

Adebayo et al., Sanity checks for saliency maps, NeurIPS 2018.
"""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from kdviz.core.flow import Views
from kdviz.evidence.base import Extractor
from kdviz.metrics.similarity import similarity_measure
from kdviz.nets.base import Branch


def randomised(net: Branch, seed: int, layers: int | None = None) -> Branch:
    """A copy with fresh weights in its last `layers` layers (None: in all), seeded; the network itself is untouched.

    Layers count from the head down, as in Adebayo's cascade; global random numbers go on as if nothing was drawn.
    """
    other = copy.deepcopy(net)
    found = weighted(other)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(_apart(seed))
        for _, layer in found[len(found) - (len(found) if layers is None else layers) :]:
            layer.reset_parameters()  # type: ignore[operator]
    return other


def _apart(seed: int) -> int:
    """A seed that no training uses: from its own, a network would only find its own first weights again."""
    return int(np.random.SeedSequence([seed, 20181]).generate_state(1)[0])


def weighted(net: Branch) -> list[tuple[str, nn.Module]]:
    """The layers with weights that can be made anew, by name, from the input to the head."""
    return [(name, layer) for name, layer in net.named_modules() if hasattr(layer, "reset_parameters")]


def survival(
    how: Extractor, net: Branch, views: Views, target: Tensor, measure: str = "spearman", seeds: int = 3
) -> dict[str, NDArray[np.float64]]:
    """The likeness (seeds, N), by modality, of a network's maps with those of the same network randomised.

    Near 0 the check is passed; near 1 the extractor draws the input, not the network.
    """
    true = how.look(net, views, target)
    made = [how.look(randomised(net, seed), views, target) for seed in range(seeds)]
    return {name: np.stack([_likeness(measure, each, other[name]) for other in made]) for name, each in true.items()}


def _likeness(measure: str, one: Tensor, other: Tensor) -> NDArray[np.float64]:
    return similarity_measure(measure)(one.double().numpy(), other.double().numpy())
