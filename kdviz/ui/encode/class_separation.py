"""Which view is worth a teacher: how well each tells the classes apart before anything is trained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.figures.comparison_charts import accuracies
from kdviz.metrics.separability import Separability
from kdviz.modalities.base import modalities
from kdviz.panels.view_panels import separated
from kdviz.runs.analysis.view_separability import known
from kdviz.runs.engine.processes import BackgroundTask
from kdviz.ui.encode.view_choice import Settings, ViewSelection
from kdviz.ui.state import current as looked_at
from kdviz.ui.state.cache import errands, whose
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets.drawings import BAR, follow, offer

Found = dict[str, tuple[str, Settings, Separability]]
TICK = 0.5


def classes(chosen: ViewSelection) -> None:
    """What is known, what is being measured, and what may be."""
    chosen.data.need_two_classes()
    st.markdown(say("separability"))
    wanted = {name: chosen.settings.get(name, {}) for name in modalities()}
    about = _about(chosen, wanted)
    running = (errand := errands().get(about, whose())) is not None and errand.running
    every = TICK if running else None
    follow("live_separability", lambda: _told(about), _panel, chosen, wanted, about, running, every=every)


def _told(about: str) -> tuple[bool, int]:
    errand = errands().get(about, whose())
    return errand is not None and errand.running, 0 if errand is None else len(errand.lines)


def _about(chosen: ViewSelection, wanted: Mapping[str, Settings]) -> str:
    asked = json.dumps([chosen.data.sha256, {k: dict(v) for k, v in wanted.items()}], sort_keys=True)
    return hashlib.sha256(asked.encode()).hexdigest()


def _panel(chosen: ViewSelection, wanted: Mapping[str, Settings], about: str, ticking: bool) -> None:
    errand = errands().get(about, whose())
    running = errand is not None and errand.running
    if ticking != running:
        # A click runs this part alone; whether it looks again by itself is settled by the whole page.
        st.rerun()
    found: Found = {}
    for name, settings in wanted.items():
        if (each := known(chosen.data, name, settings)) is not None:
            found[name] = (modalities()[name].title, settings, each)
    if running and errand is not None:
        _waiting(errand)
    elif errand is not None and errand.wrong:
        st.error(sentence(errand.wrong), title=say("not measured"))
    if not running and len(found) < len(wanted):
        st.button(say("measure"), key="measure", type="primary", on_click=_start, args=(chosen, wanted, about))
    if found:
        _show(chosen, found)


def _start(chosen: ViewSelection, wanted: Mapping[str, Settings], about: str) -> None:
    identity = looked_at.data_id()
    source = identity if len(identity) == 64 else f"sample:{identity}"
    knobs = [f"{name}.{k}={v}" for name, settings in wanted.items() for k, v in settings.items()]
    errands().start(about, ["separability", source, "--json", *(["--set", *knobs] if knobs else [])], whose())


def _waiting(errand: BackgroundTask) -> None:
    last: dict[str, Any] = errand.lines[-1] if errand.lines else {"done": 0, "of": 1, "modality": ""}
    kind = modalities().get(str(last["modality"]))
    now = say("measuring", what=kind.title) if kind else say("measuring starts")
    st.progress(last["done"] / last["of"], text=now)
    st.button(say("cancel"), key="cancel_measure", on_click=errand.cancel)


def _show(chosen: ViewSelection, found: Found) -> None:
    panel = separated(chosen.now, found)
    names = panel.given["names"]
    titles = {"neighbour": say("by neighbour"), "probe": say("by probe")}
    drawn = accuracies(names, {titles[kind]: panel.arrays[kind] for kind in titles})
    scores = ". ".join(f"{n}: {s.neighbour.accuracy:.0%}, {s.probe.accuracy:.0%}" for n, _, s in found.values())
    st.plotly_chart(drawn, key="separability", config=BAR, alt=f"{say('by neighbour')}, {say('by probe')}. {scores}.")
    offer(panel, "separability")
    title, _, best = max(found.values(), key=lambda f: f[2].neighbour.accuracy)
    st.markdown(say("best view", what=title, share=f"{best.neighbour.accuracy:.0%}",
                    low=f"{best.neighbour.low:.0%}", high=f"{best.neighbour.high:.0%}"))  # fmt: skip
    grouped = say("measured grouped") if best.grouped else ""
    st.caption(f"{say('measured on', n=best.series, folds=best.folds)} {grouped}")
