"""The sentences of the page Evidence."""

SENTENCES: dict[str, str] = {}
