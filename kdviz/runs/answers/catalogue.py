"""What can be chosen."""

from __future__ import annotations

from kdviz.runs.answers.base import Answer, Question
from kdviz.runs.store.catalogue import remembered


class Catalogue(Question):
    """Methods and extractors in plain values."""

    id = "catalogue"

    def answer(self) -> Answer:
        """The whole catalogue."""
        return remembered(), {}
