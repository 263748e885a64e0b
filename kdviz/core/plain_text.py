"""Text from outside as one line: printable, never endless, and for a spreadsheet no formula.

It is not yet safe as markup: `figures.palette.label` guards it for Plotly, `ui.texts.formatting.text` for Markdown.
"""

from __future__ import annotations

LONGEST = 64
FORMULA_BEGINS = ("=", "+", "-", "@", "\t", "\r")


def printable(given: object) -> str:
    """All of it on one line; what cannot be printed is a space, and spaces are single."""
    return " ".join("".join(c if c.isprintable() else " " for c in str(given)).split())


def one_line(given: object, most: int = LONGEST) -> str:
    """One line of at most `most` characters, for places that take no markup (options, tables, alt texts)."""
    line = printable(given)
    return line if len(line) <= most else line[: most - 1] + "…"


def no_formula(word: str) -> str:
    """A word that no spreadsheet takes for a formula."""
    return f"'{word}" if word.startswith(FORMULA_BEGINS) else word
