"""Layouts that name no columns but are known by what stands in them: PAMAP2, WISDM, MHEALTH, Opportunity.

Each is as its authors describe it beside the files (UCI repository, doi:10.24432/C5NW2H, C5HK59, C5TW22, C5M027).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from kdviz.data.columns import Column, Table
from kdviz.data.mapping import NOTHING

FEWEST = 50


@dataclass(frozen=True)
class Layout:
    """A known layout.

    names    of the columns, in order
    label    the column that is the class
    units    of columns, by name
    rate     samples per second where no column tells
    others   columns that hold labels too, left out
    """

    title: str
    names: tuple[str, ...]
    label: str
    fits: Callable[[Sequence[Column]], bool]
    units: tuple[tuple[str, str], ...] = ()
    rate: float | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Known:
    """A table with the names of a layout, its label, and a sentence that says which it was."""

    table: Table
    label: str
    note: str


def _axes(*sensors: str) -> tuple[str, ...]:
    return tuple(f"{s} {a}" for s in sensors for a in "xyz")


def _whole(c: Column, low: float, high: float) -> bool:
    values = c.numbers
    if values is None or not np.isfinite(values).all():
        return False
    return bool((values == np.round(values)).all() and low <= values.min() and values.max() <= high)


def _steps(c: Column, low: float, high: float) -> bool:
    """Whether a column goes on by steps of this size as a rule."""
    values = c.numbers
    steps = np.diff(values) if values is not None else np.zeros(0)
    return bool(steps.size) and low <= float(np.median(steps)) <= high


def _pamap2(columns: Sequence[Column]) -> bool:
    heart = columns[2].numbers
    rare = heart is not None and np.isnan(heart).mean() > 0.5
    return bool(rare) and _whole(columns[1], 0, 24) and _steps(columns[0], 0.005, 0.02)


def _wisdm(columns: Sequence[Column]) -> bool:
    named = columns[1].words is not None and 1 <= columns[1].distinct <= 30 and columns[1].numeric_share < 0.5
    rest = all(c.numeric_share > 0.9 for c in columns[3:])
    return bool(named) and rest and _whole(columns[0], 0, 9_999) and _steps(columns[2], 1e6, 1e9)


def _mhealth(columns: Sequence[Column]) -> bool:
    stays = columns[-1].numbers
    calm = stays is not None and float((np.diff(stays) != 0).mean()) < 0.02
    return calm and _whole(columns[-1], 0, 12) and not any(_whole(c, -1e9, 1e9) for c in columns[:6])


def _opportunity(columns: Sequence[Column]) -> bool:
    return _steps(columns[0], 20, 50) and all(_whole(c, 0, 600_000) for c in columns[-7:])


_ON_BODY = ("hand", "chest", "ankle")
_OF_ONE = ("temperature", *_axes("acc16", "acc6", "gyro", "mag"), *(f"orientation {i}" for i in range(1, 5)))
_PAMAP2 = ("time", "activity", "heart rate", *(f"{b} {name}" for b in _ON_BODY for name in _OF_ONE))
_MHEALTH = (*_axes("chest acc"), "ecg 1", "ecg 2", *_axes("ankle acc", "ankle gyro", "ankle mag"),
            *_axes("arm acc", "arm gyro", "arm mag"), "activity")  # fmt: skip
_GESTURES = ("Locomotion", "HL_Activity", "LL_Left_Arm", "LL_Left_Arm_Object", "LL_Right_Arm", "LL_Right_Arm_Object",
             "ML_Both_Arms")  # fmt: skip
LAYOUTS = (
    Layout("PAMAP2", _PAMAP2, "activity", _pamap2, (("time", "s"),)),
    Layout("MHEALTH", _MHEALTH, "activity", _mhealth, rate=50.0),
    Layout(
        "Opportunity", ("time", *(f"sensor {i}" for i in range(2, 244)), *_GESTURES), "ML_Both_Arms", _opportunity,
        (("time", "ms"),), others=_GESTURES[:-1],
    ),
    Layout("WISDM", ("user", "activity", "time", "x", "y", "z"), "activity", _wisdm, (("time", "ns"),)),
)  # fmt: skip


def known_layout(table: Table, asked: Sequence[str]) -> Known | None:
    """A table without names as one of the known layouts, None where it is none.

    `asked` is the label that a person names, where he does: it is kept, and the others are left out.
    """
    if table.named or table.rows < FEWEST:
        return None
    found = next((k for k in LAYOUTS if len(k.names) == len(table.columns) and k.fits(table.columns)), None)
    if found is None:
        return None
    units = dict(found.units)
    named = (replace(c, name=n, unit=units.get(n, "")) for c, n in zip(table.columns, found.names, strict=True))
    wanted = asked[0] if asked and asked[0] in found.others else found.label
    left = [n for n in (*found.others, found.label) if n != wanted or NOTHING in asked]
    columns = tuple(c for c in named if c.name not in left)
    kept = "" if NOTHING in asked else wanted
    note = f"The columns stand as {found.title} writes them, so they are called and read so"
    note += f"; its rate is {found.rate:g} Hz." if found.rate and table.rate is None else "."
    if left and found.others:
        note += f" Other labels are left out: label={left[0]} takes that one ({', '.join(left)})."
    return Known(replace(table, columns=columns, named=True, rate=table.rate or found.rate), kept, note)
