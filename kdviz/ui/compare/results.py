"""A comparison on the page: what may be concluded first, then the scores, differences and costs it rests on."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from kdviz.core.plain_text import no_formula
from kdviz.figures import comparison_charts as draw
from kdviz.figures.palette import network_name, spoken
from kdviz.runs.comparison.comparison_answers import ComparedPlace, Comparison, MeanScore, MethodRow
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import file_name, one_line, sentence, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets import page_links
from kdviz.ui.widgets.drawings import chart

SCORES = ("agreement", "transfer", "match", "seconds")
ASKED = {"agreement": ("fidelity",), "transfer": ("control", "cam"), "match": ("chance", "cam")}
COSTS = ("weights", "macs", "milliseconds")


def place(found: Comparison) -> ComparedPlace:
    """The data and student looked at, of those compared."""
    places = found.places
    names = {
        str(k): say_plain("place of runs", data=one_line(p.data, 40), student=p.student) for k, p in enumerate(places)
    }
    where = one_of(st.selectbox, say("pick place"), names, "0", "place") if len(names) > 1 else "0"
    return places[int(where)]


def concluded(here: ComparedPlace, baseline: str) -> None:
    """Every sentence that the numbers allow."""
    st.subheader(say("concluded"), help=page_links.explained("control"))
    rows = here.rows
    lines = [r.to_scratch.sentence for r in rows if r.to_scratch]
    lines += [r.to_baseline.sentence for r in rows if r.to_baseline]
    if not lines:
        st.info(say("no conclusion"))
    st.markdown("\n".join(f"- {sentence(each)}" for each in lines))
    st.caption(say("how compared"))
    if baseline and not any(r.method == baseline for r in rows):
        st.caption(say("base did not run", method=one_line(baseline)))


def scores(here: ComparedPlace) -> None:
    """Accuracy, and one other score beside it."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(say("test accuracy"))
        chart(draw.scores(here.rows), "accuracy", "accuracy", say("mean and interval"))
    with right:
        titles = {name: say(f"beside {name}") for name in SCORES}
        name = one_of(st.selectbox, say("pick score"), titles, "agreement", "score", label_visibility="collapsed")
        teacher = _pick_teacher(here) if name in draw.BESIDE else ""
        chart(draw.scores(here.rows, name, teacher), f"score_{name}", name, say(f"reads {name}"))
        if name in draw.BESIDE:
            st.caption(_whose(here, teacher))
        if name in ASKED:
            page_links.questions(*ASKED[name])


def _pick_teacher(here: ComparedPlace) -> str:
    """The view of the teacher that every method is held beside; empty for the one that each hands on."""
    if len(here.teachers) < 2:
        return ""
    titles = {"": say_plain("own teacher"), **{name: network_name(name) for name in here.teachers}}
    return one_of(st.selectbox, say("pick teacher"), titles, "", "teacher")


def _whose(here: ComparedPlace, teacher: str) -> str:
    """Which teacher's numbers these are."""
    if teacher:
        return say("whose teacher", teacher=spoken(teacher))
    each = {r.method: r.reference for r in here.rows if r.reference}
    if len(set(each.values())) == 1:
        return say("whose teacher", teacher=spoken(next(iter(each.values()))))
    named = ", ".join(say_plain("whose method", method=m, teacher=spoken(t)) for m, t in each.items())
    return say("whose teachers", named=named) if named else ""


def differences(here: ComparedPlace, baseline: str) -> None:
    """Paired differences to scratch and to the baseline."""
    shown = [("to_scratch", say_plain("scratch")), *([("to_baseline", baseline)] if baseline else [])]
    shown = [(key, other) for key, other in shown if any(r.difference(key) for r in here.rows)]
    if not shown:
        return
    st.subheader(say("paired"))
    for (key, other), column in zip(shown, st.columns(2, gap="large"), strict=False):
        with column:
            caption = say("paired to", other=other)
            chart(draw.differences(here.rows, key, other), key, f"difference-{key}", caption)


def costs(found: Comparison, here: ComparedPlace) -> None:
    """What accuracy costs, all students of this data together."""
    rows = draw.rows_by_data(found.places)[here.data]
    if not any(r.cost("weights") is not None for _, r in rows):
        return
    st.subheader(say("what costs"))
    titles, shown = {cost: say(f"cost {cost}") for cost in COSTS}, {"required": True, "label_visibility": "collapsed"}
    cost = one_of(st.segmented_control, say("pick cost"), titles, "weights", "cost", **shown)
    chart(draw.front(rows, cost), f"front_{cost}", f"accuracy-against-{cost}", say("front"))


def numbers(here: ComparedPlace) -> None:
    """All numbers, and as a file."""
    rows = [_row(r, here.teachers) for r in here.rows]
    with st.expander(say("all numbers", methods=counted(len(rows), "method")), expanded=True):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt=say_plain("all numbers alt"))
        st.caption(say("branches"))
        content = _csv(rows)
        st.download_button(say("save csv"), content, file_name("comparison", "csv", content), "text/csv",
                           on_click="ignore", key="save_csv")  # fmt: skip


def _row(row: MethodRow, teachers: Sequence[str]) -> dict[str, Any]:
    first = {"method": row.method, "seeds": row.seeds, "splits": row.splits, "accuracy": _interval(row.accuracy)}
    found: dict[str, Any] = {say_plain(f"head {name}"): value for name, value in first.items()}
    for teacher in teachers:
        for name in draw.BESIDE:
            head = say_plain("score beside", score=say_plain(f"head {name}"), teacher=spoken(teacher))
            found[head] = _interval(row.score(name, teacher))
    rest = {"reference": spoken(row.reference) if row.reference else "–", "seconds": _interval(row.seconds)}
    rest |= {name: _short(row.cost(name)) for name in COSTS}
    return found | {say_plain(f"head {name}"): value for name, value in rest.items()}


def _short(number: float | None) -> str:
    if number is None:
        return "–"
    return f"{number:,.3g}" if number < 100 else f"{number:,.0f}"


def _interval(mean: MeanScore) -> str:
    if mean.value is None:
        return "–"
    spread = "" if mean.low is None else f" [{mean.low:.3f}, {mean.high:.3f}]"
    return f"{mean.value:.3f}{spread}"


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([no_formula(str(v)) for v in row.values()] for row in rows)
    return out.getvalue().encode()


def order(found: Comparison, here: ComparedPlace) -> None:
    """The ranking over data sets, or why there is none."""
    st.subheader(say("over data sets"))
    of_student = next(o for o in found.orders if o.student == here.student)
    ranked = of_student.ranking
    if ranked is None:
        st.caption(sentence(of_student.why))
        return
    chart(draw.order(ranked), "order", "critical-difference", sentence(ranked.sentence))
    middle = {text(n): f"{v[0]:.3f} [{v[1]:.3f}, {v[2]:.3f}]" for n, v in ranked.middle.items() if v[0] is not None}
    left, right = st.columns(2, gap="large")
    with left:
        st.caption(say("middle mean"))
        st.table(pd.DataFrame({say_plain("head accuracy"): middle}))
    if ranked.chances:
        with right:
            st.caption(say("how probable", method=one_line(found.baseline)))
            head = (say("chance worse"), say("chance same"), say("chance better"))
            st.table(pd.DataFrame({text(n): [f"{c:.0%}" for c in v] for n, v in ranked.chances.items()}, index=head).T)
