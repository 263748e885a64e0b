"""Are the maps true? Two checks that cost seconds, so a button asks for them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.figures import palette
from kdviz.figures.agreement_charts import deletions
from kdviz.metrics.conclusions import shown
from kdviz.metrics.intervals import Estimate
from kdviz.metrics.perturbations import BASELINES
from kdviz.runs.analysis.evidence_answers import DeletionCurves
from kdviz.runs.looker.questions import DELETION, RANDOMISATION
from kdviz.runs.store.run import Run
from kdviz.ui.state import cache
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.formatting import one_line, sentence
from kdviz.ui.texts.sentences import Markdown, say, say_plain
from kdviz.ui.widgets.board_controls import EvidenceSelection
from kdviz.ui.widgets.drawings import mount

MANY = ("8", "16", "32")
By = Mapping[str, Mapping[str, DeletionCurves]]


def show_sanity(this: EvidenceSelection) -> None:
    """Deletion and insertion, then the randomisation check."""
    extractor = this.wanted.extractors[0]
    st.markdown(say("evidence deletion"))
    titles = {many: say_plain("evidence many series", many=many) for many in MANY}
    many = one_of(st.segmented_control, say("evidence many"), titles, "8", "many", required=True)
    if _asked("deletion", this.run, extractor, many):
        show_deletion(this, extractor, int(many))
    st.markdown(say("evidence random weights"))
    if _asked("randomised", this.run, extractor, "32"):
        show_randomisation(this, extractor)


def _asked(what: str, run: Run, extractor: str, many: str) -> bool:
    """Whether this check was asked for; its answer is kept, so it stays on the page."""
    mark = (run.folder.name, extractor, many)
    if st.button(say(f"evidence ask {what}"), key=f"ask_{what}"):
        st.session_state[f"asked_{what}"] = mark
    return bool(st.session_state.get(f"asked_{what}") == mark)


def show_deletion(this: EvidenceSelection, extractor: str, many: int) -> None:
    """Areas under the curves of every network and baseline, beside random orders."""
    titles = {role: palette.network_name(role) for role in this.networks.roles}
    found = _measured(this.run, extractor, many, titles)
    if not found:
        return
    names = {name: name for name in BASELINES}
    fill = one_of(st.segmented_control, say("evidence fill"), names, "linear", "fill", required=True, wrap=True)
    said = {role: verdict(titles[role], list(by.values())) for role, by in found.items()}
    here = {role: by[fill] for role, by in found.items()}
    for column, (role, each) in zip(cycle(st.columns(min(len(titles), 3))), here.items(), strict=False):
        with column:
            st.markdown(f"**{titles[role]}**")
            hint = {} if role == next(iter(titles)) else {"hint": ""}
            mount("chart", deletions(role, each, said[role]) | hint, f"curves_{role}")
    table(found, fill, titles)
    classes(here, titles)
    for each_said in said.values():
        st.markdown(f"- {each_said}")
    st.caption(say("evidence filled", filling=BASELINES[fill], many=many))


def _measured(run: Run, extractor: str, many: int, titles: Mapping[str, str]) -> dict[str, dict[str, DeletionCurves]]:
    """The curves by role and filling; a network that has no map in time says why."""
    found: dict[str, dict[str, DeletionCurves]] = {}
    bar, done = st.progress(0.0, say("evidence deleting")), 0
    for role, title in titles.items():
        for fill in BASELINES:
            try:
                asked = {"extractor": extractor, "role": role, "baseline": fill, "many": many}
                found.setdefault(role, {})[fill] = cache.answer(run, DELETION, **asked)
            except UserError as wrong:
                if fill == next(iter(BASELINES)):
                    st.caption(say("evidence refuses", network=title, why=Markdown(sentence(wrong))))
            done += 1
            bar.progress(done / (len(titles) * len(BASELINES)), say("evidence deleting of", network=title))
    bar.empty()
    return {role: by for role, by in found.items() if len(by) == len(BASELINES)}


def table(found: By, fill: str, titles: Mapping[str, str]) -> None:
    """One row a network; what it gains over random orders, and over how wide a range of fillings."""
    areas = [by[fill].areas for by in found.values()]
    columns = {
        "deletion": [each.deletion for each in areas],
        "insertion": [each.insertion for each in areas],
        "random": [each.random for each in areas],
        "deletion_gain": [each.deletion_gain for each in areas],
        "insertion_gain": [each.insertion_gain for each in areas],
    }
    rows: dict[str, list[str]] = {say_plain("evidence network"): [titles[role] for role in found]}
    for key, values in columns.items():
        rows[say_plain(f"evidence area {key}")] = [shown(each) for each in values]
    gains = {
        "deletion_gain": [[each.areas.deletion_gain for each in by.values()] for by in found.values()],
        "insertion_gain": [[each.areas.insertion_gain for each in by.values()] for by in found.values()],
    }
    for key, ranges in gains.items():
        head = say_plain("evidence all fillings", area=say_plain(f"evidence area {key}"))
        rows[head] = [_span(each) for each in ranges]
    st.dataframe(rows, hide_index=True, key="deletions")


def classes(here: Mapping[str, DeletionCurves], titles: Mapping[str, str]) -> None:
    """One row a network and class, beside the pool above: one class may be false under it, or under this filling."""
    each = [(role, name, one) for role, curves in here.items() for name, one in curves.classes.items()]
    rows: dict[str, list[Any]] = {
        say_plain("evidence network"): [titles[role] for role, _, _ in each],
        say_plain("evidence of class"): [one_line(name, 24) for _, name, _ in each],
        say_plain("evidence series"): [one.series for _, _, one in each],
        say_plain("evidence area deletion_gain"): [shown(one.deletion_gain) for _, _, one in each],
        say_plain("evidence area insertion_gain"): [shown(one.insertion_gain) for _, _, one in each],
        say_plain("evidence both curves"): [_both_curves(one.verdict) for _, _, one in each],
    }
    st.dataframe(rows, hide_index=True, key="deletion_classes")
    st.caption(say("evidence by class"))


def _both_curves(verdict: bool | None) -> str:
    if verdict is None:
        return say_plain("evidence too few")
    return say_plain("evidence beats") if verdict else say_plain("evidence not shown")


def _span(each: list[Estimate]) -> str:
    values = [one.value for one in each if one.value is not None]
    return say_plain("evidence span", least=min(values), most=max(values)) if values else "–"


def verdict(name: str, each: list[DeletionCurves]) -> str:
    """Whether a network's maps are true, as far as these fillings agree."""
    won = [one.verdict for one in each]
    if all(one is None for one in won):
        return say_plain("evidence none true", network=name)
    if all(won):
        return say_plain("evidence true", network=name)
    if any(won):
        return say_plain("evidence partly true", network=name, won=sum(map(bool, won)), of=len(won))
    return say_plain("evidence not true", network=name)


def show_randomisation(this: EvidenceSelection, extractor: str) -> None:
    """The rank correlation with maps of random weights, one row a network."""
    networks: list[str] = []
    found: list[Estimate] = []
    for role in this.networks.roles:
        name = palette.network_name(role)
        try:
            each = cache.answer(this.run, RANDOMISATION, extractor=extractor, role=role).modalities
        except UserError as wrong:
            st.caption(say("evidence refuses", network=name, why=Markdown(sentence(wrong))))
            continue
        for modality, correlation in each.items():
            several = len(each) > 1
            networks.append(say_plain("evidence network on", network=name, modality=modality) if several else name)
            found.append(correlation)
    rows = {
        say_plain("evidence network"): networks,
        say_plain("evidence rank"): [shown(each) for each in found],
        say_plain("evidence rank says"): [passed(each.value) for each in found],
    }
    st.dataframe(rows, hide_index=True, key="random_weights")
    st.caption(say("evidence random weights from"))


def passed(value: float | None) -> str:
    """The check in words."""
    if value is None:
        return say_plain("evidence check none")
    if abs(value) < 0.3:
        return say_plain("evidence check passed")
    return say_plain("evidence check partly" if abs(value) < 0.7 else "evidence check failed")
