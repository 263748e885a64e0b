"""What users and files bring is text, never markup; names of files to save come from their content."""

from __future__ import annotations

import hashlib
import re

from kdviz.core.plain_text import LONGEST as LONGEST
from kdviz.core.plain_text import one_line as one_line

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_ADDRESS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_JOINER = "\u2060"


class Markdown(str):
    """Text that is Markdown already, and is shown as such."""


def text(given: object, most: int = LONGEST) -> str:
    """One line for Markdown: every punctuation mark stands for itself.

    An address becomes a link even where its marks are escaped; an invisible joiner inside it prevents that.
    """
    return Markdown(_PUNCTUATION.sub(r"\\\1", _ADDRESS.sub(_JOINER, one_line(given, most))))


def sentence(given: object) -> str:
    """A whole sentence for Markdown, such as an error's: it may quote a name from a file."""
    return text(given, 1000)


def file_name(stem: str, ending: str, content: bytes) -> str:
    """`stem` in plain letters, eight digits of the content's sha256, and the ending."""
    plain = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:60] or "kdviz"
    return f"{plain}-{hashlib.sha256(content).hexdigest()[:8]}.{ending}"
