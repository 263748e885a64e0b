"""A watch shown: while it learns, and then everything on one time axis with a threshold to drag."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.stretch import Stretch
from kdviz.figures.palette import label
from kdviz.figures.timelines.watch_charts import WatchedLines, timeline
from kdviz.figures.timelines.window_charts import discrepancies
from kdviz.report.watch_report import watch_panel, watch_report
from kdviz.runs.analysis.watch_answers import JudgedWatch
from kdviz.runs.store.measures import read_scores, z_scores
from kdviz.runs.store.run import ENDED, Run, RunState
from kdviz.training.watched.watch_settings import FUSED, layout_of, watch_line
from kdviz.ui.shell.frame import go
from kdviz.ui.state import launch
from kdviz.ui.state import watched as chosen
from kdviz.ui.state.current import still_readable
from kdviz.ui.state.visitor import own
from kdviz.ui.texts.formatting import Markdown, file_name, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.watch import found_windows, marks_panel
from kdviz.ui.watch.found_windows import CONTROLS, called
from kdviz.ui.widgets import run_result
from kdviz.ui.widgets.drawings import BAR, follow, offer


def panel(run: Run) -> None:
    """How the watch stands, looked at once a second until it has ended; then what was found."""
    state = run.state
    if state not in ENDED:
        follow("live_watch", lambda: (still_readable(run), run.state, run.told), _progress, run, every=1.0)
        return
    if state == RunState.FAILED:
        st.error(sentence(str((run.final or {}).get("sentence", ""))), title=say("watch failed"))
    if state == RunState.STOPPED:
        st.info(say("watch stopped"))
    if state != RunState.FINISHED and own(run) and st.button(say("continue"), key="continue_watch"):
        launch.again(run)
    _curves(run)
    if state == RunState.FINISHED:
        show_found(run)


def line(run: Run) -> str:
    """The shell line that watches so again."""
    return watch_line(run.recipe, run.request.get("source", {}), _data(run))


def _progress(run: Run) -> None:
    state = run.state
    if state in ENDED or not still_readable(run):
        st.rerun()
    st.markdown(say("watch state", state=Markdown(say(f"state {state}").capitalize()), data=text(_data(run))))
    if _curves(run):
        st.caption(say("watch scores now"))
    if own(run) and st.button(say("stop"), key="stop_watch", help=say("stop help")):
        run.cancel()
        st.toast(say("stopping"))


def _data(run: Run) -> str:
    return str(run.request.get("data", ""))


def _curves(run: Run) -> bool:
    """The discrepancy by epoch; whether every student has had its last one."""
    by_key: dict[str, list[dict[str, Any]]] = {}
    for event in run.events():
        if event.get("event") == "epoch":
            by_key.setdefault(str(event["who"]), []).append(event)
    if not by_key:
        st.caption(say("watch begins"))
        return False
    open_now = run.state not in ENDED
    with st.expander(say("watch curves open"), expanded=open_now):
        names = {key: called(key) for key in by_key} | {p: say_plain(f"part {p}") for p in ("normal", "later")}
        last = {key: each[-1]["readouts"] for key, each in by_key.items()}
        told = "; ".join(f"{called(k)} {v.get('normal', 0):.3g}, {v.get('later', 0):.3g}" for k, v in last.items())
        st.plotly_chart(
            discrepancies(by_key, names), key="discrepancies", config=BAR, alt=say_plain("watch curves alt", told=told)
        )
        st.caption(say("watch curves"))
    ended = [each for each in by_key.values() if each[-1]["epoch"] == each[-1]["epochs"]]
    return len(ended) == len(run.recipe.origin.split(","))


def keys_of(run: Run) -> list[str]:
    """The scores of a watch by their keys, in the order of its views."""
    views = (run.final or {})["views"]
    return sorted(views, key=lambda k: (run.recipe.sees.index(views[k]["view"]), k))


@st.cache_resource(max_entries=4, show_spinner=say("spinner recording"))
def scores_of(place: str, mark: str) -> dict[str, NDArray[Any]]:
    """The scores of a finished run, kept until it ends anew."""
    return read_scores(Path(place))


def show_found(run: Run) -> None:
    """Everything on one axis, the threshold, the windows that stand out, and what known marks say of it."""
    final = run.final or {}
    try:
        stretch = chosen.recording_of(run)
        arrays = scores_of(str(run.folder), run.outcome_key)
    except UserError as wrong:
        st.warning(sentence(wrong), title=say("watch cannot show"))
        return
    z = z_scores(arrays)
    _numbers(run, stretch)
    threshold = _threshold(z[FUSED], float(final["threshold"]))
    alarms = stretch.alarms(np.asarray(z[FUSED]), threshold)
    marks = marks_panel.shown_marks(run)
    channel, shown = _seen(stretch, next((str(t["channel"]) for t in final.get("top", [])), ""))
    names = {n: say_plain(f"row {n}") for n in ("recording", "alarms", "fused", "controls")}
    controls = {called(n): z[n] for n in CONTROLS if n in z}
    names["controls"] += f": {', '.join(controls)}"
    lines = WatchedLines(
        (stretch.channels[channel], stretch.values[channel]),
        {called(k): z[k] for k in keys_of(run)}, [called(k) for k in final["fused"]], z[FUSED], threshold, controls,
        [(a, b) for a, b, _ in alarms], (0, 0 if stretch.whole else stretch.train_end), marks, stretch.times, shown,
    )  # fmt: skip
    told = say_plain("timeline alt", count=len(alarms), threshold=threshold, data=label(_data(run)))
    st.plotly_chart(timeline(lines, names), key="timeline", config=BAR, alt=told)
    st.caption(say("timeline"))
    layout = layout_of(stretch, final["window"], final["step"])
    found_windows.threshold_card(run, stretch, layout, np.asarray(z[FUSED]), threshold, alarms)
    found_windows.show_table(run, stretch)
    marks_panel.show_marks(run)
    carry(run, stretch, arrays, shown, marks_panel.verdict(run))
    if st.button(say("compare watches"), key="compare_watches", icon=":material/balance:"):
        go("compare", {"of": "watched"})
    st.caption(say("alarms kept", alarms=counted(len(final.get("alarms", ())), "alarm")))


def _numbers(run: Run, stretch: Stretch) -> None:
    final = run.final or {}
    with st.container(horizontal=True):
        st.metric(say("metric normal"), say_plain("until", sample=stretch.train_end), width="content")
        st.metric(say("metric window"), f"{final['window']:,}", width="content")
        for key in keys_of(run):
            view = final["views"][key]
            st.metric(called(key), f"{view['method']} \N{RIGHTWARDS ARROW} {view['teacher'].split(':')[0]}",
                      width="content", help=say("metric view help"))  # fmt: skip
    for warning in final.get("warnings", ()):
        if warning not in stretch.warnings:
            st.caption(sentence(str(warning)))


def _threshold(z: NDArray[Any], usual: float) -> float:
    """The threshold, dragged or typed with the arrow keys; the run's own at first."""
    top = max(float(np.ceil(min(float(z.max()), 4 * abs(usual) + 20))), usual + 1)
    low = min(0.0, float(np.floor(usual)))
    step = (top - low) / 200
    return float(
        st.slider(say("threshold drag"), low, top, float(np.clip(usual, low, top)), step, key="threshold",
                  format="%.2f", help=say("threshold help", usual=usual))
    )  # fmt: skip


def _seen(stretch: Stretch, top: str) -> tuple[int, tuple[int, int]]:
    """Which channel is drawn, at first the `top` one, and which part of the recording."""
    left, right = st.columns([1, 3])
    names = list(stretch.channels)
    with left:
        channel = 0
        if len(names) > 1:
            loudest = names.index(top) if top in names else 0
            channel = int(st.selectbox(say("channel drawn"), range(len(names)), loudest, key="watch_channel",
                                       format_func=lambda k: label(names[k])) or 0)  # fmt: skip
    with right:
        first, last = st.slider(say("part drawn"), 0, stretch.length, (0, stretch.length), key="part_drawn")
    if last - first < 16:
        first, last = max(0, last - 16), max(16, last)
    return channel, (int(first), int(last))


def carry(run: Run, stretch: Stretch, arrays: dict[str, NDArray[Any]], seen: tuple[int, int],
          verdict: JudgedWatch | None) -> None:  # fmt: skip
    """The two menus: files of the run, and the part that is drawn as a panel."""
    with st.container(horizontal=True):
        offer(watch_panel(run, stretch, arrays, seen), "watch")
        with st.popover(say("save"), icon=":material/download:", key="files_watch", on_change="rerun") as menu:
            if menu.open:
                _files(run, arrays, verdict)


def _files(run: Run, arrays: dict[str, NDArray[Any]], verdict: JudgedWatch | None) -> None:
    name = f"watch-{run.folder.name[:12]}"
    try:
        page = _report(str(run.folder), run.outcome_key, repr(verdict), verdict)
        st.download_button(say("report size", megabytes=len(page) / 1e6), page, file_name(name, "html", page),
                           "text/html", on_click="ignore", key="save_report", help=say("report help"))  # fmt: skip
        scores = _scores(arrays)
        st.download_button(say("scores npz"), scores, file_name(name, "npz", scores), on_click="ignore",
                           key="save_scores")  # fmt: skip
        run_result.offer_archive(run, name)
    except UserError as wrong:
        st.warning(sentence(wrong))


@st.cache_data(max_entries=4, show_spinner=say("spinner report"))
def _report(run: str, mark: str, judged: str, _verdict: JudgedWatch | None) -> bytes:
    return watch_report(Run(Path(run)), _verdict).encode()


def _scores(arrays: dict[str, NDArray[Any]]) -> bytes:
    held, plain = io.BytesIO(), dict[str, Any](arrays)
    np.savez(held, allow_pickle=False, **plain)
    return held.getvalue()
