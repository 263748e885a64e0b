"""One window explained: beside its nearest normal one, and in each view where two networks part, and the blame."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from kdviz.figures.timelines.window_charts import beside, blame, paired, planes
from kdviz.runs.analysis.watch_answers import WhyHere
from kdviz.runs.looker.questions import WHY_HERE
from kdviz.runs.store.run import Run
from kdviz.ui.state import cache, url
from kdviz.ui.texts.formatting import one_line, text
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import BAR

AT = "at"


def choose(run: Run) -> int:
    """Which sample: that of the link, one of the top windows, or any."""
    final = run.final or {}
    top = [int(t["at"]) for t in final.get("top", [])]
    length = max([int(t["to"]) for t in final.get("top", [])], default=0) + 1
    url.refuse_odd_number(AT, 0, 10**9)
    asked = st.query_params.get(AT)
    usual = int(asked) if asked is not None else top[0] if top else final.get("train_end", 0)
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with right:
        picked = st.pills(say("look into"), top, key="why_top", wrap=True,
                          format_func=lambda a: one_line(_time(final, a)))  # fmt: skip
        if picked is not None and picked != st.session_state.get("why_picked"):
            st.session_state["why_at"] = int(picked)
        st.session_state["why_picked"] = picked
    with left:
        st.session_state.setdefault("why_at", usual)
        at = int(st.number_input(say("why sample"), 0, max(length, 10**7), key="why_at"))
    st.query_params[AT] = str(at)
    return at


def _time(final: dict[str, Any], at: int) -> str:
    return next((str(t["time"]) for t in final.get("top", []) if int(t["at"]) == at), str(at))


def show(run: Run, at: int) -> None:
    """The window and every view of it."""
    found = cache.answer(run, WHY_HERE, at=at)
    words, arrays = found.words, found.arrays
    st.markdown(say("why window", first=words["from"], last=words["to"], time=one_line(words["time"]),
                    channel=text(words["channel"]), apart=words["distance"]))  # fmt: skip
    st.plotly_chart(
        beside((say_plain("this window", time=one_line(words["time"])), arrays["window"]),
               (say_plain("normal window", sample=words["normal"]), arrays["normal"])),
        key="why_window", config=BAR,
        alt=say_plain("windows alt", time=one_line(words["time"]), sample=words["normal"], apart=words["distance"]),
    )  # fmt: skip
    keys = list(words["views"])
    order = sorted(keys, key=lambda k: -words["views"][k]["z"])
    for key in order:
        with st.container(border=True):
            _view(found, key)


def _view(found: WhyHere, key: str) -> None:
    one, arrays = found.words["views"][key], found.arrays
    st.subheader(say("why view", view=say(f"view {one['view']}"), method=text(one["method"]), z=one["z"]), anchor=False)
    if f"{key}.map" in arrays and arrays[f"{key}.map"].ndim == 2:
        st.plotly_chart(
            planes(arrays[f"{key}.view"][0], arrays[f"{key}.map"], (say_plain("its image"), say_plain("where parts"))),
            key=f"planes_{key}", config=BAR, alt=say_plain("planes alt", view=one["view"]),
        )  # fmt: skip
        st.caption(say("planes are", view=say(f"view {one['view']}")))
    if f"{key}.pairs" in arrays:
        st.plotly_chart(
            paired(arrays["window"], arrays[f"{key}.pairs"], (say_plain("why signal"), say_plain("its pairs"))),
            key=f"pairs_{key}", config=BAR, alt=say_plain("pairs alt", count=len(arrays[f"{key}.pairs"])),
        )  # fmt: skip
        st.caption(say("pairs are"))
    st.plotly_chart(
        blame(
            arrays[f"{key}.time"] if one["placed"] else None, arrays[f"{key}.occlusion"],
            (say_plain("carried to time"), say_plain("drop when replaced")),
        ),
        key=f"blame_{key}", config=BAR, alt=say_plain("blame alt", at=int(np.argmax(arrays[f"{key}.occlusion"]))),
    )  # fmt: skip
    if not one["placed"]:
        st.caption(say("no place inside"))
    half = len(arrays[f"{key}.deletion"]) // 2
    st.caption(
        say("blame worth", left=float(arrays[f"{key}.deletion"][half]), chance=float(arrays[f"{key}.chance"][half]))
    )
    with st.expander(say("feature open")):
        left, right = st.columns(2)
        with left:
            _feature(arrays, key, "", say("feature here"))
        with right:
            _feature(arrays, key, "_normal", say("feature normal"))
        st.caption(say("feature is", stage=one["stage"] + 1, feature=one["feature"]))


def _feature(arrays: dict[str, Any], key: str, end: str, title: str) -> None:
    student, teacher = arrays[f"{key}.student{end}"], arrays[f"{key}.teacher{end}"]
    st.plotly_chart(
        beside((say_plain("student line"), student), (say_plain("teacher line"), teacher)),
        key=f"feature_{key}{end}", config=BAR, alt=title,
    )  # fmt: skip
    st.caption(title)
