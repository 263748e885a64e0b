"""A knob becomes a widget: the same words, bounds and help as on the command line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st

from kdviz.core.errors import UserError
from kdviz.core.params import Knob, Value
from kdviz.ui.state.url import strike, tell_struck
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say

MOST_STEPS = 256
FEW_OPTIONS = 4
SHORT_OPTIONS = 40
Bind = Literal["query-params"] | None


def ask(knobs: Sequence[Knob], key_prefix: str, *, bind: Bind = None) -> dict[str, Value]:
    """Draw the knobs and return what they say, by name; with `bind` they are part of the page's link."""
    if bind:
        for knob in knobs:
            _refuse_odd_link(knob, key_prefix + knob.name)
    return {knob.name: _sound(knob, _WIDGETS[knob.kind](knob, key_prefix + knob.name, bind)) for knob in knobs}


def title(name: str) -> str:
    """A knob's name for people."""
    plain = name.replace("_", " ").strip()
    return plain[:1].upper() + plain[1:]


def _sound(knob: Knob, given: object) -> Value:
    """What a link says is checked here: a browser's bounds bind nobody else."""
    try:
        return knob.read(given)
    except UserError as wrong:
        st.caption(say("knob shown", wrong=sentence(wrong), default=knob.default))
        return knob.default


def _refuse_odd_link(knob: Knob, key: str) -> None:
    """A number in the link that no browser could have written is taken out before a widget fails on it."""
    asked = st.query_params.get(key)
    tell_struck(key)
    if knob.kind in ("number", "integer") and asked is not None:
        try:
            knob.read(asked)
        except UserError as wrong:
            strike(key, say("knob shown", wrong=sentence(wrong), default=knob.default))


def _number(knob: Knob, key: str, bind: Bind) -> float:
    low, high, default = float(knob.low or 0), float(knob.high or 0), float(knob.default)
    step = float(knob.step or 10.0 ** math.floor(math.log10(abs(default) or 1)))
    shared: dict[str, Any] = {"help": knob.help or None, "key": key, "bind": bind}
    if knob.step and (high - low) / step <= MOST_STEPS:
        return float(st.slider(title(knob.name), low, high, default, step, format=_digits(step), **shared))
    return float(st.number_input(title(knob.name), low, high, default, step, format="%g", **shared))


def _digits(step: float | None) -> str:
    """A format with as many digits as the step has."""
    return f"%.{len(f'{step:.10f}'.rstrip('0').partition('.')[2])}f"


def _integer(knob: Knob, key: str, bind: Bind) -> int:
    low, high, step = int(knob.low or 0), int(knob.high or 0), int(knob.step or 1)
    draw: Any = st.slider if (high - low) / step <= MOST_STEPS else st.number_input
    return int(draw(title(knob.name), low, high, int(knob.default), step, help=knob.help or None, key=key, bind=bind))


def _choice(knob: Knob, key: str, bind: Bind) -> str:
    shared: dict[str, Any] = {"help": knob.help or None, "key": key, "bind": bind}
    if len(knob.options) <= FEW_OPTIONS and sum(map(len, knob.options)) <= SHORT_OPTIONS:
        given = st.segmented_control(title(knob.name), knob.options, default=str(knob.default), required=True, **shared)
        return str(given)
    return str(st.selectbox(title(knob.name), knob.options, knob.options.index(str(knob.default)), **shared))


def _switch(knob: Knob, key: str, bind: Bind) -> bool:
    return bool(st.toggle(title(knob.name), bool(knob.default), help=knob.help or None, key=key, bind=bind))


def _text(knob: Knob, key: str, bind: Bind) -> str:
    most = int(knob.high or 0)
    return str(st.text_input(title(knob.name), str(knob.default), most, help=knob.help or None, key=key, bind=bind))


_WIDGETS: dict[str, Any] = {
    "number": _number,
    "integer": _integer,
    "choice": _choice,
    "switch": _switch,
    "text": _text,
}
