"""How faithful the student is to its teachers: answers, errors, features, and by epoch."""

from __future__ import annotations

import streamlit as st

from kdviz.figures import agreement_charts as draw
from kdviz.figures import palette
from kdviz.figures.palette import spoken
from kdviz.runs.analysis.network_answers import FidelityByEpoch, LayerSimilarity, SplitFidelity, WhomFollowed
from kdviz.runs.looker.questions import FIDELITY
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.board_controls import EvidenceSelection
from kdviz.ui.widgets.drawings import mount

BAR = {"displayModeBar": False}
SCORES = ("accuracy", "macro_f1", "nll", "ece")
PAIRS = ("agreement", "kappa", "error_consistency", "error_copy_rate", "predictive_kl")
SHARES = ("accuracy", "agreement", "error_copy_rate")
SPLITS = ("test", "train")
CKAS = ("unbiased", "linear")
OVER = ("agreement", "predictive_kl")


def show_fidelity(this: EvidenceSelection) -> None:
    """Everything, for the chosen split and teacher."""
    found = cache.answer(this.run, FIDELITY)
    titles = {split: say_plain(f"evidence split {split}") for split in SPLITS}
    split = one_of(st.segmented_control, say("evidence on split"), titles, "test", "on", required=True)
    scores(found.splits[split])
    pairs(found.splits[split])
    whom(found.splits[split])
    features(found.layers)
    epochs(this.wanted.teacher, found.by_epoch)


def _cell(value: float | None, share: bool = False) -> str:
    return "–" if value is None else f"{value:.1%}" if share else f"{value:.3f}"


def scores(found: SplitFidelity) -> None:
    """Every network's own quality."""
    rows = {say_plain("evidence network"): [palette.network_name(role) for role in found.networks]}
    for key in SCORES:
        cells = [_cell(each[key], key in SHARES) for each in found.networks.values()]
        rows[say_plain(f"evidence score {key}")] = cells
    st.dataframe(rows, hide_index=True, key="qualities")
    st.caption(say("evidence scores", series=found.series))


def pairs(found: SplitFidelity) -> None:
    """Student and control beside every teacher."""
    both = [(who, name, each) for who, by in found.fidelity.items() for name, each in by.items()]
    rows = {
        say_plain("evidence who"): [say_plain(f"evidence who {who}") for who, _, _ in both],
        say_plain("evidence beside"): [palette.network_name(f"teacher.{name}") for _, name, _ in both],
    }
    for key in PAIRS:
        rows[say_plain(f"evidence pair {key}")] = [_cell(each[key], key in SHARES) for _, _, each in both]
    st.dataframe(rows, hide_index=True, key="pairs")
    st.caption(say("evidence pairs"))


def whom(found: SplitFidelity) -> None:
    """Which teacher was followed where they did not agree."""
    if not found.followed:
        return
    student = found.followed["student"]
    st.markdown(say("evidence followed", disputed=student.disputed, series=found.series))
    if not student.disputed:
        st.caption(say("evidence followed none"))
        return
    names = {key: say_plain("evidence followed only", teacher=spoken(key)) for key in student.only}
    names |= {"several": say_plain("evidence followed several"), "nobody": say_plain("evidence followed nobody")}
    shares = {say_plain(f"evidence who {who}"): shared(each) for who, each in found.followed.items()}
    said = "; ".join(f"{who}: " + ", ".join(f"{names[k]} {v:.0%}" for k, v in s.items()) for who, s in shares.items())
    st.plotly_chart(draw.followed(shares, names), key="followed", config=BAR, alt=said)


def shared(found: WhomFollowed) -> dict[str, float]:
    """Shares of the disputed series that sum to one."""
    only = {name: value or 0.0 for name, value in found.only.items()}
    nobody = found.nobody or 0.0
    return {**only, "several": max(1 - sum(only.values()) - nobody, 0.0), "nobody": nobody}


def features(found: LayerSimilarity) -> None:
    """CKA of every stage with every stage, by teacher."""
    titles = {kind: say_plain(f"evidence cka {kind}") for kind in CKAS}
    kind = one_of(st.segmented_control, say("evidence layers"), titles, "unbiased", "cka", required=True)
    tables = {
        say_plain(f"evidence layers of {who}", teacher=spoken(name)): both.linear if kind == "linear" else both.unbiased
        for who, by in found.tables.items()
        for name, both in by.items()
    }
    mount("tiles", draw.layers(tables, len(found.tables.get("student", {}))), "layers")
    st.caption(say("evidence layers averaged", series=found.series, features=found.features))


def epochs(teacher: str, found: FidelityByEpoch) -> None:
    """One score over the kept epochs, the control beside the student."""
    titles = {kind: say_plain(f"evidence by {kind}") for kind in OVER}
    kind = one_of(st.segmented_control, say("evidence by epoch"), titles, "agreement", "over", required=True)
    beside = {who: by[teacher] for who, by in found.teachers.items() if teacher in by}
    lines = {who: each.agreement if kind == "agreement" else each.predictive_kl for who, each in beside.items()}
    if not lines:
        st.caption(say("evidence no epochs"))
        return
    ends = [
        say_plain("evidence over line", who=say_plain(f"evidence who {who}"), first=v[0], last=v[-1])
        for who, v in lines.items()
    ]
    title = say_plain("evidence over with", score=titles[kind], teacher=spoken(teacher))
    figure = draw.over_epochs(found.epochs, lines, title, kind == "agreement", f"{title}: {'; '.join(ends)}.")
    mount("chart", figure, "by_epoch")
    st.caption(say("evidence over"))
