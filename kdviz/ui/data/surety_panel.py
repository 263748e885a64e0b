"""How sure a reading is, and the second-best one: a click away, with a picture of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.data.mapping import mapping_from
from kdviz.figures import series as draw
from kdviz.ui.data import overview
from kdviz.ui.state import cache
from kdviz.ui.texts.formatting import one_line, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets.drawings import BAR

Given = Mapping[str, Any]
Read = Callable[[str, Given], dict[str, Any]]


def offered(facts: Given, now: Given, sha: str, read: Read) -> dict[str, Any] | None:
    """Say how sure this is; the mapping of the second-best reading once that is asked for, None until then."""
    known = facts.get("surety") or {}
    way = str(known.get("setting", ""))
    if not way:
        return None
    name, _, value = way.partition("=")
    other = mapping_from({**now, name: value}).as_dict()
    with st.container(border=True):
        st.markdown(say("surety", sure=float(known["sure"]), why=sentence(known["why"])))
        asked = st.button(say("surety other", way=text(way)), key=f"second_{sha[:8]}")
        with st.expander(say("surety both"), key=f"both_{sha[:8]}", on_change="rerun") as opened:
            if opened.open:
                for place, (title, how) in zip(
                    st.columns(2), ((say("surety now"), now), (say("surety so", way=text(way)), other)), strict=True
                ):
                    with place:
                        _pictured(title, sha, how, read)
    return other if asked else None


def _pictured(title: str, sha: str, how: Given, read: Read) -> None:
    """The first series of a reading, or why it cannot be read so."""
    st.markdown(f"**{title}**")
    facts = read(sha, how)
    if "wrong" in facts:
        st.caption(sentence(facts["wrong"]))
        return
    try:
        data = cache.dataset(facts["sha256"])
    except UserError as wrong:
        st.caption(sentence(wrong))
        return
    shown = min(3, len(data.channels))
    st.plotly_chart(
        draw.stacked(data.times(), data.X[0][:shown], data.channels[:shown], overview.unit(data)),
        key=f"second_{facts['sha256'][:12]}_{len(how)}", config=BAR,
        alt=say_plain("surety alt", series=data.series, length=data.length, name=one_line(data.name)),
    )  # fmt: skip
    classes = counted(len(data.classes), "class") if data.labelled else say("classes none")
    st.caption(
        say(
            "surety counts", series=data.series, channels=counted(len(data.channels), "channel"),
            length=counted(data.length, "sample"), classes=classes,
        )
    )  # fmt: skip
