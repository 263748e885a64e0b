"""Which frequencies carry the decision, and which ones the evidence of student and teacher share."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.chance import chance
from kdviz.metrics.intervals import finite_or_none
from kdviz.metrics.separability import evenly_spaced
from kdviz.metrics.similarity import by_frequency, segment, similarity_measure
from kdviz.metrics.spectra import passed
from kdviz.runs.analysis.evidence_answers import SharedFrequencies
from kdviz.runs.analysis.evidence_match import counterpart
from kdviz.runs.analysis.network_answers import CutoffAccuracy
from kdviz.runs.analysis.opened_run import OpenedRun, chunked, look

MOST = 256
CUTS = 12
Index = NDArray[np.int64]


def accuracy_by_cutoff(opened: OpenedRun, cuts: Sequence[float], most: int = MOST) -> CutoffAccuracy:
    """Which frequencies carry the decision: accuracy on inputs with only those up to, or only those from, each cut.

    cuts (k,) are shares 0..1 of the highest frequency. Every view is made anew from the filtered signal.
    """
    series = evenly_spaced(opened.data.test, most)
    y, raw = opened.data.y[series], opened.data.X[series]
    low = [_right(opened, series, passed(raw, 0.0, cut / 2), y) for cut in cuts]
    high = [_right(opened, series, passed(raw, cut / 2, 0.5), y) for cut in cuts]
    lines = ({role: np.array([each[role] for each in kind]) for role in opened.networks} for kind in (low, high))
    return CutoffAccuracy(int(series.size), _right(opened, series, raw, y), np.asarray(cuts, np.float64), *lines)


def _right(opened: OpenedRun, series: Index, raw: NDArray[np.float32], y: Index) -> dict[str, float]:
    hits = dict.fromkeys(opened.networks, 0)
    for some in chunked(np.arange(y.size)):
        views = opened.views_by_role(series[some], raw[some])
        for role, net in opened.networks.items():
            with torch.no_grad():
                said = net(views[role]).logits.argmax(1).numpy()
            hits[role] += int((said == y[some]).sum())
    return {role: each / max(y.size, 1) for role, each in hits.items()}


def usual_cuts(length: int) -> list[float]:
    """Cuts from low to high as shares of the highest frequency, closer together where series have most of theirs."""
    steps = np.unique(np.rint((np.arange(1, CUTS + 1) / CUTS) ** 2 * (length // 2)).astype(int))
    return [float(s / (length // 2)) for s in steps if s > 0]


def coherence_by_frequency(opened: OpenedRun, extractor: str, teacher: str) -> SharedFrequencies:
    """Do the maps of student and teacher share frequencies? Welch coherence on test series, beside chance and control.

    Means over series; chance is the student's maps with the teacher's of other series of the class. Raises UserError
    where maps are not told in time.
    """
    series = evenly_spaced(opened.data.test, MOST)
    role, y = f"teacher.{teacher}", opened.data.y[series]
    if role not in opened.networks:
        raise UserError(f"There is no {teacher[:40]} teacher in this run.")
    theirs = look(opened, opened.networks[role], extractor, series, None).times.get(teacher)
    mine = _beside(opened, "student", extractor, series, teacher)
    if mine is None or theirs is None or theirs.shape[1] < 2 * segment(theirs.shape[1]):
        raise UserError("Coherence needs maps in time of at least 16 samples.")
    control = _beside(opened, "control", extractor, series, teacher)
    frequencies, each = by_frequency(mine, theirs)
    how = similarity_measure("coherence")
    return SharedFrequencies(
        int(series.size),
        finite_or_none(chance(how, how.ready(mine), how.ready(theirs), y).observed),
        frequencies,
        _mean(each),
        _mean(by_frequency(mine, theirs[_others(y)])[1]),
        None if control is None else _mean(by_frequency(control, theirs)[1]),
    )


def _beside(opened: OpenedRun, who: str, extractor: str, series: Index, teacher: str) -> NDArray[np.float32] | None:
    """The maps in time of a network that are held beside a teacher's; None where there are none."""
    net = opened.networks.get(who)
    return None if net is None else counterpart(look(opened, net, extractor, series, None).times, teacher)


def shared(opened: OpenedRun, extractor: str) -> dict[str, SharedFrequencies]:
    """Coherence with every teacher whose maps are told in time, by teacher."""
    found: dict[str, SharedFrequencies] = {}
    for role in opened.networks:
        name = role.removeprefix("teacher.")
        if name != role:
            with contextlib.suppress(UserError):  # this teacher's maps have no axis of time
                found[name] = coherence_by_frequency(opened, extractor, name)
    return found


def _others(y: Index) -> Index:
    """For each series the next one of its class, around the end; itself where it is alone."""
    out = np.arange(y.size)
    for label in np.unique(y):
        mine = np.flatnonzero(y == label)
        out[mine] = np.roll(mine, 1)
    return out


def _mean(each: NDArray[np.float64]) -> NDArray[np.float64]:
    known = each[np.isfinite(each).all(1)]
    return np.asarray(known.mean(0) if len(known) else np.full(each.shape[1], np.nan))
