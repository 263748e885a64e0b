"""What users and files bring is text: shown as it is, never as markup, and never endless."""

from __future__ import annotations

import re

LONGEST = 64
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_JOINER = "\u2060"


def plain(given: object, most: int = LONGEST) -> str:
    """One line of at most `most` characters, for places that take no markup (options, tables, alt texts)."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(given)).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def text(given: object, most: int = LONGEST) -> str:
    """The same for Markdown: every punctuation mark stands for itself.

    An address becomes a link even where its marks are escaped; an invisible joiner inside it prevents that.
    """
    return _PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(_JOINER, plain(given, most)))


def sentence(given: object) -> str:
    """A whole sentence for Markdown, such as an error's: it may quote a name from a file."""
    return text(given, 1000)
