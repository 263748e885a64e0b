"""Where the student looked after each kept epoch."""

from __future__ import annotations

from kdviz.runs.analysis.snapshots import snapshots
from kdviz.runs.answers.base import Answer, Question, opened


class Snapshots(Question):
    """What the scrubber shows of a fixed set of test series."""

    id = "snapshots"

    def answer(self, run: str, sight: str = "cam") -> Answer:
        """See kdviz.runs.analysis.snapshots."""
        return snapshots(opened(run), sight)
