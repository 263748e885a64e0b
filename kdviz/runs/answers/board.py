"""One series before all networks, as the evidence page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from kdviz.evidence.base import extractor
from kdviz.metrics.perturbations import Change, changed
from kdviz.runs.analysis.instance import board, usual
from kdviz.runs.analysis.opened_run import OpenedRun, check_series
from kdviz.runs.answers.base import Answer, Question, opened, weights_version


class Board(Question):
    """Evidence, predictions and spectra of all networks in one series; perhaps after something was done to it."""

    id = "board"

    def answer(
        self,
        run: str,
        sights: Sequence[str],
        series: int,
        target: int,
        epoch: int | None = None,
        change: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Words `roles` and `sights` (signed, refused, usual by role); arrays as in analysis.instance; `raw` (C, T)."""
        one = opened(run)
        check_series(one, series)
        raw = one.data.X[series : series + 1]
        if change is not None:
            raw = changed(one.data.X, series, Change(**change))
        found = board(one, raw, sights, target, epoch)
        words = {
            s: about(one, s) | {"usual": _usual(run, weights_version(run), s), "refused": found.refused[s]}
            for s in sights
        }
        return {"roles": list(found.nets), "sights": words}, {**found.arrays, "raw": raw[0]}


def about(one: OpenedRun, sight: str) -> dict[str, Any]:
    """An extractor's title and whether its maps have a sign."""
    how = extractor(sight)
    return {"title": how.title, "signed": how.signed}


@lru_cache(maxsize=64)
def _usual(run: str, changed: float, sight: str) -> dict[str, dict[str, float]]:
    return usual(opened(run), sight)
