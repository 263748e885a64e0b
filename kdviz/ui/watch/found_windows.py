"""What stands out: the threshold by normal data alone, and the top windows with who found each of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.stretch import Stretch
from kdviz.figures.timelines.window_charts import beside, histograms
from kdviz.runs.store.run import Run
from kdviz.training.watched.watch_settings import FUSED, Layout
from kdviz.ui.shell.frame import go
from kdviz.ui.texts.formatting import one_line, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets.drawings import BAR

DAY = 86_400.0
CONTROLS = ("discord", "neighbour", "random")
Alarms = list[tuple[int, int, float]]


def called(key: str) -> str:
    """A score's name for people: `signal`, `signal, STFPM`, `discord` ..."""
    view, _, method = key.partition("_")
    if key in (*CONTROLS, FUSED):
        return say_plain(f"scored {key}")
    return say_plain(f"view {view}") + (f", {method}" if method else "")


def threshold_card(
    run: Run, stretch: Stretch, layout: Layout, z: NDArray[np.floating], threshold: float, alarms: Alarms
) -> None:
    """How often normal data reach the threshold, how many alarms that makes, both spreads, and a false alarm's look."""
    normal = z[layout.normal]
    above = int((normal > threshold).sum())
    rare = say("one in", count=normal.size // above) if above else say("none in", count=normal.size)
    tested = max(stretch.length - stretch.tested, 1)
    flagged = sum(b - a + 1 for a, b, _ in alarms) / tested
    days = tested / stretch.rate / DAY if stretch.rate else 0.0
    daily = say("alarms daily", count=len(alarms) / days) if days >= 1 else ""
    st.markdown(say("threshold says", alarms=counted(len(alarms), "alarm"), share=flagged, rare=rare, daily=daily))
    with st.expander(say("histograms open")):
        names = (say_plain("kept normal"), say_plain("tested part"))
        st.plotly_chart(
            histograms(normal, z[stretch.tested :], threshold, names), key="histograms", config=BAR,
            alt=say_plain("histograms alt", normal=float(normal.max()), tested=float(z[stretch.tested :].max())),
        )  # fmt: skip
        st.caption(say("histograms"))
        _false_alarm(run, stretch, layout, z)


def _false_alarm(run: Run, stretch: Stretch, layout: Layout, z: NDArray[np.floating]) -> None:
    """The window of the kept normal part that came nearest to an alarm, or would be one, beside the top window."""
    at = layout.normal.start + int(np.argmax(z[layout.normal]))
    begin = int(np.clip(at - layout.window // 2, 0, stretch.length - layout.window))
    top = next(iter((run.final or {}).get("top", [])), None)
    first = top["from"] if top else begin
    row = stretch.values[stretch.channels.index(top["channel"]) if top else 0]
    st.plotly_chart(
        beside((say_plain("top window"), row[first : first + layout.window]),
               (say_plain("top normal window", sample=begin), row[begin : begin + layout.window])),
        key="false_alarm", config=BAR, alt=say_plain("false alarm alt", sample=begin, z=float(z[at])),
    )  # fmt: skip
    st.caption(say("false alarm", z=float(z[at])))
    if st.button(say("why normal"), key="why_normal", icon=":material/search:"):
        go("why", {"run": run.folder.name, "at": str(at)})


def show_table(run: Run, stretch: Stretch) -> None:
    """The top windows; one of them beside the nearest normal window, and the way to why it stands out."""
    final = run.final or {}
    top = final.get("top", [])
    st.header(say("top windows"), anchor=False)
    if not top:
        st.info(say("top none"))
        return
    keys = list(final["views"])
    rows = {
        say_plain("top time"): [one_line(t["time"]) for t in top],
        say_plain("top z"): [round(t["z"], 2) for t in top],
        **{f"z {called(k)}": [round(t["views"][k], 2) for t in top] for k in keys},
        say_plain("top found by"): [_found_by(t["found_by"]) for t in top],
        say_plain("top channel"): [one_line(t["channel"]) for t in top],
    }
    st.dataframe(pd.DataFrame(rows, index=pd.RangeIndex(1, len(top) + 1)), height=min(400, 40 + 36 * len(top)))
    st.caption(say("top windows are"))
    number = int(
        st.pills(say("look into"), range(len(top)), format_func=lambda k: str(k + 1), key="top", default=0) or 0
    )
    this = top[min(number, len(top) - 1)]
    window, row = final["window"], stretch.channels.index(this["channel"])
    values = stretch.values[row]
    st.plotly_chart(
        beside(
            (say_plain("this window", time=one_line(this["time"])), values[this["from"] : this["from"] + window]),
            (say_plain("normal window", sample=this["normal"]), values[this["normal"] : this["normal"] + window]),
        ),
        key="beside", config=BAR,
        alt=say_plain("windows alt", time=one_line(this["time"]), sample=this["normal"], apart=this["distance"]),
    )  # fmt: skip
    if st.button(say("why this"), key="why_this", icon=":material/search:"):
        go("why", {"run": run.folder.name, "at": str(this["at"])})
    st.caption(say("top told", channel=text(this["channel"]), apart=this["distance"]))


def _found_by(shares: dict[str, float]) -> str:
    """Who found it: the views by their share, the largest first."""
    held = sorted(shares.items(), key=lambda item: -item[1])
    return ", ".join(f"{called(k)} {share:.0%}" for k, share in held if share >= 0.01) or "-"
