"""How a long recording is cut: the count of windows follows the length while it is chosen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from kdviz.data import limits, outline
from kdviz.data.mapping import mapping_from
from kdviz.ui.escape import text
from kdviz.ui.words import counted, say

SAMPLES, SECONDS = "samples", "seconds"
MOST_CLASSES = 8


def windows(now: Mapping[str, Any], facts: Mapping[str, Any], key: str) -> dict[str, Any] | None:
    """Length, step, label rule and gaps of windows; the mapping with them once it is asked for."""
    rate = float(now.get("rate") or facts["outline"]["rate"] or 0.0)
    unit = _unit(rate, key)
    scale = rate if unit == SECONDS else 1.0
    cut, rows = facts["windows"], facts["outline"]["rows"]
    left, right = st.columns(2)
    window = _length(left, say("window"), cut["window"], rows, scale, f"{key}window_{unit}")
    step = _length(right, say("step"), cut["step"], rows, scale, f"{key}step_{unit}")
    rule = _choice("rule", _rules(), now, key) if facts["outline"]["labels"] else "majority"
    gaps = _choice("gaps", _gaps(), now, key) if facts["outline"]["gaps"] else "bridge"
    found = outline.count(facts["outline"], round(window * scale), round(step * scale), rule, gaps)
    too_many = found.series > limits.SERIES
    st.markdown(_said(found, round(window * scale), round(step * scale)))
    if too_many:
        st.caption(say("too many windows", most=limits.SERIES))
    if not st.button(say("cut so"), type="primary", key=f"{key}cut", disabled=too_many or not found.series):
        return None
    mark = "s" if unit == SECONDS else ""
    asked = {**now, "window": f"{window:g}{mark}", "step": f"{step:g}{mark}", "rule": rule, "gaps": gaps}
    return mapping_from(asked).plain()


def _rules() -> dict[str, str]:
    return {"majority": say("rule majority"), "whole": say("rule whole")}


def _gaps() -> dict[str, str]:
    return {"bridge": say("gap bridge"), "split": say("gap split")}


def _unit(rate: float, key: str) -> str:
    if not rate:
        st.caption(say("no seconds"))
        return SAMPLES
    return str(st.segmented_control(say("unit"), (SAMPLES, SECONDS), default=SAMPLES, required=True, key=f"{key}unit"))


def _length(place: Any, title: str, now: int, rows: int, scale: float, key: str) -> float:
    if scale == 1.0:
        return float(place.number_input(title, 1, rows, min(now, rows), 1, key=key))
    least = 1.0 / scale
    return float(place.number_input(title, least, rows / scale, now / scale, least, format="%g", key=key))


def _choice(name: str, titles: Mapping[str, str], now: Mapping[str, Any], key: str) -> str:
    default = str(now.get(name, next(iter(titles))))
    shown: dict[str, Any] = {"required": True, "key": f"{key}{name}", "format_func": titles.__getitem__}
    return str(st.segmented_control(say(f"ask {name}"), list(titles), default=default, **shown))


def _said(found: outline.Windows, window: int, step: int) -> str:
    most = sorted(found.classes.items(), key=lambda pair: -pair[1])[:MOST_CLASSES]
    classes = ", ".join(f"{text(name)} {count:,}" for name, count in most)
    more = len(found.classes) - len(most)
    classes += f", {counted(more, 'class', 'classes')} more" if more > 0 else ""
    number = counted(found.series, "window")
    return say("cut gives", number=number, window=window, step=step) + (f" {classes}." if classes else "")
