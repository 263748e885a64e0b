"""What answers the questions about watched recordings; a watch asked about stays open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from kdviz.runs.analysis.watch_answers import JudgedWatch, WatchMeans, WhyHere, compared_watches, judged
from kdviz.runs.analysis.watch_look import OpenedWatch, open_watch, why_here
from kdviz.runs.looker import questions as asked
from kdviz.runs.looker.questions import PlannedRecipe, Question
from kdviz.runs.store.datasets import reopen_stretch
from kdviz.runs.store.home import home
from kdviz.runs.store.run import FINAL, by_identity
from kdviz.training.watched.watch_teachers import watch_options, watch_recipe_for


def planned(
    data: str, source: Mapping[str, Any], name: str, train_end: int, views: Sequence[str], methods: Sequence[str],
    settings: Mapping[str, Any], seed: int = 0, window: int = 0, selection: str = "last",
) -> PlannedRecipe:  # fmt: skip
    """The recipe of a watch; raises UserError where it cannot be."""
    stretch = reopen_stretch(data, source, name, train_end)
    recipe = watch_recipe_for(stretch, views, methods, settings, seed, window, selection=selection)
    return PlannedRecipe(recipe.as_dict(), recipe.identity)


@lru_cache(maxsize=2)
def _opened_watch(place: str, run: str, version: float) -> OpenedWatch:
    return open_watch(by_identity(run))


def here(run: str, at: int) -> WhyHere:
    """Why the window around a sample stands out."""
    return why_here(_opened_watch(str(home()), run, _version(run)), at)


def against_marks(run: str, marks: str | None = None, lesson: bool = False) -> JudgedWatch:
    """Against the marks that came with the recording, or against ranges or bits as text."""
    return judged(by_identity(run), None if marks is None else ("marks", marks.encode()), lesson)


def side_by_side(runs: Sequence[str]) -> WatchMeans:
    """Several watches against the marks that came with their recordings."""
    return compared_watches([by_identity(each) for each in runs])


def _version(run: str) -> float:
    """Changes when the run ends anew."""
    path = by_identity(run).folder / FINAL
    return path.stat().st_mtime if path.exists() else 0.0


ROWS: tuple[tuple[Question[Any], Callable[..., Any]], ...] = (
    (asked.WATCH_RECIPE, planned),
    (asked.WATCH_OPTIONS, watch_options),
    (asked.WHY_HERE, here),
    (asked.JUDGED, against_marks),
    (asked.WATCHES_COMPARED, side_by_side),
)
