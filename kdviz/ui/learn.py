"""The page Learn: every concept with its figure, the map of methods and each in short, the glossary, the limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.concept_figures import DRAWN, FROM_A_RUN, Of
from kdviz.figures.method_diagrams import Place, handover_sentence, hands, map_of_methods, method_map_sentence
from kdviz.modalities.base import modalities, modality
from kdviz.runs.store.demo_runs import DemoRun, NotFinished, finished
from kdviz.ui.shell import keyboard
from kdviz.ui.state import cache
from kdviz.ui.texts.formatting import Markdown
from kdviz.ui.texts.glossary import CONCEPTS, LIMITS, Concept, listed
from kdviz.ui.texts.sentences import say, say_plain

RUN = "gunpoint"


def concepts(data: Dataset) -> None:
    """Each concept under its own address: `/learn#gaf`."""
    run = _run()
    for concept in CONCEPTS:
        st.header(concept.title, anchor=concept.id)
        left, right = st.columns([3, 2], gap="large")
        left.markdown(concept.words)
        if concept.figure:
            with right:
                drawn(concept, data, run)


def drawn(concept: Concept, data: Dataset, run: DemoRun | None) -> None:
    """A concept's figure, computed from the first test series, or from the finished run of Start where it needs one."""
    name = concept.figure
    if name in FROM_A_RUN:
        if run is None:
            st.caption(say("no run to draw from"))
            return
        caption, figure = FROM_A_RUN[name][1], _of_a_run(name, str(run.about["made"]))
    else:
        series = data.X[int(data.test[0]) if data.test.size else 0, 0]
        caption, figure = DRAWN[name][1], _of_a_series(name, series.tobytes())
    st.plotly_chart(figure, key=f"concept_{concept.id}", config={"displayModeBar": False}, alt=caption)
    st.caption(caption)


@lru_cache(maxsize=64)
def _of_a_series(name: str, series: bytes) -> Any:
    return DRAWN[name][0](view_of(name, np.frombuffer(series, np.float32)))


def _run() -> DemoRun | None:
    try:
        return finished(RUN)
    except NotFinished:
        return None


@lru_cache(maxsize=8)
def _of_a_run(name: str, made: str) -> Any:
    """Of the newest finished run, which was `made` then."""
    run = finished(RUN)
    signal = cache.dataset(RUN).X[int(run.snapshots.series[0]), 0]
    return FROM_A_RUN[name][0](Of(signal, run.snapshots.arrays, run.snapshots.epochs))


def view_of(name: str, series: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the modality of this name makes of a series (T,) by itself, (H, W); the series where there is none."""
    if name not in modalities():
        return series
    chosen, whole = modality(name), series[None, None].astype(np.float32)
    chosen.fit(whole)
    view: NDArray[np.float32] = chosen.see(whole)[0, 0]
    return view


def glossary() -> None:
    """Every word in a line, in the order of the alphabet."""
    st.header(say("glossary"), anchor="glossary")
    st.markdown(listed())


def limits() -> None:
    """What kdviz cannot tell, and the keys."""
    st.header(say("limits"), anchor="limits")
    st.markdown("\n".join(f"- {line}" for line in LIMITS))
    st.header(say("keys"), anchor="keys")
    keyboard.table()


KINDS = {
    kind: say_plain(f"means {kind}")
    for kind in ("frequencies", "maps", "relations", "features", "answers", "labels alone")
}
SIGNS = {
    "relations": ("batch", "similarit", "distance", "near"),
    "maps": ("cam", "attention", "activation map", "attend"),
    "features": ("feature", "hidden", "embedding"),
    "answers": ("logits", "probabilities", "certainty", "ranking"),
}
OTHER = "other"


def kinds(about: Mapping[str, Any]) -> tuple[str, ...]:
    """The kinds, what is special about the method first; `other` where its words name none that is known."""
    given = [what.lower() for giver, what, _ in about["hands"] if giver != "labels"]
    found = {kind for kind in map(_kind, given) if kind}
    if "features" in found and "frequenc" in about["claims"]:
        found = found - {"features"} | {"frequencies"}
    return tuple(kind for kind in KINDS if kind in found) or (OTHER if given else "labels alone",)


def _kind(what: str) -> str:
    return next((kind for kind, signs in SIGNS.items() if any(sign in what for sign in signs)), "")


Row = Mapping[str, Any]
PLAIN = {"displayModeBar": False}


def methods(rows: Sequence[Row]) -> None:
    """The map, the table, and every method under its own address: `/learn#method-kd`."""
    st.header(say("methods"), anchor="methods")
    places = tuple(
        Place(r["id"], r["title"], tuple(map(_kind_title, kinds(r["about"]))), f"#{anchor(r)}") for r in rows
    )
    st.caption(say("map of methods"))
    st.plotly_chart(
        _map(places), key="method_map", config=PLAIN, width=720,
        alt=say_plain("map alt", told=method_map_sentence(places, _kinds_shown())),
    )  # fmt: skip
    table = st.expander(say("methods as a table"), key="methods_as_table", on_change="rerun")
    if table.open:
        with table:
            st.dataframe([_line(r) for r in rows], hide_index=True, key="methods_table", alt=say("methods as a table"))
    for row in rows:
        st.fragment(method)(row)


def method(row: Row) -> None:
    """A method in three sentences; who hands what to whom is drawn when it is asked for."""
    st.subheader(row["title"], anchor=anchor(row))
    st.markdown("\n".join(f"- {each}" for each in sentences(row["about"])))
    drawing = st.expander(say("hands of", what=row["title"]), key=f"open_{row['id']}", on_change="rerun")
    if drawing.open:
        given = row["about"]["hands"]
        drawing.plotly_chart(
            hands(given), key=f"drawn_{row['id']}", config=PLAIN, width=640,
            alt=say_plain("hands alt", told=handover_sentence(given)),
        )  # fmt: skip


def sentences(about: Row) -> tuple[str, str, str]:
    """What it does; what goes over and what that claims; what the name means elsewhere and what it costs."""
    gifts = ", ".join(say_plain("gift", giver=giver, what=what, taker=taker) for giver, what, taker in about["hands"])
    handed = say("handed over", gifts=Markdown(gifts), claims=Markdown(_within(about["claims"])))
    costs = say("it costs", cost=Markdown(_within(about["cost"])))
    elsewhere = say("named elsewhere", elsewhere=Markdown(about["elsewhere"])) if about["elsewhere"] else ""
    return about["idea"], handed, f"{elsewhere} {costs}".strip()


def anchor(row: Row) -> str:
    """The address of a method on Learn."""
    return f"method-{row['id'].replace('_', '-')}"


@lru_cache(maxsize=2)
def _map(places: tuple[Place, ...]) -> Any:
    return map_of_methods(places, _kinds_shown())


def _kind_title(kind: str) -> str:
    return say_plain(f"kind {kind}")


def _kinds_shown() -> dict[str, str]:
    """What each kind means, by its title."""
    return {_kind_title(kind): means for kind, means in KINDS.items()}


def _within(line: str) -> str:
    """As the rest of a sentence; an abbreviation keeps its capitals."""
    return line[:1].lower() + line[1:] if line[1:2].islower() or line[1:2] == " " else line


def _line(row: Row) -> dict[str, str]:
    about = row["about"]
    return {
        "id": row["id"],
        say_plain("methods head method"): row["title"],
        say_plain("methods head kind"): ", ".join(map(_kind_title, kinds(about))),
        say_plain("methods head handed"): "; ".join(f"{giver}: {what}" for giver, what, _ in about["hands"]),
        say_plain("methods head idea"): about["idea"],
        say_plain("methods head elsewhere"): about["elsewhere"],
    }
