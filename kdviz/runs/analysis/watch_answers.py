"""What is asked of a watch without its networks: held against known marks, which are read here alone. No torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.prepare.marked import lines_of, of_ranges
from kdviz.data.stretch import Stretch
from kdviz.metrics.detection import best_f1, measured, ranges
from kdviz.runs.store.datasets import known_marks, reopen_stretch
from kdviz.runs.store.measures import read_scores, z_scores
from kdviz.runs.store.run import Run, RunState, find_run
from kdviz.training.recipe import Recipe

BUFFER = 100
Floats = NDArray[np.floating[Any]]
NO_MARKS = (
    "This recording has no marks, so nothing can be said about how well it was watched. Give known ones, one range a "
    "line: `from, to` in samples or times (in a shell: judge RUN_DIR --marks FILE)."
)


@dataclass(frozen=True, eq=False)
class WhyHere:
    """One window explained.

    words   `from`, `to`, `at`, `time`, `channel`, `normal` (where the nearest normal window begins), and by score the
            stage and channel in which teacher and student part most
    arrays  window, normal (W,); by score KEY: KEY.view (C, *grid) and KEY.map (*grid) where it has a place, KEY.time
            (W,); KEY.pairs (P, 3) of a persistence image: samples of birth and death, and the discrepancy there;
            KEY.occlusion (W,): the drop in discrepancy where a piece is replaced by the normal window's; KEY.deletion
            (P + 1,): what is left as pieces are replaced, the most blamed first; KEY.chance (P + 1,) in random order;
            KEY.teacher, KEY.student (W,): the feature that parts most, KEY.teacher_normal and KEY.student_normal the
            same on the normal window
    """

    words: dict[str, Any]
    arrays: dict[str, Floats]


@dataclass(frozen=True)
class JudgedWatch:
    """Every score against the marks: `scores` by name; how many stretches are marked, what was tested, the buffer."""

    scores: dict[str, dict[str, Any]]
    marked: int
    tested: tuple[int, int]
    share: float
    buffer: int
    ranges: tuple[tuple[int, int], ...]


@dataclass(frozen=True, eq=False)
class WatchedRun:
    """A finished watch: what was watched and what stands out. No mark is read.

    recording  the Stretch: `values` (C, T), `train_end`, `channels`, `times`, `rate`
    z          (T,) by score: views, `fused`, and the controls `discord`, `neighbour`, `random`
    threshold  of the fused score, by normal data alone; alarms (from, to, highest z), both ends inside
    top        the windows that stand out most, highest first
    """

    run: Run
    recording: Stretch
    z: dict[str, NDArray[Any]]

    @property
    def threshold(self) -> float:
        """In z."""
        return float((self.run.final or {})["threshold"])

    @property
    def alarms(self) -> list[tuple[int, int, float]]:
        """By the run's own threshold."""
        return self.recording.alarms(self.z["fused"], self.threshold)

    @property
    def top(self) -> list[dict[str, Any]]:
        """`at`, `from`, `to`, `time`, `z`, `views`, `found_by`, `channel`, `normal` of each."""
        return list((self.run.final or {})["top"])

    def why(self, at: int) -> WhyHere:
        """The window around a sample in every view; imports torch. Raises UserError where there is no such sample."""
        from kdviz.runs.analysis.watch_look import open_watch, why_here

        return why_here(open_watch(self.run), at)


def watched(run: str) -> WatchedRun:
    """The finished watch in a folder or of an identity; raises UserError where it has not finished or watched none."""
    found = find_run(run)
    if found.state != RunState.FINISHED:
        raise UserError(f"This run is {found.state}: only a finished one can be looked at.")
    stretch = stretch_of_run(found)
    return WatchedRun(found, stretch, z_scores(read_scores(found.folder)))


def stretch_of_run(run: Run) -> Stretch:
    """The recording of a run, without marks; raises UserError where it is not here or the run watched none."""
    recipe, request = run.recipe, run.request
    if not recipe.train_end:
        raise UserError(f"Run {run.folder.name} watched no recording: it was trained on classes.")
    return reopen_stretch(recipe.data, request.get("source", {}), str(request.get("data", "")), recipe.train_end)


def marks_of(stretch: Stretch, given: tuple[str, bytes] | None) -> NDArray[np.uint8]:
    """The marks of a file (name, content) or those that came with the recording; raises UserError."""
    if given is None:
        found = known_marks(stretch)
        if found is None:
            raise UserError(NO_MARKS)
        return found
    name, content = given
    if content.lstrip()[:1] in (b"[", b"{") or lines_of(content) is not None or name.lower().endswith(".json"):
        return of_ranges(content, stretch, name)
    try:
        words = content.decode().replace(",", "\n").split()
        bits = np.array([float(w) for w in words if w.replace(".", "").replace("-", "").isdecimal()])
    except ValueError:
        bits = np.zeros(0)
    if bits.shape != (stretch.length,):
        raise UserError(
            f"{Path(name).name[:60]!r} holds no ranges and not one 0 or 1 for each of the {stretch.length:,} samples. "
            "Write one range a line, `from, to` in samples or times."
        )
    return np.asarray(bits > 0, np.uint8)


def judged(run: Run, given: tuple[str, bytes] | None = None, lesson: bool = False) -> JudgedWatch:
    """Every score of a finished watch against the marks, on the tested part.

    lesson   also the best F1, an oracle, with and without point adjustment
    Raises UserError where there are no marks, or only one side is there.
    """
    if run.state != RunState.FINISHED:
        raise UserError(f"This run is {run.state}: only a finished one can be judged.")
    stretch = stretch_of_run(run)
    marks = marks_of(stretch, given)[stretch.tested :]
    buffer = int((run.final or {}).get("period") or BUFFER)
    scores: dict[str, dict[str, Any]] = {}
    for name, z in z_scores(read_scores(run.folder)).items():
        score = np.asarray(z[stretch.tested :], np.float64)
        scores[name] = measured(marks, score, min(buffer, marks.size // 4))
        if lesson:
            scores[name] = {
                **scores[name], "best_f1": best_f1(marks, score), "adjusted_f1": best_f1(marks, score, adjusted=True)
            }  # fmt: skip
    found = tuple((a + stretch.tested, b + stretch.tested) for a, b in ranges(marks))
    tested = (stretch.tested, stretch.length)
    return JudgedWatch(scores, len(found), tested, float(np.mean(marks)), buffer, found)


BOOTSTRAPS, LEVEL, FEWEST = 5_000, 0.95, 5


@dataclass(frozen=True)
class WatchMean:
    """One score of one kind of watch: its mean over recordings; `low` and `high` are None where they are too few.

    Seeds of one recording are averaged first: recordings are what is independent.
    """

    watch: str
    score: str
    vus_pr: float
    low: float | None
    high: float | None
    recordings: int
    runs: int


@dataclass(frozen=True)
class WatchMeans:
    """Several watches compared; `left_out` says in a sentence each which runs could not be judged."""

    means: tuple[WatchMean, ...]
    left_out: tuple[str, ...] = ()


def compared_watches(runs: Sequence[Run]) -> WatchMeans:
    """As `watch_means`, of those runs that can be judged; raises UserError where none can."""
    able, out = [], []
    for run in runs:
        try:
            marks_of(stretch_of_run(run), None)
            able.append(run)
        except UserError as wrong:
            out.append(f"{run.request.get('data', '')}: {wrong}")
    if not able:
        raise UserError(f"None of these {len(runs)} runs can be held against marks. {out[0] if out else ''}".strip())
    return WatchMeans(watch_means(able), tuple(dict.fromkeys(out)))


def watch_means(runs: Sequence[Run]) -> tuple[WatchMean, ...]:
    """The mean VUS-PR of every score by kind of watch; raises UserError where a run cannot be judged."""
    found: dict[tuple[str, str], dict[str, list[float]]] = {}
    for run in runs:
        recipe = run.recipe
        if not recipe.train_end:
            raise UserError(f"Run {run.folder.name} watched no recording: it was trained on classes. Leave it out.")
        for score, measures in judged(run).scores.items():
            values = found.setdefault((kind_of(recipe), score), {}).setdefault(recipe.data, [])
            values.append(float(measures["vus_pr"]))
    return tuple(_mean(watch, score, by_recording) for (watch, score), by_recording in found.items())


def kind_of(recipe: Recipe) -> str:
    """A watch in words, whatever its recording and seed: views with methods and teachers, and settings by a mark."""
    teachers = ", ".join(word.rsplit(":", 1)[0] for word in recipe.origin.split(","))
    chosen = f", {recipe.selection}" if recipe.selection != "last" else ""
    return f"{recipe.method} ({teachers}{chosen})"


def _mean(watch: str, score: str, by_recording: dict[str, list[float]]) -> WatchMean:
    each = np.array([np.mean(values) for values in by_recording.values()])
    low = high = None
    if each.size >= FEWEST:
        rng = np.random.default_rng(0)
        means = each[rng.integers(0, each.size, (BOOTSTRAPS, each.size))].mean(1)
        low, high = (float(np.quantile(means, q)) for q in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return WatchMean(watch, score, float(each.mean()), low, high, each.size, sum(map(len, by_recording.values())))
