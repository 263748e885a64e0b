"""A data set looked over: how many of each class, how they differ, one series large, all of them in a table."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from kdviz.data.dataset import UNLABELLED, Dataset
from kdviz.figures import series as draw
from kdviz.ui.texts.formatting import one_line, text
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets import series_picker
from kdviz.ui.widgets.drawings import BAR

DRAWN = 40


def numbers(data: Dataset) -> None:
    """The size of it all."""
    classes = 0 if data.classes == (UNLABELLED,) else len(data.classes)
    rate = say("hertz", rate=data.rate) if data.rate else say("rate unknown")
    sizes: dict[str, int | str] = {
        say("metric series"): data.series, say("metric classes"): classes, say("metric channels"): len(data.channels),
        say("metric samples"): data.length, say("metric rate"): rate,
    }  # fmt: skip
    with st.container(horizontal=True):
        for name, value in sizes.items():
            st.metric(name, f"{value:,}" if isinstance(value, int) else value, width="content")
    if classes == 0:
        st.info(say("no classes"))


def classes(data: Dataset) -> None:
    """Classes side by side: how many, and how they look."""
    left, right = st.columns([2, 3])
    with left:
        st.plotly_chart(
            draw.counts(data.y, data.classes, data.splits), key="counts", config=BAR,
            alt=", ".join(f"{one_line(name)}: {count}" for name, count in data.counts.items()),
        )  # fmt: skip
        st.caption(say("class counts"))
        _subjects(data)
    with right:
        values = data.X[:, series_picker.channel(data)]
        st.plotly_chart(
            draw.by_class(data.times(), values, data.y, data.classes, unit(data)), key="by_class", config=BAR,
            alt=draw.told_by_class(values, data.y, data.classes),
        )  # fmt: skip
        st.caption(say("by class"))


def _subjects(data: Dataset) -> None:
    """Whose series lie in which set, and who lies in two: accuracy on people that were learned from is flattering."""
    if data.groups is None:
        return
    names, codes = np.unique(data.groups, return_inverse=True)
    order = sorted(range(names.size), key=lambda k: (len(str(names[k])), str(names[k])))  # 2 before 10
    ranks = np.argsort(order)[codes]
    found = {name: np.unique(ranks[index]) for name, index in data.splits.items() if index.size}
    few = [one_line(str(names[k]), 16) for k in order[:DRAWN]] if names.size <= DRAWN else []
    told = [
        say(
            "subjects of",
            split=name.capitalize(),
            count=len(each),
            unit=data.unit,
            names=", ".join(few[k] for k in each),
        )
        if few
        else say("subjects many", split=name.capitalize(), count=len(each), unit=data.unit)
        for name, each in found.items()
    ]
    if few:
        st.plotly_chart(draw.counts(ranks, few, data.splits), key="subjects", config=BAR, alt=". ".join(told))
    else:
        st.markdown("\n".join(f"- {line}" for line in told))
    both = {*found.get("test", ())} & {*found.get("train", ())}
    st.caption(say("subjects in both", count=len(both)) if both else say("subjects apart", unit=data.unit))


def one(data: Dataset) -> None:
    """One series large."""
    number = series_picker.series(data)
    label = data.classes[data.y[number]]
    st.plotly_chart(
        draw.stacked(data.times(), data.X[number], data.channels, unit(data)), key="one", config=BAR,
        alt=say_plain(
            "one series alt", number=number, label=one_line(label), channels=len(data.channels), length=data.length
        ),
    )  # fmt: skip
    where = say("one series where", split=split_of(data, number).capitalize(), label=text(label))
    st.caption(f"{say('one series')} {where}")


def table(data: Dataset) -> None:
    """Every series in a row."""
    with st.expander(say("table"), on_change="rerun", key="table") as opened:
        if not opened.open:
            return
        rows = {
            say_plain("table head class"): np.array([one_line(c) for c in data.classes])[data.y],
            say_plain("table head split"): _splits(data),
            say_plain("table head lowest"): data.X.min((1, 2)),
            say_plain("table head mean"): data.X.mean((1, 2)),
            say_plain("table head highest"): data.X.max((1, 2)),
        }
        if data.groups is not None:
            rows[say_plain("table head group")] = np.array([one_line(g) for g in data.groups])
        st.dataframe(pd.DataFrame(rows), height=320)


def unit(data: Dataset) -> str:
    """What the time axis counts."""
    return say_plain("axis seconds") if data.rate else say_plain("axis sample")


def split_of(data: Dataset, number: int) -> str:
    """Which part of the data a series belongs to."""
    return str(_splits(data)[number])


def _splits(data: Dataset) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    names = np.full(data.series, say_plain("left out of sets"), dtype="U20")
    for name, index in data.splits.items():
        names[index] = name
    return names
