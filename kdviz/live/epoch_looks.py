"""Live networks epoch by epoch: what is kept of each look, and what is made of all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.evidence.base import extractor, extractors
from kdviz.metrics.scores import fidelity, quality
from kdviz.metrics.separability import evenly_spaced
from kdviz.runs.analysis.fidelity import MOST
from kdviz.runs.analysis.network_answers import EpochFidelity, FidelityByEpoch
from kdviz.runs.analysis.opened_run import NetworkEvidence, OpenedRun, look
from kdviz.runs.analysis.snapshots import Times, pack_snapshots
from kdviz.runs.recorded.record import RecordedEpochs
from kdviz.runs.store.snapshot_file import Snapshots

Index = NDArray[np.int64]
MOVING = ("cam", "gradcam", "saliency")
"""What is looked at epoch by epoch: the first of these that the student and a teacher can be asked."""


@dataclass(frozen=True)
class EpochLook:
    """What the probes showed after one epoch, by role: maps in time by modality (n, T), probabilities (n, classes),
    and logits of the test series that fidelity is told of."""

    epoch: int
    maps: Mapping[str, Mapping[str, NDArray[np.float32]]]
    probability: Mapping[str, NDArray[np.float32]]
    logits: Mapping[str, NDArray[np.float32]]


def moving(opened: OpenedRun, names: Sequence[str]) -> str:
    """The extractor that is looked at epoch by epoch; empty where the networks share none whose maps have time."""
    for name in MOVING:
        able = [role for role, net in opened.networks.items() if extractor(name).refusal(net) is None]
        if name in names and "student" in able and any(role.startswith("teacher.") for role in able):
            return name
    return ""


def look_at_epoch(opened: OpenedRun, epoch: int, name: str, series: Index, judged: Index) -> EpochLook:
    """Student and control before the probes, and their logits on the judged test series."""
    maps, probability, logits = dict[str, Any](), dict[str, Any](), dict[str, Any]()
    for role in ("student", "control"):
        net = opened.networks.get(role)
        if net is None:
            continue
        logits[role] = opened.logits(role, judged)
        if name and extractor(name).refusal(net) is None:
            found = look(opened, net, name, series, None)
            maps[role], probability[role] = found.times, found.probability
        else:
            said = torch.from_numpy(opened.logits(role, series))
            maps[role], probability[role] = {}, said.softmax(1).numpy()
    return EpochLook(epoch, maps, probability, logits)


def recorded_epochs(opened: OpenedRun, looks: Sequence[EpochLook]) -> RecordedEpochs | None:
    """All looks in one piece; None where there were none."""
    if not looks:
        return None
    name = moving(opened, list(extractors()))
    roles = list(looks[0].maps)
    maps = {r: {m: np.stack([e.maps[r][m] for e in looks], 1) for m in looks[0].maps[r]} for r in roles}
    probability = {r: np.stack([e.probability[r] for e in looks]) for r in roles}
    return RecordedEpochs(tuple(e.epoch for e in looks), name, maps, probability)


def snapshots_of(
    opened: OpenedRun, names: Sequence[str], series: Index, epochs: RecordedEpochs | None
) -> Snapshots | None:
    """As the scrubber shows them; of networks that were looked at once, as one epoch."""
    name = epochs.extractor if epochs is not None else moving(opened, names)
    if not name:
        return None
    seen = {
        r: look(opened, n, name, series, None) for r, n in opened.networks.items() if not extractor(name).refusal(n)
    }
    if not seen["student"].times:
        return None
    movers = {who: _times(who, seen, epochs) for who in ("student", "control") if who in seen}
    teachers = {role.removeprefix("teacher."): each for role, each in seen.items() if role.startswith("teacher.")}
    found = pack_snapshots(movers["student"], movers.get("control"), teachers, opened.data.y[series])
    told = epochs.epochs if epochs is not None else (0,)
    return replace(found, epochs=told, arrays={"series": series, **found.arrays}, answer=told[-1])


def _times(who: str, seen: Mapping[str, NetworkEvidence], epochs: RecordedEpochs | None) -> Times:
    if epochs is None:
        maps, probability = {m: v[:, None] for m, v in seen[who].times.items()}, seen[who].probability[:, None]
    else:
        maps, probability = dict(epochs.maps[who]), epochs.probability[who].swapaxes(0, 1)
    return Times(maps, probability.argmax(2).astype(np.int16), probability.max(2))


def fidelity_by_epoch(opened: OpenedRun, looks: Sequence[EpochLook]) -> FidelityByEpoch:
    """Scores after every recorded epoch, on the test series of which logits were kept."""
    out = FidelityByEpoch(np.array([each.epoch for each in looks], np.int64), {}, {})
    if not looks:
        return out
    judged = judged_series(opened)
    y = opened.data.y[judged]
    teachers = {r.removeprefix("teacher."): opened.logits(r, judged) for r in opened.networks if "teacher." in r}
    for who in looks[0].logits:
        logits = [each.logits[who] for each in looks]
        out.accuracy[who] = np.array([quality(z, y)["accuracy"] for z in logits])
        out.teachers[who] = {name: _over(logits, other, y) for name, other in teachers.items()}
    return out


def _over(logits: Sequence[NDArray[np.float32]], teacher: NDArray[np.float32], y: Index) -> EpochFidelity:
    found = [fidelity(z, teacher, y) for z in logits]
    return EpochFidelity(*(np.array([each[name] for each in found]) for name in ("agreement", "predictive_kl")))


def judged_series(opened: OpenedRun) -> Index:
    """The test series whose logits are kept epoch by epoch: those of fidelity by epoch."""
    return evenly_spaced(opened.data.test, MOST)
