"""A `?` beside a word: it opens what Learn says of it, computed from the data that is looked at."""

from __future__ import annotations

from kdviz.ui.chosen import data_id
from kdviz.ui.concepts import CONCEPTS
from kdviz.ui.words import say

TITLES = {concept.id: concept.title for concept in CONCEPTS}


def mark(concept: str) -> str:
    """A `?` as Markdown, for a heading."""
    return f'[?]({address(concept)} "{say("what is", what=TITLES[concept])}")'


def asked(*concepts: str) -> str:
    """The questions in words as Markdown: small, but not as pale as a caption, where a link is too hard to read."""
    links = (f"[{say('what is', what=TITLES[each])}]({address(each)})" for each in concepts)
    return f":small[{' · '.join(links)}]"


def address(concept: str) -> str:
    """Where Learn explains it; relative, so that it holds under any name that the app is served under."""
    return f"learn?data={data_id()}#{concept}"
