"""Names from files in figures: Plotly reads some HTML in every text, and a name is no markup."""

from __future__ import annotations

import html


def label(given: object, most: int = 40) -> str:
    """One short line that a figure shows as it is."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(given)).split())
    return html.escape(line if len(line) <= most else line[: most - 1] + "…", quote=False)
