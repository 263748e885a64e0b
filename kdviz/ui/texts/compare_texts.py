"""The sentences of the page Compare."""

SENTENCES: dict[str, str] = {}
