"""Would the extractor draw the same for a network that has learned nothing?"""

from __future__ import annotations

from kdviz.runs.analysis.sanity_checks import weight_randomisation
from kdviz.runs.answers.base import Answer, Question, opened


class Randomised(Question):
    """The model-randomisation check of one network."""

    id = "randomised"

    def answer(self, run: str, sight: str, role: str, many: int = 32) -> Answer:
        """See kdviz.runs.analysis.sanity_checks.randomised; at most 64 series."""
        return weight_randomisation(opened(run), sight, role, min(max(int(many), 1), 64)), {}
