"""The finished runs that come with kdviz, opened as runs of the visitor's own: whole, with teachers and control."""

from __future__ import annotations

import contextlib

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.runs.archive.transfer import imported
from kdviz.runs.hosting import quota
from kdviz.runs.store.demo_runs import STORY, DemoRun, NotFinished, archives, finished
from kdviz.runs.store.run import by_identity
from kdviz.ui.shell.frame import go
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say


def there() -> dict[str, DemoRun]:
    """Those that can be opened whole, by name, in the order of the story."""
    found = {}
    for name in STORY:
        with contextlib.suppress(NotFinished):
            this = finished(name)
            if archives(this):
                found[name] = this
    return found


def open_shipped(this: DemoRun, page: str) -> None:
    """Take the run in, where it is not here yet, and look at it on a page; what is wrong is said."""
    identity = str(this.about["recipe"])
    try:
        by_identity(identity)
    except UserError:
        try:
            with st.spinner(say("opening shipped")):
                for path in archives(this):
                    content = path.read_bytes()
                    quota.refuse_more(len(content))
                    imported(content)
        except UserError as wrong:
            st.error(sentence(wrong), title=say("not opened"))
            return
    current.choose_data(str(this.about["sample"]))
    current.choose_run(identity)
    go(page, {"data": str(this.about["sample"]), "run": identity})


def offer_shipped(page: str) -> None:
    """A button for each, which opens it on this page."""
    for name, this in there().items():
        if st.button(say(f"shipped {name}"), key=f"shipped_{name}", icon=":material/visibility:"):
            open_shipped(this, page)
