"""How faithful the student is to its teachers: answers, errors, features, and by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.figures import evidence_charts as draw
from kdviz.figures import palette
from kdviz.figures.palette import spoken
from kdviz.ui.evidence.controls import EvidenceSelection
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.widgets.drawings import mount

BAR = {"displayModeBar": False}
SCORES = {"accuracy": "accuracy", "macro_f1": "macro F1", "nll": "NLL", "ece": "ECE"}
PAIRS = {
    "agreement": "agreement",
    "kappa": "kappa",
    "error_consistency": "error consistency",
    "error_copy_rate": "error copy rate",
    "predictive_kl": "predictive KL",
}
SPLITS = {"test": "Test series", "train": "Training series"}
CKAS = {"unbiased": "Unbiased CKA", "linear": "Linear CKA"}
OVER = {"agreement": "Agreement", "predictive_kl": "Predictive KL"}


def show_fidelity(this: EvidenceSelection) -> None:
    """Everything, for the chosen split and teacher."""
    words, arrays = cache.answer(this.run, "fidelity")
    split = one_of(st.segmented_control, "On", SPLITS, "test", "on", required=True)
    found = words["splits"][split]
    scores(found)
    pairs(found)
    whom(found)
    features(arrays, words["cka"])
    epochs(this, arrays)


def _cell(value: float | None, share: bool = False) -> str:
    return "–" if value is None else f"{value:.1%}" if share else f"{value:.3f}"


def scores(found: Mapping[str, Any]) -> None:
    """Every network's own quality."""
    rows: dict[str, list[str]] = {"network": [palette.network_name(role) for role in found["networks"]]}
    for key, head in SCORES.items():
        rows[head] = [_cell(each[key], key == "accuracy") for each in found["networks"].values()]
    st.dataframe(rows, hide_index=True, key="qualities")
    st.caption(f"{found['series']} series. NLL in nats at temperature 1; ECE over 15 bins of confidence.")


def pairs(found: Mapping[str, Any]) -> None:
    """Student and control beside every teacher."""
    both = [(who, name, each) for who, by in found["fidelity"].items() for name, each in by.items()]
    rows: dict[str, list[str]] = {
        "who": ["student" if who == "student" else "control" for who, _, _ in both],
        "beside": [palette.network_name(f"teacher.{name}") for _, name, _ in both],
    }
    for key, head in PAIRS.items():
        rows[head] = [_cell(each[key], key in ("agreement", "error_copy_rate")) for _, _, each in both]
    st.dataframe(rows, hide_index=True, key="pairs")
    st.caption(
        "Two networks that are nearly always right agree whoever taught them: kappa and error consistency take out "
        "what class frequencies and accuracies give by themselves (0 is chance, 1 is the same errors). The copy rate "
        "counts only where the teacher errs; – where it never does. What distillation did is the student's line over "
        "the control's. One seed."
    )


def whom(found: Mapping[str, Any]) -> None:
    """Which teacher was followed where they did not agree."""
    told = found["followed"]
    if not told:
        return
    disputed = told["student"]["disputed"]
    st.markdown(f"**Whom did it follow?** The teachers disagree on {disputed} of {found['series']} series.")
    if not disputed:
        st.caption("Where all teachers say the same, nothing can be told about whom the student listened to.")
        return
    names = {key: f"only the {spoken(key)}" for key in told["student"]["only"]}
    names |= {"several": "several teachers at once", "nobody": "nobody: an answer of its own"}
    shares = {who: shared(each) for who, each in told.items()}
    said = "; ".join(f"{who}: " + ", ".join(f"{names[k]} {v:.0%}" for k, v in s.items()) for who, s in shares.items())
    st.plotly_chart(draw.followed(shares, names), key="followed", config=BAR, alt=said)


def shared(told: Mapping[str, Any]) -> dict[str, float]:
    """Shares of the disputed series that sum to one."""
    only = {name: value or 0.0 for name, value in told["only"].items()}
    nobody = told["nobody"] or 0.0
    return {**only, "several": max(1 - sum(only.values()) - nobody, 0.0), "nobody": nobody}


def features(arrays: Mapping[str, Any], about: Mapping[str, Any]) -> None:
    """CKA of every stage with every stage, by teacher."""
    kind = one_of(st.segmented_control, "Features, layer by layer", CKAS, "unbiased", "cka", required=True)
    names = [n.split("/")[1] for n in arrays if n.startswith("student/") and n.endswith(f"/{kind}")]
    tables = {
        f"{who.capitalize()} and {spoken(name)}": arrays[f"{who}/{name}/{kind}"]
        for who in ("student", "control")
        for name in names
        if f"{who}/{name}/{kind}" in arrays
    }
    mount("tiles", draw.layers(tables, len(names)), "layers")
    st.caption(
        f"{about['series']} test series, features {about['features']}. The linear one is inflated where series are few."
    )


def epochs(this: EvidenceSelection, arrays: Mapping[str, Any]) -> None:
    """One score over the kept epochs, the control beside the student."""
    kind = one_of(st.segmented_control, "By epoch", OVER, "agreement", "over", required=True)
    teacher = this.wanted.teacher
    lines = {
        who: arrays[f"epoch/{who}/{teacher}/{kind}"]
        for who in ("student", "control")
        if f"epoch/{who}/{teacher}/{kind}" in arrays
    }
    if not lines:
        st.caption("This run came without the epochs of its training.")
        return
    said = "; ".join(f"{who} from {v[0]:.2f} to {v[-1]:.2f}" for who, v in lines.items())
    title = f"{OVER[kind]} with the {spoken(teacher)}"
    figure = draw.over_epochs(arrays["epoch/epochs"], lines, title, kind == "agreement", f"{title}: {said}.")
    mount("chart", figure, "by_epoch")
    st.caption("On test series, after each epoch that was kept.")
