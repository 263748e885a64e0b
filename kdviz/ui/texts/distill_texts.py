"""The sentences of the page Distill."""

SENTENCES: dict[str, str] = {}
