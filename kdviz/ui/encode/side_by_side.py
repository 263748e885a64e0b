"""A beside B: the same series with other settings, or another series that a view may not tell from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import streamlit as st

from kdviz.core.params import Value, knobs
from kdviz.metrics.perturbations import ALIKE, CHANGES, apart
from kdviz.modalities.base import modalities
from kdviz.modalities.persistence import Persistence
from kdviz.panels import view_panels
from kdviz.panels.panel import SeriesView
from kdviz.panels.view_panels import Beside
from kdviz.ui.encode.large_views import lines, plane
from kdviz.ui.encode.view_choice import Settings, ViewSelection
from kdviz.ui.state.url import one_of
from kdviz.ui.texts.sentences import say
from kdviz.ui.widgets.form import ask

FIRST: dict[str, tuple[str, Value]] = {
    "gaf": ("range", "window"),
    "persistence": ("backend", "persim_legacy"),
    "signal": ("standardise", "window"),
    "markov": ("bins", 4),
    "recurrence": ("threshold", "point"),
}
"""What B differs in before anybody has touched it."""
THIRD = 330
"""The height of an image where three share a row."""
VARIANTS: dict[str, tuple[tuple[str, Settings], ...]] = {
    "gaf": (
        ("gasf_window", {"kind": "gasf", "range": "window"}),
        ("gasf_train", {"kind": "gasf", "range": "train"}),
        ("gadf_window", {"kind": "gadf", "range": "window"}),
        ("gadf_train", {"kind": "gadf", "range": "train"}),
    ),
    "persistence": (
        ("level", {"tilt": 0.0}),
        ("tilted", {"tilt": 1.0}),
    ),
    "signal": (
        ("signal_train", {"standardise": "train"}),
        ("signal_window", {"standardise": "window"}),
    ),
}
"""Views that differ in what they cannot tell; of others, the defaults."""


def settings(chosen: ViewSelection) -> None:
    """A has the settings at the left, B those asked for here."""
    given = _of_b(chosen.name)
    other = chosen.seen(chosen.name, given)
    st.markdown(say("two settings", a=_settings_line(chosen.now.settings), b=_settings_line(given)))
    if isinstance(other.eye, Persistence):
        _gaps(other)
    _drawn(chosen.now, other)


def _of_b(name: str) -> Settings:
    asked = knobs(modalities()[name].Params)
    special, value = FIRST.get(name, ("", 0))
    given: dict[str, Value] = {}
    with st.expander(say("settings of b"), expanded=True):
        for place, column in enumerate(st.columns(2)):
            with column:
                mine = [replace(k, default=value if k.name == special else k.default) for k in asked[place::2]]
                given |= ask(mine, f"b_{name}_", bind="query-params")
    return {k.name: given[k.name] for k in asked if given[k.name] != k.default}


def _settings_line(settings: Settings) -> str:
    return ", ".join(f"{k.replace('_', ' ')} {v}" for k, v in settings.items()) or say("defaults")


def _gaps(seen: SeriesView) -> None:
    """How much of each axis the pixels of the published images leave out."""
    across, up = seen.eye.axes(seen.channel)  # type: ignore[attr-defined]
    if across.width < 1 or up.width < 1:
        st.info(say("gaps", across=f"{across.width:.0%}", up=f"{up.width:.0%}"))


def blind(chosen: ViewSelection) -> None:
    """What every view makes of a changed series, and one of them in pictures."""
    st.caption(say("blind"))
    rows = _views(chosen)
    st.table(_table(rows))
    there = {variant: title for variant, (title, _) in rows.items()}
    first = next(variant for variant in there if variant.startswith(chosen.name))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        variant = one_of(st.selectbox, say("view of"), there, first, "view")
        titles = {how: say(f"change {how}") for how in CHANGES}
        how = one_of(st.segmented_control, say("change"), titles, "flipped", "change", required=True)
    seen = rows[variant][1]
    st.markdown(say("a and change", what=titles[how].lower()))
    _drawn(seen, seen.after(how))


def _views(chosen: ViewSelection) -> dict[str, tuple[str, SeriesView]]:
    found = {}
    for name, kind in modalities().items():
        for number, (variant, settings) in enumerate(VARIANTS.get(name, (("", {}),))):
            title = say(f"variant {variant}") if variant else kind.title
            found[f"{name}{number}"] = (title, chosen.seen(name, settings))
    return found


def _table(rows: Mapping[str, tuple[str, SeriesView]]) -> pd.DataFrame:
    verdicts = {title: [verdict(_apart(seen, how)) for how in CHANGES] for title, seen in rows.values()}
    return pd.DataFrame(verdicts, index=[say(f"change {how}") for how in CHANGES]).T


def _apart(seen: SeriesView, how: str) -> float:
    looks = list(seen.looks)
    return apart(np.asarray(seen.view[looks]), np.asarray(seen.after(how).view[looks]))


def verdict(share: float) -> str:
    """A share as words."""
    return say("the same") if share < ALIKE else say("differs", share=f"{share:.0%}")


def _drawn(one: SeriesView, other: SeriesView) -> None:
    """One of the images that both have, three times: A, B and their difference."""
    found = {str(number): both for number, both in enumerate(view_panels.beside(one, other))}
    if not found:
        st.caption(say("nothing in common"))
        return
    names = {number: both.name for number, both in found.items()}
    several = len(found) > 1
    number = one_of(st.pills, say("image"), names, "0", "image", required=True, wrap=True) if several else "0"
    both = found[number]
    st.markdown(_difference(both))
    for place, (column, panel) in enumerate(zip(st.columns(3), (both.one, both.other, both.between), strict=True)):
        with column:
            titled = replace(panel, name=f"{'AB'[place]}: {panel.name}") if place < 2 else panel
            if panel.call == "plane":
                plane(titled, f"beside{place}", THIRD)
            else:
                lines(titled, f"beside{place}")
    missing = view_panels.alone(one, other)
    if missing:
        st.caption(say("only one has", what=", ".join(missing)))


def _difference(both: Beside) -> str:
    line = say("apart same" if both.apart < ALIKE else "apart", name=both.name, share=f"{both.apart:.1%}")
    return f"{line} {say('resized')}" if both.resized else line
