"""What pages share: words that are explained in place, and the three views of what was trained."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from kdviz.runs.sweeps.plan import Sweep, seeds
from kdviz.ui.shell.frame import link
from kdviz.ui.state.current import NAME, data_id
from kdviz.ui.state.url import MAPPING
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
WORDS = {concept.id: concept.words for concept in CONCEPTS}


def explained(concept: str) -> str:
    """What it means, as the help of a heading."""
    return WORDS[concept]


def questions(*concepts: str) -> None:
    """The questions in words; each opens its answer in place, with the way to its figure on Learn."""
    with st.container(key="questions", horizontal=True, gap="small"):
        for each in concepts:
            with st.popover(say("what is", what=TITLES[each]), type="tertiary", key=f"what_{each}"):
                st.markdown(f"**{TITLES[each]}.** {WORDS[each]}")
                st.markdown(f"[{say('what is more')}]({address(each)})")


def address(concept: str) -> str:
    """Where Learn explains it; relative, so that it holds under any name that the app is served under.

    It says all that the page would add to its link by itself: rewriting that link would lose the place on the page.
    """
    more = {name: st.query_params[name] for name in (NAME, MAPPING) if name in st.query_params}
    return f"learn?{urlencode({'data': data_id(), **more})}#{concept}"


VIEWS = ("runs", "sweep", "compare")


def views(here: str, titled: bool = False) -> None:
    """The row; the view that is open is not a link, and goes unsaid where the page's title stands beside it."""
    with st.container(horizontal=True, key="views", vertical_alignment="center"):
        for name in VIEWS:
            title = say(f"view {name}")
            if name == here and titled:
                continue
            if name == here:
                st.markdown(f"**{title}**")
            else:
                link(name, title)
