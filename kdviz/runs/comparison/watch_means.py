"""Several watches held against known marks: views, teachers and seeds over recordings, with intervals over these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kdviz.core.errors import UserError
from kdviz.runs.analysis.watch_answers import judged
from kdviz.runs.store.run import Run
from kdviz.training.recipe import Recipe

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
    return f"{recipe.method} ({teachers})"


def _mean(watch: str, score: str, by_recording: dict[str, list[float]]) -> WatchMean:
    each = np.array([np.mean(values) for values in by_recording.values()])
    low = high = None
    if each.size >= FEWEST:
        rng = np.random.default_rng(0)
        means = each[rng.integers(0, each.size, (BOOTSTRAPS, each.size))].mean(1)
        low, high = (float(np.quantile(means, q)) for q in ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    return WatchMean(watch, score, float(each.mean()), low, high, each.size, sum(map(len, by_recording.values())))
