"""Looking at live networks once, wholly: every answer that a page may ask for, made a record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.evidence.base import extractor, extractors
from kdviz.live.epoch_looks import EpochLook, fidelity_by_epoch, recorded_epochs, snapshots_of
from kdviz.live.live_networks import LiveRun
from kdviz.nets.foreign_network import ForeignNetwork
from kdviz.runs.analysis import fidelity as faithful
from kdviz.runs.analysis.evidence_answers import (
    DeletionCurves,
    EvidenceMatch,
    FeatureSpectrum,
    SharedFrequencies,
    WeightRandomisation,
)
from kdviz.runs.analysis.evidence_match import match
from kdviz.runs.analysis.frequency_content import frequency
from kdviz.runs.analysis.frequency_importance import accuracy_by_cutoff, shared, usual_cuts
from kdviz.runs.analysis.network_answers import FrequencyContent
from kdviz.runs.analysis.opened_run import OpenedRun, evidence, look, networks, predictions
from kdviz.runs.analysis.sanity_checks import every_filling, weight_randomisation
from kdviz.runs.analysis.series_evidence import Instance, usual
from kdviz.runs.analysis.snapshots import probes
from kdviz.runs.recorded.record import VERSION, ProbeMaps, Record, RecordedExtractor

CHECKED = 32
Index = NDArray[np.int64]
NO_CONTROL = (
    "No control was given: how alike the maps would be without a teacher is not known, and evidence transfer (ETS) is "
    "not told. Give the same network trained on labels alone: control=."
)
CUT = "no gradient reaches its input (torch.no_grad, detach or NumPy inside forward cuts it)"
ONE_LOOK = "The networks were looked at once; kdviz.Recorder records a training epoch by epoch."
NO_WHAT_IF = (
    "Other classes, deletion curves and the check with random weights were not recorded (what_if=True records them); "
    "changed series can only be asked where the networks are."
)


def record(live: LiveRun, names: Sequence[str], probe: int, what_if: bool, looks: Sequence[EpochLook] = ()) -> Record:
    """Everything that these networks, which are quiet now, say of their data; raises UserError for a wrong name."""
    opened = live.opened
    chosen = _answering(opened, names)
    series, data = probes(opened, probe), opened.data
    mapped = _with_maps(opened)
    by_epoch, epochs = fidelity_by_epoch(opened, looks), recorded_epochs(opened, looks)
    known = networks(opened)
    if looks:
        known = replace(known, epochs=tuple(each.epoch for each in looks), answer=looks[-1].epoch)
    return Record(
        version=VERSION,
        networks=known,
        predictions=predictions(opened),
        series=series,
        views={m: view.numpy() for m, view in opened.inputs["student"].views(series).items()},
        spectra={str(one): _spectra(mapped, int(one)) for one in series},
        extractors={name: _extractor(opened, name, series, what_if) for name in chosen},
        matches={name: dict(_matches(opened, name, what_if)) for name in chosen},
        fidelity=replace(faithful.fidelity_of(opened), by_epoch=by_epoch),
        frequency=_frequency(mapped, series),
        cutoffs=None if live.fixed else accuracy_by_cutoff(opened, usual_cuts(data.length)),
        coherence={name: _coherence(opened, name) for name in chosen if not extractor(name).slow},
        deletion={name: _deletion(opened, name) for name in chosen if what_if and not live.fixed},
        randomisation={name: _randomised(opened, name) for name in chosen if what_if},
        snapshots=snapshots_of(opened, chosen, series, epochs),
        epochs=epochs,
        lacks=tuple(_lacks(live, what_if, bool(looks))),
    )


def _answering(opened: OpenedRun, names: Sequence[str]) -> list[str]:
    """The extractors that were asked for, or all; each is tried, and a network that one breaks on refuses it."""
    chosen = [_without_stage(name) for name in names] or [n for n in extractors() if n != "cross_attention"]
    few = opened.data.test[:2]
    for name in dict.fromkeys(chosen):
        for net in opened.networks.values():
            if not isinstance(net, ForeignNetwork) or name in net.without:
                continue
            try:
                look(opened, net, name, few, None)
            except Exception as why:  # an extractor knows some layers only, and the network is somebody else's code
                said = " ".join(str(why).split())[:160]
                said = CUT if "does not require grad" in said else said
                net.without[extractor(name).id] = f"{extractor(name).title} could not be taken of this network: {said}."
    return list(dict.fromkeys(chosen))


def _without_stage(name: str) -> str:
    """The name, of an extractor's last stage; raises UserError."""
    how, more = extractor(name), name.partition(":")[2]
    return name if more in how.others else how.id


def _asked(opened: OpenedRun, what_if: bool) -> list[str]:
    return ["true", *(str(k) for k in range(len(opened.data.classes)) if what_if)]


def _extractor(opened: OpenedRun, name: str, series: Index, what_if: bool) -> RecordedExtractor:
    how, asked = extractor(name), dict[str, dict[str, ProbeMaps]]()
    refused = {role: why for role, net in opened.networks.items() if (why := how.refusal(net)) is not None}
    for target in _asked(opened, what_if) if len(refused) < len(opened.networks) else ():
        classes = opened.data.y[series] if target == "true" else np.full(series.size, int(target))
        found = evidence(opened, name, series, classes)
        asked[target] = {role: ProbeMaps(each.maps, each.times) for role, each in found.items()}
    return RecordedExtractor(how.title, how.signed, asked, refused, usual(opened, name))


def _matches(opened: OpenedRun, name: str, what_if: bool) -> Iterator[tuple[str, EvidenceMatch]]:
    roles = [role for role, net in opened.networks.items() if extractor(name).refusal(net) is None]
    if "student" in roles and any(role.startswith("teacher.") for role in roles):
        for target in [*_asked(opened, what_if), *(["predicted"] if what_if else [])]:
            yield target, match(opened, name, int(target) if target.isdecimal() else target)


def _with_maps(opened: OpenedRun) -> OpenedRun:
    """The same with the networks alone that have feature maps."""
    some = OpenedRun(opened.run, opened.data)
    vars(some).update(vars(opened))
    vars(some)["networks"] = {role: net for role, net in opened.networks.items() if net.depth}
    return some


def _spectra(opened: OpenedRun, one: int) -> dict[str, dict[str, FeatureSpectrum]]:
    this = Instance(opened, one, opened.data.X[[one]], opened.networks)
    return {role: this.spectra(role) for role in opened.networks}


def _frequency(opened: OpenedRun, series: Index) -> dict[str, FrequencyContent]:
    """Of the last stage of each, by series; by series and stage, of the last that all have: pages ask for that."""
    depths = {net.depth for net in opened.networks.values()}
    found = {str(one): frequency(opened, int(one)) for one in series} if depths else {}
    if len(depths) > 1:
        last = min(depths) - 1
        found |= {f"{one}:{last}": frequency(opened, int(one), last) for one in series}
    return found


def _coherence(opened: OpenedRun, name: str) -> dict[str, SharedFrequencies]:
    asked = OpenedRun(opened.run, opened.data)
    able = {r: net for r, net in opened.networks.items() if extractor(name).refusal(net) is None}
    if "student" not in able:
        return {}
    vars(asked).update({**vars(opened), "networks": able})
    return shared(asked, name)


def _deletion(opened: OpenedRun, name: str) -> dict[str, dict[str, DeletionCurves]]:
    found: dict[str, dict[str, DeletionCurves]] = {}
    for role in opened.networks:
        with suppress(UserError):  # a network without this map, or whose map has no axis of time
            found[role] = every_filling(opened, name, role, CHECKED)
    return found


def _randomised(opened: OpenedRun, name: str) -> dict[str, WeightRandomisation]:
    found: dict[str, WeightRandomisation] = {}
    for role in opened.networks:
        with suppress(UserError):
            found[role] = weight_randomisation(opened, name, role, CHECKED)
    return found


def _lacks(live: LiveRun, what_if: bool, trained: bool) -> Iterator[str]:
    if "control" not in live.opened.networks:
        yield NO_CONTROL
    if not trained:
        yield ONE_LOOK
    if not what_if:
        yield NO_WHAT_IF
    for role, net in live.opened.networks.items():
        if isinstance(net, ForeignNetwork) and net.found.stages == ():
            yield f"{role.removeprefix('teacher.')}: {net.without['gradcam']}"
