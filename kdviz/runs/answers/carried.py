"""Which frequencies carry the decision."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.runs.answers.base import Answer, Question, opened
from kdviz.runs.hearing import carried, usual_cuts


class Carried(Question):
    """Accuracy of every network on low- and high-passed inputs, at the usual cuts or at those given."""

    id = "carried"

    def answer(self, run: str, cuts: Sequence[float] | None = None) -> Answer:
        """See kdviz.runs.hearing.carried; at most 16 cuts."""
        one = opened(run)
        asked = usual_cuts(one.data.length) if cuts is None else [min(max(float(c), 0.0), 1.0) for c in cuts][:16]
        return carried(one, asked)
