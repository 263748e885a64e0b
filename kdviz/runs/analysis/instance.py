"""Everything all networks show of one series: evidence by extractor, in time and native, and the spectra beneath it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.flow import Trace, Views
from kdviz.evidence.base import Extractor, TraceExtractor, extractor, undisturbed
from kdviz.metrics.separability import evenly_spaced
from kdviz.metrics.spectra import power, radial
from kdviz.nets.base import Branch
from kdviz.runs.analysis.opened_run import OpenedRun, look
from kdviz.training.encoded_data import encode

Arrays = dict[str, NDArray[Any]]
USUAL_OF = 16


@dataclass
class Board:
    """One series (1, C, T) in front of all networks.

    arrays    `sight/role/map/modality`, `sight/role/time/modality`, `role/probability`, `view/modality`,
              `role/spectrum/modality` and `frequencies/modality`
    refused   by sight and role: why there is nothing to see, in a sentence
    """

    opened: OpenedRun
    raw: NDArray[np.float32]
    nets: Mapping[str, Branch]
    arrays: Arrays = field(default_factory=dict)
    refused: dict[str, dict[str, str]] = field(default_factory=dict)
    traces: dict[str, Trace] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.views = encode(self.opened.eyes, self.raw)
        self.arrays |= {f"view/{m}": v[0].numpy() for m, v in self.views.items()}

    def answer_all(self) -> None:
        """What each network predicts, and what its last feature maps are made of."""
        for role, net in self.nets.items():
            with undisturbed(net):
                self.traces[role] = trace = net(self._of(net))
            self.arrays[f"{role}/probability"] = trace.logits.softmax(1)[0].numpy()
            for m, part in (trace.parts or {net.modalities[0]: trace}).items():
                self._spectrum(role, m, part)

    def ask(self, sight: str, target: NDArray[np.int64]) -> None:
        """One extractor of all networks, for class `target` (1,)."""
        how, self.refused[sight] = extractor(sight), {}
        for role, net in self.nets.items():
            refusal = how.refusal(net)
            if refusal:
                self.refused[sight][role] = refusal
            else:
                self._look(how, sight, role, net, target)

    def _look(self, how: Extractor, sight: str, role: str, net: Branch, target: NDArray[np.int64]) -> None:
        for m, found in self._maps(how, role, net, torch.from_numpy(target)).items():
            native = found.detach().float().numpy()
            self.arrays[f"{sight}/{role}/map/{m}"] = native[0]
            time = self.opened.eyes[m].to_time(native, self.raw)
            if time is not None:
                self.arrays[f"{sight}/{role}/time/{m}"] = time[0]

    def _maps(self, how: Extractor, role: str, net: Branch, target: Tensor) -> Mapping[str, Tensor]:
        """What only reads one pass reads the one that answered; anything else looks for itself."""
        if isinstance(how, TraceExtractor) and role in self.traces:
            return how.read(net, self.traces[role], target)
        return how.look(net, self._of(net), target)

    def _of(self, net: Branch) -> Views:
        return {m: self.views[m] for m in net.modalities}

    def _spectrum(self, role: str, modality: str, part: Trace) -> None:
        away, rings = radial(power(part.stages[-1].numpy()))
        self.arrays[f"{role}/spectrum/{modality}"] = rings[0]
        self.arrays[f"{role}/frequencies/{modality}"] = away


def board(opened: OpenedRun, raw: NDArray[np.float32], sights: Sequence[str], target: int, epoch: int | None) -> Board:
    """All networks before one series (1, C, T), asked for class `target`; the student as it was after `epoch`.

    Raises UserError for an unknown extractor or an epoch that was not kept.
    """
    nets = dict(opened.networks)
    if epoch is not None:
        nets["student"] = opened.at_epoch(epoch)
    found = Board(opened, raw, nets)
    found.answer_all()
    for sight in sights:
        found.ask(sight, np.array([target]))
    return found


def usual(opened: OpenedRun, sight: str) -> dict[str, dict[str, float]]:
    """By role and `map/modality` or `time/modality`: the mean over some test series of a map's largest magnitude.

    Evidence of different networks has no common unit; a map over what is usual for its network has one.
    """
    series, how = evenly_spaced(opened.data.test, USUAL_OF), extractor(sight)
    labels, out = opened.data.y[series], dict[str, dict[str, float]]()
    for role, net in opened.networks.items():
        if how.refusal(net) is None:
            found = look(opened, net, sight, series, labels)
            out[role] = {f"map/{m}": _peak(values) for m, values in found.maps.items()}
            out[role] |= {f"time/{m}": _peak(values) for m, values in found.times.items()}
    return out


def _peak(maps: NDArray[np.float32]) -> float:
    return float(np.abs(maps).reshape(len(maps), -1).max(1).mean())
