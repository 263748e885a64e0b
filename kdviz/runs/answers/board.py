"""One series before all networks, as the evidence page shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from kdviz.evidence.base import extractor
from kdviz.runs.answers.base import Answer, Question, mark, opened
from kdviz.runs.board import board, usual
from kdviz.runs.change import Change, changed
from kdviz.runs.look import Opened, check_series


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
        """Words `roles` and `sights` (signed, refused, usual by role); arrays as in kdviz.runs.board; `raw` (C, T)."""
        one = opened(run)
        check_series(one, series)
        raw = one.data.X[series : series + 1]
        if change is not None:
            raw = changed(one.data.X, series, Change(**change))
        found = board(one, raw, sights, target, epoch)
        words = {s: about(one, s) | {"usual": _usual(run, mark(run), s), "refused": found.refused[s]} for s in sights}
        return {"roles": list(found.nets), "sights": words}, {**found.arrays, "raw": raw[0]}


def about(one: Opened, sight: str) -> dict[str, Any]:
    """An extractor's title and whether its maps have a sign."""
    how = extractor(sight)
    return {"title": how.title, "signed": how.signed}


@lru_cache(maxsize=64)
def _usual(run: str, changed: float, sight: str) -> dict[str, dict[str, float]]:
    return usual(opened(run), sight)
