"""Which frequencies the evidence of student and teacher share."""

from __future__ import annotations

from kdviz.runs.answers.base import Answer, Question, opened
from kdviz.runs.hearing import coherent


class Coherent(Question):
    """Welch coherence of maps in time, beside chance and control."""

    id = "coherent"

    def answer(self, run: str, sight: str, teacher: str) -> Answer:
        """See kdviz.runs.hearing.coherent."""
        return coherent(opened(run), sight, teacher)
