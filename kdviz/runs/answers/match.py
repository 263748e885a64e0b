"""How alike student and teachers are over the test set, with chance and control: numbers that never stand alone."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from kdviz.evidence.base import extractor
from kdviz.metrics.conclusions import conclusion_sentences
from kdviz.metrics.similarity import SIMILARITY
from kdviz.runs.analysis.evidence_match import looked, matches
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.answers.base import Answer, Arrays, Question, opened, weights_version


class Match(Question):
    """Every measure between the student and every teacher, for one extractor."""

    id = "match"

    def answer(self, run: str, sight: str, target: str | int = "true") -> Answer:
        """See `match`."""
        return _kept(run, weights_version(run), sight, target)


@lru_cache(maxsize=16)
def _kept(run: str, changed: float, sight: str, target: str | int) -> Answer:
    return match(opened(run), sight, target)


def match(one: OpenedRun, sight: str, target: str | int = "true") -> Answer:
    """By teacher and measure: every number with its interval, and what it allows to be said.

    Arrays: `series` (n,) that were looked at, and `teacher/measure` (n,) for each of them.
    """
    found = looked(one, sight, target)
    grouped = one.data.groups is not None
    arrays: Arrays = {"series": found.series, "asked": found.asked}
    words: dict[str, Any] = {}
    for teacher, measures in matches(one, found).items():
        words[teacher] = {}
        for name, agreed in measures.items():
            plain = agreed.plain()
            words[teacher][name] = {
                "title": SIMILARITY[name].title,
                "unit": SIMILARITY[name].unit,
                "higher_is_better": SIMILARITY[name].higher_is_better,
                **plain,
                "told": conclusion_sentences(name, plain, grouped),
            }
            arrays[f"{teacher}/{name}"] = agreed.each
    return {
        "title": extractor(sight).title,
        "teachers": words,
        "series": int(found.series.size),
        "of": int(one.data.test.size),
        "grouped": grouped,
    }, arrays
