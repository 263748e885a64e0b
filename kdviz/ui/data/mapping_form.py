"""Changing how a file is read: what each column is, how a recording is cut, which series are for testing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from kdviz.core.params import Knob, knobs
from kdviz.data import limits
from kdviz.data.mapping import NOTHING, listed, mapping_from, quoted
from kdviz.data.mapping import Mapping as HowRead
from kdviz.data.prepare.windows import Windows, count
from kdviz.ui.shell.frame import command
from kdviz.ui.texts.formatting import one_line, text
from kdviz.ui.texts.sentences import counted, say, say_plain
from kdviz.ui.widgets.form import ask

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
    found = count(facts["outline"], round(window * scale), round(step * scale), rule, gaps)
    too_many = found.series > limits.SERIES
    st.markdown(_windows_sentence(found, round(window * scale), round(step * scale)))
    if too_many:
        st.caption(say("too many windows", most=limits.SERIES))
    if not st.button(say("cut so"), type="primary", key=f"{key}cut", disabled=too_many or not found.series):
        return None
    mark = "s" if unit == SECONDS else ""
    asked = {**now, "window": f"{window:g}{mark}", "step": f"{step:g}{mark}", "rule": rule, "gaps": gaps}
    return mapping_from(asked).as_dict()


def _rules() -> dict[str, str]:
    return {"majority": say("rule majority"), "whole": say("rule whole"), "rarest": say("rule rarest")}


def _gaps() -> dict[str, str]:
    return {"bridge": say("gap bridge"), "split": say("gap split")}


def _unit(rate: float, key: str) -> str:
    if not rate:
        st.caption(say("no seconds"))
        return SAMPLES
    titles = {unit: say(f"unit {unit}") for unit in (SAMPLES, SECONDS)}
    shown: dict[str, Any] = {"required": True, "key": f"{key}unit", "format_func": titles.__getitem__}
    return str(st.segmented_control(say("unit"), list(titles), default=SAMPLES, **shown))


def _length(place: Any, title: str, now: int, rows: int, scale: float, key: str) -> float:
    if scale == 1.0:
        return float(place.number_input(title, 1, rows, min(now, rows), 1, key=key))
    least = 1.0 / scale
    return float(place.number_input(title, least, rows / scale, now / scale, least, format="%g", key=key))


def _choice(name: str, titles: Mapping[str, str], now: Mapping[str, Any], key: str) -> str:
    default = str(now.get(name, next(iter(titles))))
    shown: dict[str, Any] = {"required": True, "key": f"{key}{name}", "format_func": titles.__getitem__}
    return str(st.segmented_control(say(f"ask {name}"), list(titles), default=default, **shown))


def _windows_sentence(found: Windows, window: int, step: int) -> str:
    most = sorted(found.classes.items(), key=lambda pair: -pair[1])[:MOST_CLASSES]
    classes = ", ".join(f"{text(name)} {count:,}" for name, count in most)
    more = len(found.classes) - len(most)
    if more > 0:
        classes += f", {say('classes more', classes=counted(more, 'class'))}"
    number = counted(found.series, "window")
    return say("cut gives", number=number, window=window, step=step) + (f" {classes}." if classes else "")


ONE_EACH = ("label", "time", "subject", "id", "set")
SEVERAL = ("channels", "ignore")


def ask_columns(now: Mapping[str, Any], facts: Mapping[str, Any], key: str) -> dict[str, str]:
    """The columns by their roles, as a mapping names them; "" where it is left as recognised."""
    names = list(facts.get("column_names", ()))
    if facts and not names:
        return {}
    given: dict[str, str] = {}
    for place, column in enumerate(st.columns(2)):
        with column:
            for role in ONE_EACH[place::2]:
                given[role] = _one(role, names, str(now.get(role, "")), facts, key)
    for role in SEVERAL:
        given[role] = _some(role, names, str(now.get(role, "")), key)
    return given


def _one(role: str, names: list[str], now: str, facts: Mapping[str, Any], key: str) -> str:
    title = say(f"role {role}")
    if not names:
        return str(st.text_input(title, now, 500, key=f"{key}{role}", help=say("column help")))
    options = ["", NOTHING, *_references(names)]
    if now not in options:
        options.append(now)
    found = one_line(facts.get("columns", {}).get(role, "")) or say("nothing")
    shown = {"": say_plain("as found", found=found), NOTHING: say("nothing"), **_titles(names)}
    picked = st.selectbox(
        title, options, options.index(now), format_func=lambda o: shown.get(o, one_line(o)), key=f"{key}{role}"
    )
    return str(picked)


def _some(role: str, names: list[str], now: str, key: str) -> str:
    title = say(f"role {role}")
    if not names:
        return str(st.text_input(title, now, 500, key=f"{key}{role}", help=say("column help")))
    options = _references(names)
    options += [n for n in listed(now) if n not in options]
    shown = _titles(names)
    picked = st.multiselect(
        title, options, list(listed(now)), format_func=lambda o: shown.get(o, one_line(o)), key=f"{key}{role}",
        placeholder=say("as recognised"),
    )  # fmt: skip
    return ",".join(quoted(p) for p in picked)


def _references(names: list[str]) -> list[str]:
    """How a mapping names each column: by its name, by its place where that is empty or occurs twice."""
    counts = Counter(names)
    return [n if n.strip() == n != "" and counts[n] == 1 else f"#{i}" for i, n in enumerate(names, 1)]


def _titles(names: list[str]) -> dict[str, str]:
    return {
        r: one_line(n) or say_plain("column number", place=i)
        for i, (r, n) in enumerate(zip(_references(names), names, strict=True), 1)
    }


Given = Mapping[str, Any]
KNOBS = {k.name: k for k in knobs(HowRead)}
OF_TEXT = ("head", "header", "separator", "decimal", "encoding", "bad_lines")
OF_MANY = ("Excel", "ODS", "MATLAB", "npz", "JSON")
OF_SETS = ("split", "test", "validation", "seed")


def change(sha: str, now: Given, facts: Given, title: str) -> dict[str, Any] | None:
    """The mapping that was asked for; None where nothing was."""
    key = f"map_{sha[:8]}_"
    with st.expander(title):
        names = [say("tab columns")] + [say("tab windows")] * bool(facts.get("outline")) + [say("tab sets")]
        tabs = st.tabs(names)
        with tabs[0]:
            asked = _columns(now, facts, key)
        if facts.get("outline"):
            with tabs[1]:
                asked = windows(now, facts, key) or asked
        with tabs[-1]:
            asked = _sets(now, facts, key) or asked
        if facts:
            _copied(now, str(facts.get("name", "data.csv")), list(facts.get("parts", ())))
    return asked


def _columns(now: Given, facts: Given, key: str) -> dict[str, Any] | None:
    asked = _knobs(_of(facts), now)
    with st.form(f"{key}columns", border=False):
        given: dict[str, Any] = {**ask_columns(now, facts, key)}
        for place, column in enumerate(st.columns(2)):
            with column:
                given |= ask(asked[place::2], key)
        left, right = st.columns(2)
        if left.form_submit_button(say("read again"), type="primary"):
            return _differing({**now, **given})
        return {} if right.form_submit_button(say("as recognised")) else None


def _of(facts: Given) -> tuple[str, ...]:
    """The settings that mean something for this file; all of them where it could not be read."""
    found = str(facts.get("format", ""))
    written = not facts or bool(facts["read_with"])
    many = not facts or "zipped" in found or found in OF_MANY
    clock = not facts or "time" in facts["columns"]
    book = not facts or found in ("Excel", "ODS")
    inner = ("head",) * (book and not written) + ("sheet",) * book + ("folder",) * (not facts or "zipped" in found)
    more = ("axes",) * (not written or not facts) + ("member", "join") * many + ("order",) * clock
    more = (*more, *(("bare",) * (not facts or bool(facts["classes"]))))
    return (*(OF_TEXT if written else ()), "layout", "rate", "every", "missing_words", *more, *inner)


def _sets(now: Given, facts: Given, key: str) -> dict[str, Any] | None:
    ways = ["auto", "stratified", "block"]
    ways += ["file"] * bool(facts.get("file_split")) + ["group"] * (facts.get("groups", 0) > 1)
    with st.form(f"{key}sets", border=False):
        st.caption(say("sets"))
        asked = _knobs(OF_SETS, now)
        if facts:
            asked[0] = replace(asked[0], options=tuple(o for o in asked[0].options if o in ways))
        given = ask(asked, key)
        return _differing({**now, **given}) if st.form_submit_button(say("split again")) else None


def _knobs(names: tuple[str, ...], now: Given) -> list[Knob]:
    return [replace(KNOBS[n], default=now.get(n, KNOBS[n].default)) for n in names]


def _differing(given: Given) -> dict[str, Any]:
    """Only what differs from what is done unasked."""
    return mapping_from(dict(given)).as_dict()


def _copied(now: Given, name: str, parts: list[str]) -> None:
    how = mapping_from(dict(now))
    st.caption(say("copied", name=name))
    st.code(how.python(*(parts or [name])), language="python")
    command(f"python -m kdviz inspect {how.shell(*(parts or [name]))}")
