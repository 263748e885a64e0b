"""Which frequencies carry the decision, and which ones the evidence of student and teacher share."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.chance import chance
from kdviz.metrics.coherence import by_frequency, segment
from kdviz.metrics.separability import evenly_spaced
from kdviz.metrics.similarity import similarity_measure
from kdviz.metrics.spectra import passed
from kdviz.runs.analysis.evidence_match import counterpart
from kdviz.runs.analysis.opened_run import OpenedRun, look
from kdviz.training.encoded_data import encode

MOST = 256
CUTS = 12
Arrays = dict[str, NDArray[Any]]
Index = NDArray[np.int64]


def accuracy_by_cutoff(opened: OpenedRun, cuts: Sequence[float], most: int = MOST) -> tuple[dict[str, Any], Arrays]:
    """Which frequencies carry the decision: accuracy on inputs with only those up to, or only those from, each cut.

    cuts are shares 0..1 of the highest frequency. Every view is made anew from the filtered signal.
    Arrays `cuts` (k,) and `role/low`, `role/high` (k,); words `whole`: accuracy by role of the untouched series.
    """
    series = evenly_spaced(opened.data.test, most)
    y, raw = opened.data.y[series], opened.data.X[series]
    arrays: Arrays = {"cuts": np.asarray(cuts, np.float64)}
    for kind in ("low", "high"):
        found = [_right(opened, passed(raw, *((0.0, c / 2) if kind == "low" else (c / 2, 0.5))), y) for c in cuts]
        arrays |= {f"{role}/{kind}": np.array([each[role] for each in found]) for role in opened.networks}
    return {"whole": _right(opened, raw, y), "series": int(series.size)}, arrays


def _right(opened: OpenedRun, raw: NDArray[np.float32], y: Index) -> dict[str, float]:
    hits = dict.fromkeys(opened.networks, 0)
    for start in range(0, y.size, 256):
        views = encode(opened.eyes, raw[start : start + 256])
        for role, net in opened.networks.items():
            with torch.no_grad():
                said = net({m: views[m] for m in net.modalities}).logits.argmax(1).numpy()
            hits[role] += int((said == y[start : start + 256]).sum())
    return {role: each / max(y.size, 1) for role, each in hits.items()}


def usual_cuts(length: int) -> list[float]:
    """Cuts from low to high as shares of the highest frequency, closer together where series have most of theirs."""
    steps = np.unique(np.rint((np.arange(1, CUTS + 1) / CUTS) ** 2 * (length // 2)).astype(int))
    return [float(s / (length // 2)) for s in steps if s > 0]


def coherence_by_frequency(opened: OpenedRun, sight: str, teacher: str) -> tuple[dict[str, Any], Arrays]:
    """Do the maps of student and teacher share frequencies? Welch coherence on test series, beside chance and control.

    Arrays `frequencies` (F,) cycles per sample, `student`, `control` (F,) means over series, and `chance` (F,): the
    student's maps with the teacher's of other series of the class. Raises UserError where maps are not told in time.
    """
    series = evenly_spaced(opened.data.test, MOST)
    role = f"teacher.{teacher}"
    if role not in opened.networks:
        raise UserError(f"There is no {teacher[:40]} teacher in this run.")
    theirs = look(opened, opened.networks[role], sight, series, None).times.get(teacher)
    if theirs is None or theirs.shape[1] < 2 * segment(theirs.shape[1]):
        raise UserError("Coherence needs maps in time of at least 16 samples.")
    arrays: Arrays = {}
    for who in ("student", "control"):
        if who in opened.networks:
            mine = counterpart(look(opened, opened.networks[who], sight, series, None).times, teacher)
            if mine is not None:
                arrays["frequencies"], each = by_frequency(mine, theirs)
                arrays[who] = _mean(each)
                if who == "student":
                    arrays["chance"] = _mean(by_frequency(mine, theirs[_others(opened.data.y[series])])[1])
                    how = similarity_measure("coherence")
                    by_chance = chance(how, how.ready(mine), how.ready(theirs), opened.data.y[series])
                    words = {"match": _or_none(by_chance.observed), "series": int(series.size)}
    return words, arrays


def shared(opened: OpenedRun, sight: str) -> tuple[dict[str, dict[str, float]], Arrays]:
    """Coherence with every teacher whose maps are told in time: by teacher the means over frequencies, and the lines.

    Arrays `TEACHER/frequencies` and `TEACHER/student`, `.../control`, `.../chance` as in `coherent`.
    """
    words, arrays = dict[str, dict[str, float]](), dict[str, NDArray[Any]]()
    for role in opened.networks:
        name = role.removeprefix("teacher.")
        if name == role:
            continue
        with contextlib.suppress(UserError):  # this teacher's maps have no axis of time
            found = coherence_by_frequency(opened, sight, name)[1]
            arrays |= {f"{name}/{what}": values for what, values in found.items()}
            words[name] = {who: float(np.nanmean(v)) for who, v in found.items() if who != "frequencies"}
    return words, arrays


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


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
