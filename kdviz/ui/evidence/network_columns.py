"""Evidence side by side: what is asked of the networks, and the columns in which they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.figures.evidence_board import Band, Column, Picture, Row, board
from kdviz.figures.palette import colour, network_name
from kdviz.modalities.base import modalities
from kdviz.runs.analysis.evidence_answers import ExtractorEvidence, InstanceEvidence
from kdviz.runs.analysis.network_answers import NetworkFacts
from kdviz.ui.state.url import one_of, some_of
from kdviz.ui.texts.formatting import one_line
from kdviz.ui.texts.sentences import say, say_plain
from kdviz.ui.widgets.drawings import mount, nothing

Array = NDArray[np.floating[Any]]
SCALES = ("usual", "raw", "own")
TIMELESS = "persistence"


@dataclass(frozen=True)
class BoardOptions:
    """What a visitor wants to see: extractors, the class asked about, the scale, and the teacher of differences."""

    extractors: tuple[str, ...]
    target: str
    scale: str
    teacher: str


def offered(extractors: Sequence[Mapping[str, Any]], roles: Mapping[str, NetworkFacts]) -> dict[str, str]:
    """Every extractor by title, and every stage of those that can be asked of stages."""
    depth = max(each.stages for each in roles.values())
    fusion = any(len(each.modalities) > 1 for each in roles.values())
    out: dict[str, str] = {}
    for each in extractors:
        if each["id"] != "cross_attention" or fusion:
            out[each["id"]] = each["title"]
        if each["layered"]:
            for k in range(depth - 1):
                out[f"{each['id']}:{k}"] = say_plain("evidence stage", title=each["title"], stage=k + 1)
    return out


def pick_extractors(options: Mapping[str, str], ideas: str) -> tuple[str, ...]:
    """Rows of the board."""
    return tuple(some_of(say("evidence rows"), options, ["cam"], "rows", max_selections=5, help=ideas))


def pick_class(data: Dataset) -> str:
    """The class that all networks are asked about: `true`, `predicted`, or one class's number."""
    options = {key: say_plain(f"evidence class {key}") for key in ("true", "predicted")}
    options |= {str(k): one_line(name) for k, name in enumerate(data.classes)}
    return one_of(st.selectbox, say("evidence class"), options, "true", "c")


def pick_scale() -> str:
    """How maps are brought onto one scale."""
    titles = {scale: say_plain(f"evidence scale {scale}") for scale in SCALES}
    return one_of(st.selectbox, say("evidence scale"), titles, "usual", "scale")


def class_of(target: str, data: Dataset, series: int, answer: int) -> int:
    """The class's number."""
    return {"true": int(data.y[series]), "predicted": answer}.get(target, int(target) if target.isdecimal() else 0)


def columns(
    data: Dataset, series: int, found: InstanceEvidence, wanted: BoardOptions,
    epoch: int | None = None,
    said: Mapping[str, str] | None = None,
) -> list[Column]:  # fmt: skip
    """Teachers, student (after `epoch`), difference, control: what each says (or `said`, by role) and shows."""
    roles = sorted(found.probability, key=lambda role: (not role.startswith("teacher."), role == "control"))
    answers = {role: says(data, series, found.probability[role]) for role in roles} | dict(said or {})
    made = [_column(role, answers[role], found, wanted) for role in roles]
    if f"teacher.{wanted.teacher}" in roles and "student" in roles:
        made.insert(roles.index("student") + 1, _difference(found, wanted))
    if epoch is not None:
        student = network_name("student")
        titled = say_plain("evidence epoch", network=student, epoch=epoch)
        made = [replace(c, title=titled) if c.title == student else c for c in made]
    return made


def _column(role: str, said: str, found: InstanceEvidence, wanted: BoardOptions) -> Column:
    shown = [found.extractors[name] for name in wanted.extractors]
    cells = [_bands(role, each, wanted.scale) for each in shown]
    pictures = [p for k, each in enumerate(shown) for p in _pictures(k, role, each, found, wanted.scale)]
    return Column(network_name(role), colour(role), said, cells, pictures)


def says(data: Dataset, series: int, probability: Array) -> str:
    """A network's answer in words."""
    best = int(probability.argmax())
    right = "right" if best == int(data.y[series]) else "wrong"
    answer = one_line(data.classes[best], 24)
    return say_plain(f"evidence says {right}", answer=answer, probability=probability[best])


def _bands(role: str, shown: ExtractorEvidence, scale: str) -> list[Band]:
    if role in shown.refused:
        return [Band(shown.title, None, False, shown.refused[role])]
    names, bands = list(shown.networks[role].maps), []
    for m in names:
        view = modalities()[m].title
        title = say_plain("evidence band", title=shown.title, view=view) if len(names) > 1 else shown.title
        values = time_map(shown, role, m, scale)
        why = "" if values is not None else say_plain("evidence no time")
        if values is not None and not np.any(values):
            values, why = None, say_plain("evidence nothing in time")
        bands.append(Band(title, values, shown.signed, why, view))
    return bands


def time_map(shown: ExtractorEvidence, role: str, modality: str, scale: str) -> Array | None:
    """A map in time (T,) on the chosen scale; None where there is none."""
    network, usual = shown.networks.get(role), shown.usual.get(role)
    values = None if network is None else network.times.get(modality)
    return None if values is None else _scaled(values, scale, usual.times.get(modality) if usual else None)


def native_map(shown: ExtractorEvidence, role: str, modality: str, scale: str) -> Array:
    """A map as it is (*grid) on the chosen scale."""
    usual = shown.usual.get(role)
    return _scaled(shown.networks[role].maps[modality], scale, usual.maps.get(modality) if usual else None)


def _scaled(values: Array, scale: str, usual: float | None) -> Array:
    unit = {"raw": 1.0, "own": float(np.abs(values).max())}.get(scale, 1.0 if usual is None else usual)
    return np.asarray(values, np.float32) / np.float32(unit or 1.0)


def _pictures(row: int, role: str, shown: ExtractorEvidence, found: InstanceEvidence, scale: str) -> list[Picture]:
    made: list[Picture] = []
    for m in shown.networks[role].maps if role in shown.networks else ():
        values = native_map(shown, role, m, scale)
        if values.ndim != 2:
            continue
        view, timed = found.views[role][m][0], m != TIMELESS
        turn = 1 if timed else -1
        title = say_plain("evidence on", title=shown.title, view=modalities()[m].title)
        made.append(Picture(title, row, view[::turn], values[::turn], shown.signed, timed))
    return made


def _difference(found: InstanceEvidence, wanted: BoardOptions) -> Column:
    cells = []
    for name in wanted.extractors:
        shown = found.extractors[name]
        values = between(shown, wanted.teacher, wanted.scale)
        cells.append([Band(shown.title, values, True, "" if values is not None else say_plain("evidence no times"))])
    title = say_plain("evidence difference", teacher=network_name(f"teacher.{wanted.teacher}"))
    return Column(title, "#CC79A7", say_plain("evidence difference means"), cells)


def between(shown: ExtractorEvidence, teacher: str, scale: str) -> Array | None:
    """Student minus teacher in time (T,), by the teacher's modality, else the signal's; None where one has no map."""
    own = shown.networks["student"].times if "student" in shown.networks else {}
    modality = teacher if teacher in own else "signal"
    mine = time_map(shown, "student", modality, scale)
    theirs = time_map(shown, f"teacher.{teacher}", teacher, scale)
    return None if mine is None or theirs is None else mine - theirs


def draw(
    data: Dataset, found: InstanceEvidence, made: Sequence[Column], signal: Array, wanted: BoardOptions, key: str,
    brush: tuple[int, int] | None = None,
) -> Any:  # fmt: skip
    """Mount the board; what is brushed in it comes back as its `brush`."""
    counts = say_plain(f"evidence counts {wanted.scale}")
    rows = [Row(found.extractors[name].title, counts) for name in wanted.extractors]
    unit = "s" if data.rate else "samples"
    payload = board(data.times(), unit, signal, rows, made, brush)
    return mount("evidence_board", payload, key, on_brush_change=nothing)
