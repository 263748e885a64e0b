"""Runs compared."""

from __future__ import annotations

from kdviz.runs.answers.base import Answer, Question
from kdviz.runs.comparison.compare import comparison
from kdviz.runs.store.run import by_identity


class Compare(Question):
    """Scores with intervals, paired differences, rankings; a few runs are measured at each asking."""

    id = "compare"

    def answer(self, runs: list[str], baseline: str = "", most: int | None = None) -> Answer:
        """See kdviz.runs.comparison.compare.comparison."""
        return comparison([by_identity(run) for run in runs], baseline, most), {}
