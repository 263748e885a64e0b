"""The finished runs that come with kdviz, opened as runs of the visitor's own: whole, with teachers and control."""

from __future__ import annotations

import contextlib

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures.timelines.watch_charts import watch_film
from kdviz.runs.archive.transfer import imported
from kdviz.runs.hosting import quota
from kdviz.runs.store.demo_runs import (
    SHIPPED,
    STORY,
    DemoRun,
    NotFinished,
    WatchFilm,
    archives,
    finished,
    finished_watch,
)
from kdviz.runs.store.home import run_folder
from kdviz.runs.store.run import Run, by_identity
from kdviz.ui.shell.frame import go, link
from kdviz.ui.state import current
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import mount

MAPS = "planted_at"


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
    if not _taken_in(this):
        return
    identity = str(this.about["recipe"])
    current.choose_data(str(this.about["sample"]))
    current.choose_run(identity)
    go(page, {"data": str(this.about["sample"]), "run": identity})


def _taken_in(this: DemoRun | WatchFilm) -> bool:
    """Whether the whole run is here now; what is wrong is said."""
    try:
        taken_in(this)
    except UserError as wrong:
        st.error(sentence(wrong), title=say("not opened"))
        return False
    return True


def show_watch() -> None:
    """The finished watch, moving: its student's discrepancy epoch by epoch; and the ways to Watch."""
    st.header(say("watch film"), anchor=False)
    try:
        this = finished_watch()
    except NotFinished as why:
        st.caption(sentence(why))
        link("watch", say("start watch"))
        return
    kept, later = this.about["kept"], this.about["later"]
    told = [say_plain("watch film told", kept=a, later=b) for a, b in zip(kept, later, strict=True)]
    words = {word: say_plain(f"film word {word}") for word in ("recording", "apart", "epoch", "play", "pause")}
    words["alt"] = say_plain("watch film alt", kept=kept[-1], later=later[-1])
    mount("watch_film", watch_film(this, words, told), "watch_film")
    st.caption(say("watch film is"))
    with st.container(horizontal=True):
        if archives(this) and st.button(say("watch film open"), key="open_watch") and _taken_in(this):
            current.choose_run(str(this.about["recipe"]))
            go("watch", {"rec": str(this.about["sample"]), "run": str(this.about["recipe"])})
        link("watch", say("start watch"))


def taken_in(*these: DemoRun | WatchFilm) -> list[Run]:
    """The runs as the visitor's own, read in with their controls where they are not here yet. Raises UserError."""
    lacking = [path for this in these if not run_folder(_identity(this)).exists() for path in archives(this)]
    if lacking:
        with st.spinner(say("opening shipped")):
            contents = [path.read_bytes() for path in dict.fromkeys(lacking)]
            quota.refuse_more(sum(map(len, contents)))
            imported(*contents)
    return [by_identity(_identity(this)) for this in these]


def _identity(this: DemoRun | WatchFilm) -> str:
    return str(this.about["recipe"])


def instead(sha256: str) -> Run | None:
    """What a page shows where nothing is trained yet: the shipped run of this data, else the one that gained by maps;
    None where none can be opened.
    """
    found = there()
    like = [this for this in found.values() if this.about["data"] == sha256]
    wanted = like or [found[name] for name in (MAPS, *found) if name in found]
    with contextlib.suppress(UserError, OSError):
        return taken_in(wanted[0])[0] if wanted else None
    return None


def is_shipped(identity: str) -> bool:
    """Whether a run comes with kdviz."""
    return (SHIPPED / f"{identity}.zip").is_file()


def offer_shipped(page: str) -> None:
    """A button for each, which opens it on this page."""
    for name, this in there().items():
        if st.button(say(f"shipped {name}"), key=f"shipped_{name}", icon=":material/visibility:"):
            open_shipped(this, page)
