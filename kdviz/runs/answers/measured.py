"""What comparisons need of one run."""

from __future__ import annotations

from dataclasses import asdict

from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.answers.base import Answer, Question
from kdviz.runs.store.run import by_identity


class Measured(Question):
    """Fidelity, cost and evidence of a run that has ended."""

    id = "measured"

    def answer(self, run: str) -> Answer:
        """See kdviz.runs.store.run.measures."""
        return asdict(measured(by_identity(run))), {}
