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
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import file_name, one_line, sentence, text
from kdviz.ui.texts.sentences import counted
from kdviz.ui.widgets import page_links
from kdviz.ui.widgets.drawings import chart

Found = Mapping[str, Any]
SCRATCH = "the from-scratch control"
BESIDE = {
    "agreement": "Fidelity: agreement with teachers",
    "transfer": "Evidence transfer",
    "match": "Evidence match",
    "seconds": "Seconds of training",
}
READ = {
    "agreement": "On how many test series student and teacher give the same answer, right or wrong.",
    "transfer": "How much nearer to its teacher's maps the student is than its from-scratch control: 1 all the way, "
    "0 not at all, below 0 farther. CAM in time, Pearson.",
    "match": "Correlation of class activation maps in time with the teachers'. It means little without chance and "
    "control: read evidence transfer.",
    "seconds": "Of the student, its teachers not counted where they were there already.",
}
ASKED = {"agreement": ("fidelity",), "transfer": ("control", "cam"), "match": ("chance", "cam")}
COSTS = {"weights": "Weights", "macs": "Multiply-adds", "milliseconds": "Latency"}
MEANS = ("accuracy", "agreement", "match", "transfer", "seconds")


def place(found: Found) -> Found:
    """The data and student looked at, of those compared."""
    places = found["places"]
    names = {str(k): f"{one_line(p['data'], 40)}, student {p['student']}" for k, p in enumerate(places)}
    where = one_of(st.selectbox, "On", names, "0", "place") if len(names) > 1 else "0"
    return dict(places[int(where)])


def concluded(here: Found, baseline: str) -> None:
    """Every sentence that the numbers allow."""
    st.subheader(f"What can be concluded? {page_links.help_link('control')}")
    rows = here["rows"]
    said = [r["to_scratch"]["sentence"] for r in rows if r["to_scratch"]]
    said += [r["to_baseline"]["sentence"] for r in rows if r["to_baseline"]]
    if not said:
        st.info("No run here has a from-scratch control, and no baseline is chosen: there is nothing to compare with.")
    st.markdown("\n".join(f"- {sentence(each)}" for each in said))
    st.caption(
        "Differences are paired by seed, split and student. p is that of an exact Wilcoxon signed-rank test, corrected "
        "by Holm for all comparisons made together. Seeds tell how a method varies on this very split, nothing about "
        "other subjects or data sets."
    )
    if baseline and not any(r["method"] == baseline for r in rows):
        st.caption(f"{one_line(baseline)} did not run here.")


def scores(here: Found) -> None:
    """Accuracy, and one other score beside it."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Test accuracy")
        chart(draw.scores(here["rows"]), "accuracy", "accuracy", "Mean and 95 % interval over runs.")
    with right:
        name = one_of(st.selectbox, "Beside it", BESIDE, "agreement", "score", label_visibility="collapsed")
        chart(draw.scores(here["rows"], name), f"score_{name}", name, READ[name])
        if name in ASKED:
            st.markdown(page_links.question_links(*ASKED[name]))


def differences(here: Found, baseline: str) -> None:
    """Paired differences to scratch and to the baseline."""
    shown = [("to_scratch", SCRATCH), *([("to_baseline", baseline)] if baseline else [])]
    shown = [(key, other) for key, other in shown if any(r[key] for r in here["rows"])]
    if not shown:
        return
    st.subheader("Paired differences in accuracy")
    for (key, other), column in zip(shown, st.columns(2, gap="large"), strict=False):
        with column:
            words = f"To {other}, in points. A square: shown at 5 %, all comparisons counted."
            chart(draw.differences(here["rows"], key, other), key, f"difference {key}", words)


def costs(found: Found, here: Found) -> None:
    """What accuracy costs, all students of this data together."""
    rows = draw.places(found)[here["data"]]
    if not any(r["weights"] is not None for r in rows):
        return
    st.subheader("What does accuracy cost?")
    cost = one_of(st.segmented_control, "Cost", COSTS, "weights", "cost", required=True, label_visibility="collapsed")
    words = "Dashed: what nothing cheaper reaches. Latency was measured where each run was trained."
    chart(draw.front(rows, cost), f"front_{cost}", f"accuracy against {cost}", words)


def numbers(here: Found) -> None:
    """All numbers, and as a file."""
    rows = [_row(r) for r in here["rows"]]
    with st.expander(f"All numbers ({counted(len(rows), 'method')})", expanded=True):
        st.dataframe(pd.DataFrame(rows), hide_index=True, alt="All numbers of the comparison")
        content = _csv(rows)
        st.download_button("Save as CSV", content, file_name("comparison", "csv", content), "text/csv",
                           on_click="ignore", key="save_csv")  # fmt: skip


def _row(row: Found) -> dict[str, Any]:
    told: dict[str, Any] = {"method": row["method"], "seeds": row["seeds"], "splits": row["splits"]}
    told |= {name: _interval(row[name]) for name in MEANS}
    whole = {"weights": row["weights"], "multiply-adds": row["macs"], "ms a series": row["milliseconds"]}
    return told | {n: "–" if v is None else f"{v:,.3g}" if v < 100 else f"{v:,.0f}" for n, v in whole.items()}


def _interval(mean: Found) -> str:
    if mean["value"] is None:
        return "–"
    spread = "" if mean["low"] is None else f" [{mean['low']:.3f}, {mean['high']:.3f}]"
    return f"{mean['value']:.3f}{spread}"


def _csv(rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([no_formula(str(v)) for v in row.values()] for row in rows)
    return out.getvalue().encode()


def order(found: Found, here: Found) -> None:
    """The ranking over data sets, or why there is none."""
    st.subheader("Over data sets")
    told = next(o for o in found["orders"] if o["student"] == here["student"])
    if "why" in told:
        st.caption(sentence(told["why"]))
        return
    chart(draw.order(told), "order", "critical difference", sentence(told["sentence"]))
    middle = {text(n): f"{v[0]:.3f} [{v[1]:.3f}, {v[2]:.3f}]" for n, v in told["middle"].items() if v[0] is not None}
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("Interquartile mean over data sets and seeds, with its 95 % bootstrap interval")
        st.table(pd.DataFrame({"accuracy": middle}))
    if told.get("chances"):
        with right:
            st.caption(
                f"How probable against {one_line(str(found['baseline']))}: Bayesian signed-rank test, region of 1 point"
            )
            head = ("worse", "the same", "better")
            st.table(pd.DataFrame({text(n): [f"{c:.0%}" for c in v] for n, v in told["chances"].items()}, index=head).T)
