"""Everything all networks show of one series: evidence by extractor, in time and native."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.flow import Trace
from kdviz.evidence.base import Extractor, TraceExtractor, extractor, undisturbed
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.runs.analysis.evidence_answers import ExtractorEvidence, InstanceEvidence, NetworkMaps, UsualPeaks
from kdviz.runs.analysis.opened_run import OpenedRun, look

USUAL_OF = 16
Usual = Mapping[str, dict[str, UsualPeaks]]


class Instance:
    """One series (1, C, T) of this number in front of all networks, which answer it once."""

    def __init__(self, opened: OpenedRun, number: int, raw: NDArray[np.float32], nets: Mapping[str, Branch]) -> None:
        self.opened, self.number, self.raw, self.nets = opened, np.array([number]), raw, nets
        self.views = opened.views_by_role(self.number, raw)
        self.traces: dict[str, Trace] = {}
        for role, net in nets.items():
            with undisturbed(net):
                self.traces[role] = net(self.views[role])

    def evidence(self, name: str, target: NDArray[np.int64], usual: dict[str, UsualPeaks]) -> ExtractorEvidence:
        """One extractor of all networks, for class `target` (1,)."""
        how, refused, found = extractor(name), dict[str, str](), dict[str, NetworkMaps]()
        for role, net in self.nets.items():
            refusal = how.refusal(net)
            if refusal:
                refused[role] = refusal
            else:
                found[role] = self._look(how, role, net, target)
        return ExtractorEvidence(how.title, how.signed, found, refused, usual)

    def _look(self, how: Extractor, role: str, net: Branch, target: NDArray[np.int64]) -> NetworkMaps:
        out = NetworkMaps({}, {})
        for m, found in self._maps(how, role, net, torch.from_numpy(target)).items():
            native = found.detach().float().numpy()
            out.maps[m] = native[0]
            time = self.opened.inputs[role].to_time(m, native, self.number, self.raw)
            if time is not None:
                out.times[m] = time[0]
        return out

    def _maps(self, how: Extractor, role: str, net: Branch, target: Tensor) -> Mapping[str, Tensor]:
        """What only reads one pass reads the one that answered; anything else looks for itself."""
        if isinstance(how, TraceExtractor):
            return how.read(net, self.traces[role], target)
        return how.look(net, self.views[role], target)


def board(
    opened: OpenedRun,
    number: int,
    raw: NDArray[np.float32],
    extractors: Sequence[str],
    target: int,
    epoch: int | None,
    usual: Usual | None = None,
) -> InstanceEvidence:
    """All networks before series `number`, or `raw` (1, C, T) in its place, asked for class `target`; the student as it
    was after `epoch`.

    `usual` by extractor goes along. Raises UserError for an unknown extractor or an epoch that was not kept.
    """
    nets = dict(opened.networks)
    if epoch is not None:
        nets["student"] = opened.at_epoch(epoch)
    this, asked = Instance(opened, number, raw, nets), np.array([target])
    return InstanceEvidence(
        raw[0],
        {role: {m: view[0].numpy() for m, view in each.items()} for role, each in this.views.items()},
        {role: trace.logits.softmax(1)[0].numpy() for role, trace in this.traces.items()},
        {name: this.evidence(name, asked, (usual or {}).get(name, {})) for name in extractors},
    )


def usual(opened: OpenedRun, name: str) -> dict[str, UsualPeaks]:
    """By role: the mean over some test series of a map's largest magnitude, for one extractor.

    Evidence of different networks has no common unit; a map over what is usual for its network has one.
    """
    series, how = evenly_spaced(opened.data.test, USUAL_OF), extractor(name)
    labels, out = opened.data.y[series], dict[str, UsualPeaks]()
    for role, net in opened.networks.items():
        if how.refusal(net) is None:
            found = look(opened, net, name, series, labels)
            maps, times = ({m: _peak(v) for m, v in each.items()} for each in (found.maps, found.times))
            out[role] = UsualPeaks(maps, times)
    return out


def _peak(maps: NDArray[np.float32]) -> float:
    return float(np.abs(maps).reshape(len(maps), -1).max(1).mean())
