"""Evidence side by side, as plain values for the browser: columns are networks, rows extractors, one scale a row."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.palette import AMOUNTS, SIGNS

Array = NDArray[np.floating[Any]]
BROWSER = Path(__file__).with_name("browser")
HINT = "Point at a moment, or press the arrow keys here, to read it in every column."


@dataclass(frozen=True)
class Row:
    """One extractor: its title, and in words what its scale counts in."""

    title: str
    scale: str


@dataclass(frozen=True)
class Band:
    """Evidence over time (T,), or why there is none; `signed` where values below zero mean something."""

    title: str
    values: Array | None
    signed: bool
    why: str = ""
    about: str = ""


@dataclass(frozen=True)
class Picture:
    """Evidence (h', w') over the image (h, w) it was found in; `timed` where rows and columns are time."""

    title: str
    row: int
    view: Array
    values: Array
    signed: bool
    timed: bool


@dataclass(frozen=True)
class Column:
    """One network: what it says, and what it showed, row by row."""

    title: str
    colour: str
    says: str
    cells: Sequence[Sequence[Band]]
    pictures: Sequence[Picture] = ()


def board(
    times: Array,
    unit: str,
    signal: Array,
    rows: Sequence[Row],
    columns: Sequence[Column],
    brush: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """Everything that evidence_board.js draws: signal (T,) in every column, bands and pictures under it."""
    tops = [_top(columns, row) for row in range(len(rows))]
    return {
        "times": [float(f"{t:.5g}") for t in times],
        "unit": unit,
        "signal": to_base64(signal),
        "low": float(signal.min()),
        "high": float(signal.max()),
        "rows": [
            {
                "title": row.title,
                "scale": row.scale,
                "top": tops[k],
                "kinds": sorted({b.signed for c in columns for b in c.cells[k] if b.values is not None}),
                "bands": max((len(c.cells[k]) for c in columns), default=1),
            }
            for k, row in enumerate(rows)
        ],
        "amounts": AMOUNTS,
        "signs": SIGNS,
        "columns": [_column(c, times, unit) for c in columns],
        "brush": None if brush is None else list(brush),
        "hint": HINT,
        "alt": described(columns, times, unit),
    }


def _top(columns: Sequence[Column], row: int) -> float:
    """The largest magnitude that a row shows: one scale for all its columns, and for its pictures."""
    found = [b.values for c in columns for b in c.cells[row] if b.values is not None]
    found += [p.values for c in columns for p in c.pictures if p.row == row]
    return max((float(np.abs(v).max()) for v in found if v.size), default=1.0) or 1.0


def _column(column: Column, times: Array, unit: str) -> dict[str, Any]:
    return {
        "title": column.title,
        "colour": column.colour,
        "says": column.says,
        "alt": column_sentence(column, times, unit),
        "cells": [[_band(b) for b in cell] for cell in column.cells],
        "pictures": [_picture(p) for p in column.pictures],
    }


def _band(band: Band) -> dict[str, Any]:
    values = None if band.values is None else to_base64(band.values)
    return {"title": band.title, "values": values, "signed": band.signed, "why": band.why, "about": band.about}


def _picture(picture: Picture) -> dict[str, Any]:
    low, high = float(picture.view.min()), float(picture.view.max())
    grey = np.clip(255 * (picture.view - low) / ((high - low) or 1.0), 0, 255).astype(np.uint8)
    row, place = np.unravel_index(int(np.argmax(picture.values)), picture.values.shape)
    return {
        "title": picture.title,
        "row": picture.row,
        "signed": picture.signed,
        "timed": picture.timed,
        "view": base64.b64encode(grey.tobytes()).decode(),
        "vh": grey.shape[0],
        "vw": grey.shape[1],
        "values": to_base64(picture.values),
        "h": picture.values.shape[0],
        "w": picture.values.shape[1],
        "alt": f"{picture.title}: strongest at row {row + 1} of {picture.values.shape[0]}, "
        f"column {place + 1} of {picture.values.shape[1]}.",
    }


def to_base64(values: Array) -> str:
    """Numbers as base64 of little-endian float32."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()


def column_sentence(column: Column, times: Array, unit: str) -> str:
    """One column in words: what it says and where each of its bands peaks."""
    peaks = [
        f"{band.title} peaks at {times[int(np.argmax(band.values))]:.4g} {unit}"
        for cell in column.cells
        for band in cell
        if band.values is not None
    ]
    return f"{column.title}: {'; '.join([column.says, *peaks])}."


def described(columns: Sequence[Column], times: Array, unit: str) -> str:
    """All columns in words."""
    return " ".join(column_sentence(c, times, unit) for c in columns)


def component_script(name: str) -> str:
    """The code of a drawing, with what all of them share in front."""
    return "\n".join((BROWSER / f"{part}.js").read_text(encoding="utf-8") for part in ("common", name))


def style(name: str) -> str:
    """Its style."""
    return (BROWSER / f"{name}.css").read_text(encoding="utf-8")
