"""A text of gigabytes with a moment in every row, read in one pass: columns are chosen and rows averaged on the way.

What a column is, is settled by a sample from all over the file; then pandas cuts the text, a few megabytes at a time.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import cells, limits
from kdviz.data import mapping as how_read
from kdviz.data.columns import Column, Table
from kdviz.data.prepare.quality import offsets_of
from kdviz.data.prepare.repair import interpolate_rows, interpolated
from kdviz.data.raw import EVERY, File, Raw, Recording
from kdviz.data.readers.kept_rows import KeptRows, Plan
from kdviz.data.tables import clocks, tall, time_order
from kdviz.data.tables.layout import Arranged, arrange
from kdviz.data.tables.times import alike
from kdviz.data.text.dialect import Dialect

PIECES, PIECE_BYTES = 12, 128 << 10
AT_ONCE = 3_000_000
ROLE_BYTES, WORD_BYTES = 16, 200
"""What a time or a label of a row takes while a text is read; more where times are words that are no plain ISO."""
ROLES = ("time", "label", "subject", "session", "set")
_LACKING = sorted({f for w in cells.MISSING if w for f in (w, w.upper(), w.capitalize(), "NaN", "N/A")})


def sample_of(path: Path, pieces: int = PIECES) -> bytes:
    """The beginning of a text and whole lines from all over it."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        parts = [_lines(stream.read(PIECE_BYTES * 2))]
        end = len(parts[0])
        for i in range(1, pieces):
            start = max(end, size * i // pieces)
            stream.seek(start)
            inside = stream.read(PIECE_BYTES)
            whole = _lines(inside if start == end else inside[inside.find(b"\n") + 1 :])
            end = start + inside.rfind(b"\n") + 1
            parts.append(whole)
    return b"".join(parts)


def _lines(piece: bytes) -> bytes:
    return piece[: piece.rfind(b"\n") + 1]


def planned(raw: Raw, form: Dialect, file: File, size: int, asked: how_read.Mapping) -> tuple[Plan, Arranged] | None:
    """What to keep, and how the sample was arranged; None where rows are no moments, or roles join columns."""
    if not isinstance(raw.content, Table) or form.separator == "\n":
        return None
    table = raw.content.lacking(asked.lacking)
    found = arrange(table, replace(asked, order="keep"), raw.label, raw.layout)
    if not isinstance(found.content, Recording) or not found.places:
        return None
    place = {c.name: i for i, c in reversed(list(enumerate(table.columns)))}
    roles = {r: place[n] for r, n in found.roles.items() if r in ROLES and n in place}
    if set(roles) != set(found.roles) & set(ROLES) or set(found.roles) - set(ROLES):
        return None  # a clock or a key of several columns
    line = len(file.data) / max(1, file.data.count(b"\n"))
    rows = int(size / line)
    words = frozenset(r for r, p in roles.items() if r != "time" or table.columns[p].words is not None)
    moments = table.columns[roles["time"]].words if "time" in words else None
    plain = moments is None or alike(list(moments)) is not None
    row = 4 * len(found.places) + sum(WORD_BYTES if r == "time" and not plain else ROLE_BYTES for r in roles)
    every = asked.every or max(
        1, -(-rows * len(found.places) // limits.KEPT_VALUES), -(-rows * row // limits.KEPT_BYTES)
    )
    offset = offsets_of([interpolated(found.content.values)])
    return Plan(form, found.places, roles, tuple(found.content.channels), words, every, rows, offset), found


def read_large(raw: Raw, plan: Plan, found: Arranged, file: File, asked: how_read.Mapping) -> Raw:
    """The recording of a large text, as planned. Raises FileError, UserError."""
    assert file.path is not None
    size = file.path.stat().st_size
    file.told(_preview(plan, found, raw))
    held = KeptRows(plan)
    for block in _blocks(plan, file, size, asked):
        held.add(block)
    recording, notes = _finished(held, plan, found, raw, asked)
    why = f"{raw.why}; {found.why}; read in one pass"
    columns = tuple(c.name for c in raw.content.columns) if isinstance(raw.content, Table) else ()
    notes = tuple(dict.fromkeys((*found.notes, *notes)))
    return Raw(recording, raw.format, why, (*raw.warnings, *notes), raw.notes, roles=found.roles, form=raw.form,
               heeds=EVERY, columns=columns)  # fmt: skip


def _preview(plan: Plan, found: Arranged, raw: Raw) -> str:
    rate = found.content.rate
    said = ", ".join(f"{role} in {name!r}" for role, name in found.roles.items())
    return (
        f"{raw.format}: about {plan.rows:,} rows, {len(plan.channels)} channels ({', '.join(plan.names[:4])}"
        f"{' ...' if len(plan.names) > 4 else ''}){f'; {said}' if said else ''}{f'; {rate:g} Hz' if rate else ''}"
    )


def _blocks(plan: Plan, file: File, size: int, asked: how_read.Mapping) -> Iterator[Any]:
    """Frames of some megabytes, of the columns that are used; raises FileError for lines of another width."""
    import pandas as pd

    source, separator = plan.form.source, plan.form.separator
    cutter = source.cutter
    texts = {plan.roles[r]: str for r in plan.words}
    numeric = [p for p in plan.used if p not in texts]
    given: dict[str, Any] = {
        "sep": separator or r"\s+", "header": None, "names": list(range(plan.width)), "index_col": False,
        "usecols": plan.used if 2 * len(plan.used) < plan.width else None, "skiprows": source.first, "dtype": texts,
        "decimal": "," if source.comma else ".",
        "keep_default_na": False, "na_values": {key: ["", *_LACKING, *asked.lacking] for key in numeric},
        "comment": source.comment[:1] or None, "quotechar": cutter.quote or '"',
        "quoting": csv.QUOTE_MINIMAL if cutter.quote else csv.QUOTE_NONE, "chunksize": _rows_at_once(plan),
        "on_bad_lines": "skip" if asked.bad_lines == "drop" else "error", "encoding": _encoding(file),
        "encoding_errors": "replace", "engine": "c", "low_memory": False, "skipinitialspace": separator == ",",
    }  # fmt: skip
    assert file.path is not None
    with file.path.open("rb") as stream:
        try:
            with pd.read_csv(stream, **given) as frames:
                for frame in frames:
                    file.tick(min(0.98, stream.tell() / size))
                    yield frame
        except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeError) as why:
            said = " ".join(str(why).split()).removeprefix("Error tokenizing data. C error: ")
            raise FileError(f"A line cannot be cut as the others ({said[:90]}). Leave such lines out: bad_lines=drop."
                            ) from None  # fmt: skip


def _rows_at_once(plan: Plan) -> int:
    return max(2_000, AT_ONCE // len(plan.used)) // plan.every * plan.every or plan.every


def _encoding(file: File) -> str:
    from kdviz.data.decode import decode

    found = decode(file.data, cut=True, strict=False, encoding=file.encoding).encoding
    return found if found and not found.startswith("utf-16") else found if found else "utf-8"


def _finished(
    held: KeptRows, plan: Plan, found: Arranged, raw: Raw, asked: how_read.Mapping
) -> tuple[Recording, tuple[str, ...]]:
    """The recording in the order of its times, whole, with its rate; and what was done."""
    if held.whole is None or not held.size:
        raise FileError("There are no rows of values in this file.")
    values, notes = held.whole[:, : held.size], []
    seconds, sure, name = None, False, ""
    if "time" in plan.roles and isinstance(raw.content, Table):
        column = raw.content.columns[plan.roles["time"]]
        name = column.name
        stamps = np.array(held.stamps, object) if held.stamps else None
        numbers = np.concatenate(held.times) if held.times else None
        held.stamps, held.times = [], []
        if numbers is not None and "time" in plan.words:
            seconds, said = clocks.summer_over(numbers)
            sure = True
        else:
            seconds, sure, said = clocks.seconds_of(Column(name, numbers, stamps, column.is_clock, unit=column.unit))
        notes += [said] if said else []
    parts = held.words("set")
    parts = None if parts is None else Column("set", words=parts).parts()
    table_rate = raw.content.rate if isinstance(raw.content, Table) else None
    subjects = tall.together_words([w for r in ("subject", "session") if (w := held.words(r)) is not None])
    rate = table_rate / plan.every if table_rate else None
    recording = Recording(values, plan.names, seconds, held.words("label"), subjects, rate, parts)
    recording, more = time_order.in_order(recording, sure, asked, name, "time" not in plan.words)
    notes += more
    if plan.every > 1:
        asked_ = (
            "as asked"
            if asked.every
            else f"since {held.read * len(plan.channels):,} values"
            f"{' with their times and labels' if len(plan.roles) else ''} are more than are kept"
        )
        notes.append(
            f"Of {held.read:,} rows the mean of every {plan.every} was kept ({held.size:,}), {asked_}. Choose fewer "
            "channels (channels=NAME,NAME) to keep more of each, or another number of rows (every=N)."
        )
    if asked.bad_lines == "drop":
        notes.append("Lines with too many values, where there were any, are left out.")
    if plan.offset.any():
        there = ", ".join(f"{n[:30]} - {o:.10g}" for n, o in zip(plan.names, plan.offset, strict=True) if o)
        notes.append(f"32-bit numbers would lose digits so far from 0, so an offset was taken away: {there}.")
    if asked.missing == "interpolate" and (gone := interpolate_rows(recording.values)):
        notes.append(f"{gone:,} values are missing; they were filled on straight lines between neighbours.")
    return recording, tuple(notes)
