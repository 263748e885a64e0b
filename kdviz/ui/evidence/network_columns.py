"""Evidence side by side: what is asked of the networks, and the columns in which they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.board import Band, Column, Picture, Row, board
from kdviz.figures.palette import colour, network_name
from kdviz.modalities.base import modalities
from kdviz.ui.state.url import one_of, some_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.widgets.drawings import mount, nothing

Array = NDArray[np.floating[Any]]
Arrays = Mapping[str, NDArray[Any]]
SCALES = {
    "usual": "each network's usual",
    "raw": "raw values",
    "own": "each map's own peak",
}
COUNTS = {"usual": "times the network's usual peak", "raw": "(raw)", "own": "of the map's own peak"}
OWN_WARNS = "Own scale: every map reaches full strength somewhere, so strengths cannot be compared between columns."
TIMELESS = "persistence"


@dataclass(frozen=True)
class BoardOptions:
    """What a visitor wants to see: extractors, the class asked about, the scale, and the teacher of differences."""

    sights: tuple[str, ...]
    target: str
    scale: str
    teacher: str


def offered(extractors: Sequence[Mapping[str, Any]], roles: Mapping[str, Any]) -> dict[str, str]:
    """Every extractor by title, and every stage of those that can be asked of stages."""
    depth = max(each["stages"] for each in roles.values())
    fusion = any(len(each["modalities"]) > 1 for each in roles.values())
    out: dict[str, str] = {}
    for each in extractors:
        if each["id"] != "cross_attention" or fusion:
            out[each["id"]] = each["title"]
        if each["layered"]:
            out |= {f"{each['id']}:{k}": f"{each['title']}, stage {k + 1}" for k in range(depth - 1)}
    return out


def pick_sights(options: Mapping[str, str], ideas: str) -> tuple[str, ...]:
    """Rows of the board."""
    return tuple(some_of("Evidence", options, ["cam"], "rows", max_selections=5, help=ideas))


def pick_class(data: Dataset) -> str:
    """The class that all networks are asked about: `true`, `predicted`, or one class's number."""
    options = {"true": "the true class", "predicted": "what the student answers"}
    options |= {str(k): one_line(name) for k, name in enumerate(data.classes)}
    return one_of(st.selectbox, "Class asked about", options, "true", "c")


def pick_scale() -> str:
    """How maps are brought onto one scale."""
    return one_of(st.selectbox, "Scale", SCALES, "usual", "scale")


def class_of(target: str, data: Dataset, series: int, answer: int) -> int:
    """The class's number."""
    return {"true": int(data.y[series]), "predicted": answer}.get(target, int(target) if target.isdecimal() else 0)


def columns(
    data: Dataset, series: int, words: Mapping[str, Any], arrays: Arrays, wanted: BoardOptions,
    epoch: int | None = None,
    said: Mapping[str, str] | None = None,
) -> list[Column]:  # fmt: skip
    """Teachers, student (after `epoch`), difference, control: what each says (or `said`, by role) and shows."""
    roles = sorted(words["roles"], key=lambda role: (not role.startswith("teacher."), role == "control"))
    told = {role: says(data, series, arrays[f"{role}/probability"]) for role in roles} | dict(said or {})
    made = [_column(role, told[role], words, arrays, wanted) for role in roles]
    if f"teacher.{wanted.teacher}" in roles and "student" in roles:
        made.insert(roles.index("student") + 1, _difference(words, arrays, wanted))
    if epoch is not None:
        made = [
            replace(c, title=f"{c.title}, epoch {epoch}") if c.title == network_name("student") else c for c in made
        ]
    return made


def _column(role: str, said: str, words: Mapping[str, Any], arrays: Arrays, wanted: BoardOptions) -> Column:
    cells = [_bands(role, sight, words["sights"][sight], arrays, wanted.scale) for sight in wanted.sights]
    pictures = [
        p for k, sight in enumerate(wanted.sights) for p in _pictures(k, role, sight, words, arrays, wanted.scale)
    ]
    return Column(network_name(role), colour(role), said, cells, pictures)


def says(data: Dataset, series: int, probability: Array) -> str:
    """A network's answer in words."""
    best = int(probability.argmax())
    right = "right" if best == int(data.y[series]) else "wrong"
    return f"says {one_line(data.classes[best], 24)} ({probability[best]:.0%}), {right}"


def _bands(role: str, sight: str, about: Mapping[str, Any], arrays: Arrays, scale: str) -> list[Band]:
    if role in about["refused"]:
        return [Band(about["title"], None, False, about["refused"][role])]
    names = of(arrays, f"{sight}/{role}/map/")
    bands = []
    for m in names:
        title = about["title"] + (f", {modalities()[m].title}" if len(names) > 1 else "")
        values = scaled(arrays, sight, role, f"time/{m}", about, scale)
        why = "" if values is not None else "This image has no axis of time, and nothing leads back to one."
        if values is not None and not np.any(values):
            values, why = None, "Nothing of this map can be told in time: no valley or peak lies where it looks."
        bands.append(Band(title, values, bool(about["signed"]), why, modalities()[m].title))
    return bands


def scaled(arrays: Arrays, sight: str, role: str, what: str, about: Mapping[str, Any], scale: str) -> Array | None:
    """A map on the chosen scale; None where there is none."""
    values = arrays.get(f"{sight}/{role}/{what}")
    if values is None:
        return None
    unit = {"raw": 1.0, "own": float(np.abs(values).max())}.get(scale, about["usual"].get(role, {}).get(what, 1.0))
    return np.asarray(values, np.float32) / np.float32(unit or 1.0)


def _pictures(row: int, role: str, sight: str, words: Mapping[str, Any], arrays: Arrays, scale: str) -> list[Picture]:
    about, found = words["sights"][sight], []
    for m in of(arrays, f"{sight}/{role}/map/"):
        values = scaled(arrays, sight, role, f"map/{m}", about, scale)
        if values is None or values.ndim != 2:
            continue
        view, timed = arrays[f"view/{m}"][0], m != TIMELESS
        turn = 1 if timed else -1
        title = f"{about['title']} on the {modalities()[m].title}"
        found.append(Picture(title, row, view[::turn], values[::turn], bool(about["signed"]), timed))
    return found


def _difference(words: Mapping[str, Any], arrays: Arrays, wanted: BoardOptions) -> Column:
    other = f"teacher.{wanted.teacher}"
    cells = []
    for sight in wanted.sights:
        about = words["sights"][sight]
        mine = [m for m in of(arrays, f"{sight}/student/time/") if m in (wanted.teacher, "signal")]
        both = [
            scaled(arrays, sight, "student", f"time/{sorted(mine, key=lambda m: m != wanted.teacher)[0]}", about,
                   wanted.scale) if mine else None,
            scaled(arrays, sight, other, f"time/{wanted.teacher}", about, wanted.scale),
        ]  # fmt: skip
        known = both[0] is not None and both[1] is not None
        values = both[0] - both[1] if known else None  # type: ignore[operator]
        cells.append([Band(about["title"], values, True, "" if known else "One of both has no map in time.")])
    title = f"Student − {network_name(other)}"
    return Column(title, "#CC79A7", "above zero: the student more, below: the teacher", cells)


def of(arrays: Arrays, start: str) -> list[str]:
    """What there is under a name."""
    return [name.removeprefix(start) for name in arrays if name.startswith(start)]


def draw(
    data: Dataset, words: Mapping[str, Any], made: Sequence[Column], signal: Array, wanted: BoardOptions, key: str,
    brush: tuple[int, int] | None = None,
) -> Any:  # fmt: skip
    """Mount the board; what is brushed in it comes back as its `brush`."""
    rows = [Row(words["sights"][s]["title"], COUNTS[wanted.scale]) for s in wanted.sights]
    unit = "s" if data.rate else "samples"
    payload = board(data.times(), unit, signal, rows, made, brush)
    return mount("board", payload, key, on_brush_change=nothing)
