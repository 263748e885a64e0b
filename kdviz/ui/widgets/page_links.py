"""Links that pages share: a `?` beside a word, and the three views of what was trained."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kdviz.runs.sweeps.plan import Sweep, seeds
from kdviz.ui.shell.frame import link
from kdviz.ui.state.current import data_id
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.glossary import CONCEPTS
from kdviz.ui.texts.sentences import say, say_plain


def link_to(runs: Sequence[str]) -> dict[str, str]:
    """The link that compares these runs."""
    return {"cmp": ",".join(each[:DIGITS] for each in runs[:MOST_IN_LINK])}


DIGITS = 12


MOST_IN_LINK = 60


def called(sweep: Sweep) -> str:
    """A sweep in one line, as plain text."""
    plan = sweep.plan
    data, methods = ", ".join(one_line(d["name"], 24) for d in plan.data[:2]), ", ".join(plan.methods[:4])
    if len(plan.data) > 2:
        data = say_plain("and others", names=data)
    if len(plan.methods) > 4:
        methods = say_plain("and more", names=methods, count=len(plan.methods) - 4)
    which, mark = one_line(seeds(plan.seeds), 24), sweep.folder.name[:6]
    return say_plain("sweep called", methods=methods, data=data, seeds=which, mark=mark)


MOST = 100


TITLES = {concept.id: concept.title for concept in CONCEPTS}


def help_link(concept: str) -> str:
    """A `?` as Markdown, for a heading."""
    return f'[?]({address(concept)} "{say("what is", what=TITLES[concept])}")'


def question_links(*concepts: str) -> str:
    """The questions in words as Markdown: small, but not as pale as a caption, where a link is too hard to read."""
    links = (f"[{say('what is', what=TITLES[each])}]({address(each)})" for each in concepts)
    return f":small[{' · '.join(links)}]"


def address(concept: str) -> str:
    """Where Learn explains it; relative, so that it holds under any name that the app is served under."""
    return f"learn?data={data_id()}#{concept}"


VIEWS = ("runs", "sweep", "compare")


def views(here: str) -> None:
    """The row; the view that is open is not a link."""
    with st.container(horizontal=True, key="views", vertical_alignment="center"):
        for name in VIEWS:
            title = say(f"view {name}")
            if name == here:
                st.markdown(f"**{title}**")
            else:
                link(name, title)
