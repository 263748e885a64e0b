"""Where the student looked after each kept epoch, for a fixed set of test series: computed once, kept in a megabyte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.files import fingerprint, write
from kdviz.evidence.base import extractor
from kdviz.metrics.chance import chance
from kdviz.metrics.similarity import similarity_measure
from kdviz.nets.base import Branch
from kdviz.runs.analysis.evidence_match import counterpart
from kdviz.runs.analysis.fidelity import beside, twin
from kdviz.runs.analysis.opened_run import NetworkEvidence, OpenedRun, look
from kdviz.runs.store.snapshot_file import Snapshots, read_npz, snapshots_from, to_npz

VERSION = 3
PROBES = 64
MOST_BYTES = 700_000
LARGEST_FILE = 8 << 20
MEASURE = "pearson"
Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Times:
    """A network's maps in time after each epoch, by modality (n, E, T); answers (n, E) and probabilities (n, E)."""

    maps: Mapping[str, NDArray[np.float32]]
    answer: NDArray[np.int16]
    sure: NDArray[np.float32]


def probes(opened: OpenedRun, most: int = PROBES) -> NDArray[np.int64]:
    """The series of the probe set: of the test set, the first of every class in turn."""
    test = opened.data.test
    y = opened.data.y[test]
    turn = np.zeros(test.size, np.int64)
    for label in np.unique(y):
        turn[y == label] = np.arange(int((y == label).sum()))
    return np.sort(test[np.lexsort((np.arange(test.size), turn))[:most]])


def snapshots(opened: OpenedRun, name: str = "cam") -> Snapshots:
    """What the scrubber shows of extractor `name`; taken from the run's directory, or computed and put there.

    Matches are Pearson at full length, before anything was rounded. Raises UserError where no epoch was kept or the
    extractor is too slow for this.
    """
    if extractor(name).slow:
        raise UserError(f"{extractor(name).title} of every epoch takes too long: choose CAM, attention or Grad-CAM.")
    if not opened.kept_epochs():
        raise UserError("This run came without the epochs of its training, so there is nothing to look back at.")
    place = opened.run.folder / f"snapshots-{name.replace(':', '-')}.npz"
    known = _kept(place, _mark(opened))
    if known is not None:
        return known
    found = taken(opened, name)
    write(place, to_npz({**found.head(), "mark": _mark(opened)}, found.arrays), durable=False)
    return found


def _mark(opened: OpenedRun) -> str:
    """Changes with the outcome, the epochs that are there, and the way this file is written."""
    return fingerprint(json.dumps([VERSION, opened.run.outcome_key, opened.kept_epochs()]).encode())[:16]


def _kept(place: Path, mark: str) -> Snapshots | None:
    found = read_npz(place, LARGEST_FILE)
    try:
        return snapshots_from(*found) if found and found[0]["mark"] == mark else None
    except (KeyError, TypeError, ValueError):
        return None


def taken(opened: OpenedRun, name: str, most: int = PROBES) -> Snapshots:
    """The same, computed anew from the kept epochs, of at most so many series."""
    series, epochs = probes(opened, most), opened.kept_epochs()
    student = _over(opened, name, series, [opened.at_epoch(e) for e in epochs])
    control = _control(opened, name, series, epochs)
    teachers = {
        role.removeprefix("teacher."): look(opened, net, name, series, None)
        for role, net in opened.networks.items()
        if role.startswith("teacher.") and extractor(name).refusal(net) is None
    }
    found = pack_snapshots(student, control, teachers, opened.data.y[series])
    arrays = {"series": series, **found.arrays}
    answer = opened.answer_epoch if opened.answer_epoch in epochs else epochs[-1]
    return replace(found, epochs=tuple(epochs), stages=stages(opened), arrays=arrays, answer=answer)


def pack_snapshots(
    student: Times, control: Times | None, teachers: Mapping[str, NetworkEvidence], y: NDArray[np.int64]
) -> Snapshots:
    """These maps, of series with labels y (n,), as fine as a megabyte for the browser allows; epochs by their places.

    What moves gets MOST_BYTES; the rest is left to scales, answers, matches and the signals themselves.
    """
    movers = [*student.maps.values(), *(control.maps.values() if control else ())]
    series, epochs, length = movers[0].shape
    bins = min(length, max(MOST_BYTES // (series * epochs * len(movers)), 1))
    arrays: Arrays = {}
    for who, each in (("student", student), ("control", control)):
        if each is not None:
            arrays |= _moving(who, each, bins)
    for name, shown in teachers.items():
        arrays |= _still(name, shown, bins)
    arrays |= _matched(student, control, teachers, y)
    own = tuple(control.maps) if control else ()
    return Snapshots(tuple(range(epochs)), (), tuple(student.maps), own, tuple(teachers), bins, length, arrays)


def stages(opened: OpenedRun) -> tuple[tuple[str, int], ...]:
    """(name, last epoch) of each stage of the student's training."""
    began = (e for e in opened.run.events() if e.get("event") == "began" and e.get("who") == "student")
    return tuple((str(name), int(end)) for name, end in next(began, {}).get("stages", ()))


def _over(opened: OpenedRun, name: str, series: NDArray[np.int64], nets: list[Branch]) -> Times:
    found = [look(opened, net, name, series, None) for net in nets]
    maps = {m: np.stack([each.times[m] for each in found], 1) for m in found[0].times}
    probability = np.stack([each.probability for each in found], 1)
    return Times(maps, probability.argmax(2).astype(np.int16), probability.max(2))


def _control(opened: OpenedRun, name: str, series: NDArray[np.int64], epochs: list[int]) -> Times | None:
    """The control after the same epochs, where its own run is still here and kept them; see fidelity.beside."""
    own = twin(opened, epochs)
    return None if own is None else _over(opened, name, series, [beside(opened, own, e) for e in epochs])


def _moving(who: str, each: Times, bins: int) -> Arrays:
    out: Arrays = {f"{who}/answer": each.answer, f"{who}/sure": each.sure.astype(np.float32)}
    for m, maps in each.maps.items():
        out[f"{who}/{m}"], out[f"{who}/{m}/scale"] = rounded(binned(maps, bins))
    return out


def _still(name: str, seen: NetworkEvidence, bins: int) -> Arrays:
    answer, sure = seen.probability.argmax(1).astype(np.int16), seen.probability.max(1)
    out: Arrays = {f"teacher/{name}/answer": answer, f"teacher/{name}/sure": sure}
    if name in seen.times:
        out[f"teacher/{name}"], out[f"teacher/{name}/scale"] = rounded(binned(seen.times[name], bins))
    return out


def _matched(
    student: Times, control: Times | None, teachers: Mapping[str, NetworkEvidence], y: NDArray[np.int64]
) -> Arrays:
    how, out = similarity_measure(MEASURE), dict[str, NDArray[Any]]()
    for name, teacher in teachers.items():
        theirs = teacher.times.get(name)
        mine = counterpart(student.maps, name)
        if theirs is None or mine is None:
            continue
        other = how.ready(theirs)
        each = [how.ready(mine[:, e]) for e in range(mine.shape[1])]
        out[f"match/{name}"] = np.stack([how.compare(one, other) for one in each], 1).astype(np.float32)
        by_chance = [_or_nan(chance(how, one, other, y).each).mean() for one in each]
        out[f"chance/{name}"] = np.array(by_chance, np.float32)
        beside = counterpart(control.maps, name) if control else None
        if beside is not None:
            found = [how.compare(how.ready(beside[:, e]), other) for e in range(beside.shape[1])]
            out[f"control_match/{name}"] = np.stack(found, 1).astype(np.float32)
    return out


def _or_nan(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values that are there; one NaN where none is."""
    known = values[np.isfinite(values)]
    return known if known.size else np.array([np.nan])


def binned(maps: NDArray[np.float32], bins: int) -> NDArray[np.float32]:
    """Maps (..., T) as means over `bins` nearly equal stretches."""
    length = maps.shape[-1]
    if bins >= length:
        return maps
    starts = np.arange(bins) * length // bins
    return np.asarray(np.add.reduceat(maps, starts, axis=-1) / np.diff(np.append(starts, length)), np.float32)


def rounded(maps: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """Maps (..., B) as int8 and the scale (...) that gives them back: at most half a 127th of the peak is lost."""
    scale = np.abs(maps).max(-1) / np.float32(127)
    safe = np.where(scale > 0, scale, 1)[..., None]
    return np.rint(maps / safe).astype(np.int8), np.asarray(scale, np.float32)
