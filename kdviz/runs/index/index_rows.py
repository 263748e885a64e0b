"""What the index holds of a run, read from its folder; and how that is written down."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kdviz.runs.store.run import ABOUT, ATTEMPTS, ENDED, FINAL, LOCK, MEASURED, REQUEST, Run
from kdviz.runs.store.run_table import Records, Row, records, row_of, search_text, unreadable
from kdviz.training.knowledge import lent
from kdviz.training.recipe import Recipe

TOLD_BY = ("", REQUEST, FINAL, ABOUT, MEASURED)
SETTLED = 0.1
"""A file changed again within so many seconds may keep its time of change: what is that new is read once more."""

COLUMNS = ("id", "mark", "asked", "state", "open", "begun", "kind", "method", "data", "sha256", "student",
           "architecture", "seed", "accuracy", "control", "gain", "seconds", "bytes", "name", "told", "made",
           "sample", "outcome", "measured", "epoch", "epochs", "likeness", "variant", "alone", "why")  # fmt: skip


@dataclass(frozen=True)
class Indexed:
    """A run as the index holds it: a value for each of COLUMNS, its row as JSON, its tags, and whom it stands on."""

    values: tuple[object, ...]
    row: str
    tags: tuple[str, ...]
    parents: tuple[str, ...]


def mark(folder: str) -> str:
    """Changes whenever a file that the row is made from does; raises FileNotFoundError where there is no run."""
    times = []
    for name in TOLD_BY:
        path = f"{folder}/{name}" if name else folder
        try:
            times.append(os.stat(path).st_mtime_ns)  # noqa: PTH116 - a Path of each of ten thousand takes longer than asking
        except OSError:
            if name in ("", REQUEST):
                raise FileNotFoundError(folder) from None
            times.append(0)
    return " ".join(map(str, times))


def settled(seen: str, when: int) -> bool:
    """Whether what had this mark at the time `when`, in nanoseconds, had not been changed just then.

    Times of change are coarse: of two changes within one tick the mark tells the first alone.
    """
    return when - max(map(int, seen.split())) > SETTLED * 1e9


def read(folder: Path) -> Indexed:
    """A run's row, from its folder; one that cannot be read has a row that says so.

    Raises FileNotFoundError where there is none. The mark is taken before anything is read: what changes meanwhile
    differs from it.
    """
    run, when, seen = Run(folder), time.time_ns(), mark(str(folder))
    try:
        said = records(run)
        found = row_of(run, said)
        more = _more(said, found)
    except Exception as fault:  # whatever lies in one folder, all others are listed
        found = unreadable(run, fault)
        more = {}
    values = {
        **{name: value for name, value in found.items() if name in COLUMNS},
        **more,
        "mark": seen if settled(seen, when) else "",
        "open": found["state"] not in ENDED and seen.split()[TOLD_BY.index(FINAL)] == "0",
        "begun": (folder / ATTEMPTS).exists() or (folder / LOCK).exists(),
        "outcome": run.outcome_key,
        "measured": (folder / MEASURED).exists(),
        "told": search_text(found),
    }
    known = tuple(_bound(values.get(name)) for name in COLUMNS)
    shown = json.dumps(found, ensure_ascii=False)
    return Indexed(known, shown, tuple(found.get("tags", ())), tuple(dict.fromkeys(found.get("parents", {}).values())))


def _more(said: Records, found: Row) -> dict[str, Any]:
    """What lists and forecasts ask for that no row shows."""
    request, final = said.request, said.final
    source = request.get("source", {})
    return {
        "accuracy": found["accuracy"].get("test"),
        "control": final.get("teachers", {}).get("control", {}).get("accuracy", {}).get("test"),
        "why": str(final.get("sentence", "")),
        "made": str(request.get("made", "")),
        "sample": str(source.get("sample", "")) if isinstance(source, dict) else "",
        "epoch": final.get("best_epoch"),
        "likeness": likeness(said.recipe),
        "variant": variant(said.recipe),
        "alone": all(other.get("reused") for other in final.get("teachers", {}).values()),
    }


def likeness(recipe: Recipe) -> str:
    """The same for all recipes that differ in nothing but their seed."""
    return replace(recipe, seed=0, teachers=tuple(replace(t, seed=0) for t in recipe.teachers)).identity


def variant(recipe: Recipe) -> str:
    """The identity of a recipe whatever its seed and split."""
    taught = tuple(t if lent(recipe, t) else replace(t, seed=0, data="") for t in recipe.teachers)
    return replace(recipe, seed=0, data="", teachers=taught).identity


def _bound(value: object) -> object:
    """What a column can hold: no number that is none, and none that is too large."""
    if isinstance(value, float) and value != value:
        return None
    if isinstance(value, int) and abs(value) >= 2**63:
        return None
    return value if value is None or isinstance(value, str | int | float) else str(value)


INSERT = f"INSERT OR REPLACE INTO runs({', '.join(COLUMNS)}) VALUES({', '.join('?' * len(COLUMNS))})"
Statement = tuple[str, Sequence[object]]


def store_all(db: sqlite3.Connection, statements: Iterable[Statement]) -> None:
    """All of these or none, each asked for when nobody else can write any more."""
    db.execute("BEGIN IMMEDIATE")
    try:
        for words, values in statements:
            db.execute(words, values)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def deletions(gone: Iterable[str]) -> list[Statement]:
    """What forgets these runs."""
    return [
        (words, (identity,))
        for identity in gone
        for words in ("DELETE FROM runs WHERE id = ?", "DELETE FROM shown WHERE id = ?", *FORGET)
    ]  # fmt: skip


FORGET = ("DELETE FROM tags WHERE id = ?", "DELETE FROM parents WHERE child = ?")


UNSURE = "UPDATE runs SET mark = '' WHERE id = ?"


def insertions(known: Iterable[Indexed], folder: Path) -> Iterator[Statement]:
    """What keeps these rows of runs in a folder, over those of before.

    One that changed since it was read is marked as unsure, for the row that this one replaces may be a newer one.
    """
    for each in known:
        identity = str(each.values[0])
        yield from ((words, (identity,)) for words in FORGET)
        yield INSERT, each.values
        if each.values[1] and not _is_still(folder / identity, each.values[1]):
            yield UNSURE, (identity,)
        yield "INSERT OR REPLACE INTO shown VALUES(?, ?)", (identity, each.row)
        yield from (("INSERT OR IGNORE INTO tags VALUES(?, ?)", (tag, identity)) for tag in each.tags)
        yield from (("INSERT OR IGNORE INTO parents VALUES(?, ?)", (parent, identity)) for parent in each.parents)


def _is_still(folder: Path, seen: object) -> bool:
    try:
        return mark(str(folder)) == seen
    except FileNotFoundError:
        return False
