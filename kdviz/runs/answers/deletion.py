"""Is a map true to its network?"""

from __future__ import annotations

from kdviz.runs.analysis.sanity_checks import deletion_curves
from kdviz.runs.answers.base import Answer, Question, opened


class Deletion(Question):
    """Deletion and insertion on the raw signal, by one network's own maps."""

    id = "deletion"

    def answer(self, run: str, sight: str, role: str, baseline: str, many: int, target: str | int = "true") -> Answer:
        """See kdviz.runs.analysis.sanity_checks.deleted; at most 64 series."""
        return deletion_curves(opened(run), sight, role, baseline, min(max(int(many), 1), 64), target)
