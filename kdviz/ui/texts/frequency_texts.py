"""The sentences of the page Frequency."""

SENTENCES: dict[str, str] = {}
