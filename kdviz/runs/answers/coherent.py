"""Which frequencies the evidence of student and teacher share."""

from __future__ import annotations

from kdviz.runs.analysis.frequency_importance import coherence_by_frequency
from kdviz.runs.answers.base import Answer, Question, opened


class Coherent(Question):
    """Welch coherence of maps in time, beside chance and control."""

    id = "coherent"

    def answer(self, run: str, sight: str, teacher: str) -> Answer:
        """See kdviz.runs.analysis.frequency_importance.coherent."""
        return coherence_by_frequency(opened(run), sight, teacher)
