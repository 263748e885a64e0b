"""Every sentence of the shell and the first pages, in one place; a translation is another such table."""

from __future__ import annotations

from kdviz.ui.escape import text

WORDS = {
    "about": "**kdviz** shows whether a small network looks where its teacher looks.",
    "our fault": "This page failed, and it was not you. The server's log has the details under **{note}**. "
    "Reload the page; what was trained is kept.",
}


def say(key: str, **values: object) -> str:
    """A sentence as Markdown; text among `values` is shown as it is, never as markup."""
    return WORDS[key].format(**{k: text(v) if isinstance(v, str) else v for k, v in values.items()})
