"""The sentences of the page Sweep."""

SENTENCES: dict[str, str] = {}
