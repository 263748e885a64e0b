"""Everything a training needs to go on as if nothing had happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from torch import Tensor

if TYPE_CHECKING:
    from kdviz.training.learner import Learner


@dataclass(frozen=True)
class State:
    """A training after an epoch: tensors by name, and plain JSON words.

    Randomness needs no place here: every epoch seeds itself from (seed, epoch).
    """

    epoch: int
    tensors: dict[str, Tensor]
    words: dict[str, Any]


def packed(me: Learner) -> State:
    """The state of a learner, copied."""
    tensors = {f"net.{k}": v for k, v in me.net.state_dict().items()}
    tensors |= {f"method.{k}": v for k, v in me.method.state_dict().items()}
    for number, moments in me.optimiser.state_dict()["state"].items():
        tensors |= {f"optimiser.{number}.{k}": v for k, v in moments.items()}
    for name, weights in me.answers.items():
        tensors |= {f"answer.{name}.{k}": v for k, v in weights.items()}
    for name, layers in me.layers.items():
        tensors |= {f"layers.{name}.{k}": v for k, v in layers.items()}
    words = {"moments": me.moments, "best": me.best.state(), "seconds": me.seconds}
    return State(me.epoch, {k: v.detach().clone().contiguous() for k, v in tensors.items()}, words)


def unpacked(state: State, me: Learner) -> None:
    """Put a learner back to where `packed` found it."""
    me.net.load_state_dict(_under(state, "net"))
    me.method.load_state_dict(_under(state, "method"))
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _under(state, "optimiser").items():
        number, key = name.split(".", 1)
        moments.setdefault(int(number), {})[key] = value.clone()
    whole = me.optimiser.state_dict()
    me.optimiser.load_state_dict({"state": moments, "param_groups": whole["param_groups"]})
    for name, value in _under(state, "answer").items():
        which, key = name.split(".", 1)
        me.answers.setdefault(which, {})[key] = value.clone()
    for name, value in _under(state, "layers").items():
        which, key = name.split(".", 1)
        me.layers.setdefault(which, {})[key] = value.clone()
    me.moments = dict(state.words["moments"])
    me.best.restore(state.words["best"])
    me.seconds, me.epoch = state.words["seconds"], state.epoch


def _under(state: State, prefix: str) -> dict[str, Tensor]:
    cut = len(prefix) + 1
    return {name[cut:]: value for name, value in state.tensors.items() if name.startswith(prefix + ".")}
