"""Everything all networks show of one series: evidence by extractor, in time and native; and epoch by epoch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.flow import Trace
from kdviz.evidence.base import Extractor, TraceExtractor, branches, extractor, undisturbed
from kdviz.metrics.separability import evenly_spaced
from kdviz.metrics.spectra import in_decibels, power, radial
from kdviz.nets.base import Branch
from kdviz.runs.analysis.evidence_answers import (
    EpochMaps,
    ExtractorEvidence,
    FeatureSpectrum,
    InstanceEvidence,
    NetworkMaps,
    UsualPeaks,
)
from kdviz.runs.analysis.fidelity import beside, twin
from kdviz.runs.analysis.opened_run import OpenedRun, check_series, look

USUAL_OF = 16
MOST_WEIGHTS = 4_000_000
"""Of all epochs' students that are held ready together: 16 MB, and as much for the control's."""
Usual = Mapping[str, dict[str, UsualPeaks]]


class Instance:
    """One series (1, C, T) of this number in front of all networks, which answer it once.

    They see what networks of their roles see, or all what one of the role `like` does.
    """

    def __init__(
        self, opened: OpenedRun, number: int, raw: NDArray[np.float32], nets: Mapping[str, Branch], like: str = ""
    ) -> None:
        self.opened, self.number, self.raw, self.nets, self.like = opened, np.array([number]), raw, nets, like
        found = opened.views_by_role(self.number, raw)
        self.views = {role: found[like or role] for role in nets}
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

    def spectra(self, role: str) -> dict[str, FeatureSpectrum]:
        """What this network's last features are made of, by modality; nothing where a map has no axis of time."""
        length, out = self.raw.shape[2], dict[str, FeatureSpectrum]()
        for m, part in branches(self.nets[role], self.traces[role]).items():
            maps, how = part.stages[-1].detach().numpy(), self.opened.inputs[role].modalities[m]
            if how.dims > 1 and how.spans(length) is None:
                continue
            away, rings = radial(power(maps))
            out[m] = FeatureSpectrum(away[1:] * max(maps.shape[2:]) / length, in_decibels(rings[0, 1:]))
        return out

    def _look(self, how: Extractor, role: str, net: Branch, target: NDArray[np.int64]) -> NetworkMaps:
        out = NetworkMaps({}, {})
        for m, found in self._maps(how, role, net, torch.from_numpy(target)).items():
            native = found.detach().float().numpy()
            out.maps[m] = native[0]
            time = self.opened.inputs[self.like or role].to_time(m, native, self.number, self.raw)
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
        {role: this.spectra(role) for role in nets},
    )


def by_epoch(opened: OpenedRun, series: int, extractors: Sequence[str], target: int) -> EpochMaps:
    """Student and control after every kept epoch before one series; an extractor that asks more than one pass a network
    is left out, because it takes too long.
    """
    check_series(opened, series)
    asked, raw = np.array([target]), opened.data.X[series : series + 1]
    quick = [name for name in extractors if isinstance(extractor(name), TraceExtractor)]
    maps: dict[str, dict[str, dict[str, NDArray[np.float32]]]] = {name: {} for name in quick}
    probability, (epochs, nets) = dict[str, NDArray[np.float32]](), epoch_networks(opened)
    for role, each in nets.items():
        this = Instance(opened, series, raw, {f"{k}": net for k, net in enumerate(each)}, like="student")
        probability[role] = np.stack([trace.logits.softmax(1)[0].numpy() for trace in this.traces.values()])
        for name in quick:
            found = this.evidence(name, asked, {}).networks.values()
            times = [one.times for one in found]
            if len(times) == len(each):
                maps[name][role] = {m: np.stack([one[m] for one in times]) for m in times[0]}
    return EpochMaps(epochs, maps, probability)


@lru_cache(maxsize=3)
def epoch_networks(opened: OpenedRun) -> tuple[tuple[int, ...], dict[str, list[Branch]]]:
    """Student and control after the kept epochs, held ready; of large networks only some epochs, evenly spread."""
    weights = sum(p.numel() for p in opened.networks["student"].parameters())
    kept = opened.kept_epochs()
    most = max(MOST_WEIGHTS // max(weights, 1), 8)
    places = np.linspace(0, len(kept) - 1, min(most, len(kept))).round().astype(int)
    epochs = sorted({*(kept[k] for k in places), *(e for e in kept if e == opened.answer_epoch)})
    own, nets = twin(opened, epochs), dict[str, list[Branch]]()
    if epochs:
        nets["student"] = [opened.at_epoch(epoch) for epoch in epochs]
    if epochs and own is not None:
        nets["control"] = [beside(opened, own, epoch) for epoch in epochs]
    return tuple(epochs), nets


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
