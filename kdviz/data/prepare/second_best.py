"""How sure a reading is, and what the file could be instead: each guess by content, and its other side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from kdviz.data.cells import normalised_name
from kdviz.data.columns import Table
from kdviz.data.mapping import Mapping, quoted
from kdviz.data.prepare.assemble import Understood
from kdviz.data.raw import Cases, Raw, Recording
from kdviz.data.tables.column_content import looks_like_classes
from kdviz.data.tables.column_names import LABEL, TIME, numbered
from kdviz.data.tables.layout import MANY

LEAST = 0.3
FEW_CLASSES = 20
MOST_OF_A_ROW = 64


@dataclass(frozen=True)
class Doubt:
    """A guess that may be wrong.

    weight   how much surety it takes, 0 to 1
    setting  the setting of the mapping that reads it the other way
    why      what was guessed and what else it could be, in a sentence
    """

    weight: float
    setting: str
    why: str


@dataclass(frozen=True)
class Surety:
    """How sure a reading is, 0 to 1 (a count of guesses, not a probability), and the second-best reading."""

    sure: float
    setting: str = ""
    why: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


def surety_of(raw: Raw, found: Understood, mapping: Mapping) -> Surety:
    """How sure the reading of a file is under a mapping; what a person has said is not doubted."""
    doubts = [d for d in _doubts(raw, found) if getattr(mapping, d.setting.partition("=")[0]) in ("", "auto")]
    if not doubts:
        return Surety(1.0)
    most = max(doubts, key=lambda d: d.weight)
    left = float(np.prod([1.0 - d.weight for d in doubts]))
    return Surety(round(max(LEAST, left), 2), most.setting, most.why)


def _doubts(raw: Raw, found: Understood) -> Iterator[Doubt]:
    if isinstance(raw.content, Table):
        yield from _of_table(raw, raw.content, found)
    elif "(series," in found.why and isinstance(found.content, Cases):
        channels, length = found.content.values[0].shape[0], int(found.content.lengths.max())
        if channels > 4 and length < 4 * channels:
            other = "NTC" if "channel, time" in found.why else "NCT"
            yield Doubt(
                0.35, f"axes={other}",
                f"The last two axes have {channels:,} and {length:,} places, so which of them is time was a guess.",
            )  # fmt: skip


def _of_table(raw: Raw, table: Table, found: Understood) -> Iterator[Doubt]:
    roles = found.roles or {}
    columns = {c.name: c for c in table.columns}
    numbers = [c for c in table.columns if c.numbers is not None]
    if found.layout == "tall" and not table.named and len(numbers) > 8 and "time" not in roles and not raw.layout:
        yield Doubt(0.3, "layout=wide", "No names and no clock: rows were read as moments; they could be series.")
    if (
        found.layout == "wide"
        and not raw.layout
        and not table.named
        and table.rows > 8
        and 2 < len(numbers) <= MOST_OF_A_ROW
    ):
        yield Doubt(
            0.25, "layout=tall",
            "Few numbers stand in a row: rows were read as series; they could be moments of one recording.",
        )  # fmt: skip
    if table.named and len(numbers) > MANY and "time" not in roles and not raw.layout and not numbered(numbers[1:]):
        other = {"tall": "wide", "wide": "tall"}.get(found.layout)
        what = {"tall": "moments; they could be series", "wide": "series; they could be moments"}.get(found.layout)
        if other:
            yield Doubt(0.3, f"layout={other}", f"Names that count nothing, and no clock: rows were read as {what}.")
    if any("rows were sorted by time" in w or "turned round" in w for w in found.warnings):
        yield Doubt(0.15, "order=keep", "Rows were sorted by time: the clock could have been set back instead.")
    label = columns.get(roles.get("label", ""))
    named = label is not None and table.named and normalised_name(label.name) in LABEL
    if label is not None and not named and not raw.label and raw.layout != "wide":
        weight = 0.1 if label.numbers is None else 0.2
        yield Doubt(weight, "label=-", f"Column {label.name[:30]!r} is the class by what it holds, not by its name.")
    time = columns.get(roles.get("time", ""))
    ramp = time is not None and time.numbers is not None and not time.is_clock
    if time is not None and ramp and not (table.named and normalised_name(time.name) in TIME):
        yield Doubt(0.15, "time=-", f"Column {time.name[:30]!r} is the clock because it goes up evenly.")
    if label is None and isinstance(found.content, Recording | Cases):
        yield from _could_be_class(table, set(roles.values()))


def _could_be_class(table: Table, taken: set[str]) -> Iterator[Doubt]:
    """One column of few whole numbers beside measured ones: its name says nothing of a class."""
    free = [c for c in table.columns if c.name not in taken and c.numbers is not None]
    alike = [c for c in free if 2 <= c.distinct <= FEW_CLASSES and looks_like_classes(c)]
    if len(alike) == 1 and len(table.columns) > 2 and table.named:
        name = alike[0].name
        yield Doubt(0.15, f"label={quoted(name)}", f"Column {name[:30]!r} has few values: it could be the class.")
