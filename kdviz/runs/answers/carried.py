"""Which frequencies carry the decision."""

from __future__ import annotations

from collections.abc import Sequence

from kdviz.runs.analysis.frequency_importance import accuracy_by_cutoff, usual_cuts
from kdviz.runs.answers.base import Answer, Question, opened


class Carried(Question):
    """Accuracy of every network on low- and high-passed inputs, at the usual cuts or at those given."""

    id = "carried"

    def answer(self, run: str, cuts: Sequence[float] | None = None) -> Answer:
        """See kdviz.runs.analysis.frequency_importance.carried; at most 16 cuts."""
        one = opened(run)
        asked = usual_cuts(one.data.length) if cuts is None else [min(max(float(c), 0.0), 1.0) for c in cuts][:16]
        return accuracy_by_cutoff(one, asked)
