"""The list of runs: filtered, sorted and cut into pages by the index, which is brought level with the folders first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from kdviz.runs.index.opened_indexes import WHOLE, index, level
from kdviz.runs.index.run_index import RunIndex
from kdviz.runs.store.run_table import ALONE, STATES, Row

ORDERS = {"newest": "asked DESC", "oldest": "asked", "accuracy": "accuracy DESC", "gain": "gain DESC",
          "method": "method", "data": "data", "seconds": "seconds DESC", "size": "bytes DESC"}  # fmt: skip
"""By what runs can be sorted; what is unknown comes last, and equals newest first."""


@dataclass(frozen=True)
class Filter:
    """Which runs are wanted: those that hold every word somewhere, and one of each list that is not empty."""

    words: str = ""
    states: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    alone: bool = True


@dataclass(frozen=True)
class RunPage:
    """Some of the rows that a filter leaves; `count` are left of `of`, and `unread` folders are still to be read."""

    rows: tuple[Row, ...]
    count: int
    of: int
    unread: int = 0
    trouble: str = ""


def page(wanted: Filter, order: str = "newest", first: int = 0, most: int = 100) -> RunPage:
    """Rows `first` to `first + most` of those that are wanted, in one of ORDERS."""
    found = level()
    where, given = _where(wanted)
    order_by = f"{ORDERS[order]} NULLS LAST, asked DESC, id" if order != "newest" else "asked DESC, id"
    words = f"SELECT id FROM runs WHERE {where} ORDER BY {order_by} LIMIT ? OFFSET ?"
    rows = _rows(found, words, (*given, most, first))
    count = found.rows(f"SELECT count(*) FROM runs WHERE {where}", given)[0][0]
    of = found.rows("SELECT count(*) FROM runs")[0][0]
    return RunPage(rows, count, of, found.unread, found.trouble)


def ids(wanted: Filter, most: int) -> list[str]:
    """The identities of those that are wanted, newest first."""
    where, given = _where(wanted)
    words = f"SELECT id FROM runs WHERE {where} ORDER BY asked DESC, id LIMIT ?"
    return [i for (i,) in index().rows(words, (*given, most))]


def all_rows() -> tuple[Row, ...]:
    """A row of every run, newest first."""
    found = level(WHOLE, WHOLE)
    return _rows(found, "SELECT id FROM runs ORDER BY asked DESC, id")


def trouble() -> str:
    """Why the index is this process's own, in a sentence; empty where all share it."""
    return index().trouble


def kinds() -> tuple[list[str], list[str]]:
    """The states and the tags that there are."""
    found = level()
    there = {state for (state,) in found.rows("SELECT DISTINCT state FROM runs")}
    return [s for s in STATES if s in there], [t for (t,) in found.rows("SELECT DISTINCT tag FROM tags")]


def children(identity: str) -> list[str]:
    """The runs that stand on this one, newest first."""
    words = "SELECT child FROM parents JOIN runs ON child = id WHERE parent = ? ORDER BY asked DESC, id"
    return [child for (child,) in index().rows(words, (identity,))]


def _where(wanted: Filter) -> tuple[str, tuple[object, ...]]:
    parts, given = ["1"], list[object]()
    for word in wanted.words.lower().split():
        parts.append("instr(told, ?)")
        given.append(word)
    if wanted.states:
        parts.append("state IN (SELECT value FROM json_each(?))")
        given.append(json.dumps(wanted.states))
    if wanted.tags:
        parts.append("id IN (SELECT id FROM tags WHERE tag IN (SELECT value FROM json_each(?)))")
        given.append(json.dumps(wanted.tags))
    if not wanted.alone:
        parts.append("kind IS NOT ?")
        given.append(ALONE)
    return " AND ".join(parts), tuple(given)


def _rows(found: RunIndex, words: str, given: Sequence[object] = ()) -> tuple[Row, ...]:
    """Rows, of the identities that a query answers, with the runs that stand on each."""
    wanted = [i for (i,) in found.rows(words, given)]
    texts = found.rows("SELECT id, row FROM shown WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(wanted),))
    known = {i: json.loads(text) for i, text in texts}
    rows = [known[i] for i in wanted if i in known]
    heirs: dict[str, list[str]] = {}
    named = "1" if len(rows) > 500 else "parent IN (SELECT value FROM json_each(?))"
    some = () if len(rows) > 500 else (json.dumps([row["id"] for row in rows]),)
    words = f"SELECT parent, child FROM parents JOIN runs ON child = id WHERE {named} ORDER BY asked DESC, id"
    for parent, child in found.rows(words, some):
        heirs.setdefault(parent, []).append(child)
    return tuple({**row, "used_by": heirs.get(row["id"], [])} if "used_by" in row else row for row in rows)
