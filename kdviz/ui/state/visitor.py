"""Who looks at a page, and what is his: pages ask here, nobody else knows of cookies or headers."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kdviz.core.errors import UserError
from kdviz.runs.store.home import home, home_of, hosted
from kdviz.runs.store.run import Run
from kdviz.ui.texts.sentences import say_plain

NOBODY = "nobody"


def visitor_id() -> str:
    """The visitor's identity, from the guard; empty where no server asked (tests, or a page run alone)."""
    return str(st.user.get("visitor") or "")


def whose() -> str:
    """The same for `home.separate`: empty where no page asks, and never empty where one does."""
    return (visitor_id() or NOBODY) if get_script_run_ctx(suppress_warning=True) is not None else ""


def own(run: Run) -> bool:
    """Whether the run is the visitor's to change; on one's own machine all are."""
    return not hosted() or home_of(run.folder) == home()


def require_own(run: Run) -> None:
    """Raise UserError where the run is only his to read."""
    if not own(run):
        raise UserError(say_plain("read only"))
