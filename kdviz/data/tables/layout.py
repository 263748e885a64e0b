"""What a row of a table is: a series (wide), a value (long) or a moment (tall). Names first, then the values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data.columns import Column, Table
from kdviz.data.mapping import Mapping
from kdviz.data.raw import Cases, Recording
from kdviz.data.tables import long, tall, wide
from kdviz.data.tables.clock_numbers import rate_of
from kdviz.data.tables.column_content import (
    alternates,
    is_row_number,
    like_moments,
    looks_like_clock,
    same_label_within,
)
from kdviz.data.tables.column_names import called_channels, numbered
from kdviz.data.tables.column_roles import Roles, find
from kdviz.data.tables.free_columns import as_far_as_it_goes

MANY = 64
SOME = 24
FEWEST_ROWS = 5


@dataclass(frozen=True, eq=False)
class Arranged:
    """A table as series or a recording: how a row was understood, why, and the roles that were found.

    places   of a recording's channels among the columns
    """

    content: Cases | Recording
    layout: str
    why: str
    roles: dict[str, str]
    notes: tuple[str, ...] = ()
    places: tuple[int, ...] = ()


def arrange(table: Table, mapping: Mapping, label: str = "", hint: str = "") -> Arranged:
    """Series or a recording from a table; `label` and `hint` are the class column and layout that the format implies.

    Raises FileError naming line and column, UserError for a wrong mapping.
    """
    if not table.rows:
        raise FileError("There are names but no rows of values in this file.")
    table = as_far_as_it_goes(table, mapping) if mapping.ignore else table
    if listed := wide.series_columns(table, mapping):
        cases, roles = wide.cases_in_cells(table, listed, mapping)
        why = f"every row is a series, its samples in one cell ({', '.join(c.name[:30] for c in listed[:4])})"
        return Arranged(cases, "wide", why, _named(roles), roles.notes)
    if mapping.layout == "auto" and not hint and (other := wide.turned(table)) is not None:
        found = arrange(other, mapping, label, "tall")
        said = "A row is a channel here, its name before it: rows and columns change places. layout=wide keeps them."
        return replace(found, notes=(*found.notes, said), places=())
    table = replace(table, columns=tuple(map(_in_numbers, table.columns)))
    roles = find(table, mapping, label)
    if not hint and mapping.layout in ("auto", "long") and not mapping.channels:
        roles = long.as_long(table, roles)
    layout = mapping.layout if mapping.layout != "auto" else hint or _layout(table, roles)
    if layout == "long":
        return Arranged(long.content(table, roles), layout, _why_long(roles), _named(roles), roles.notes)
    if layout != "long" and not mapping.channels:
        roles = _given_back(table, roles)
    if layout == "tall" and mapping.layout == "auto" and not hint and _rows_of_samples(table, roles):
        at = next(i for i, c in enumerate(table.columns) if c is roles.time) + 1
        raise UserError(
            f"Every row has a time (#{at}) and {len(roles.channels):,} numbers that go on smoothly along the row: rows "
            f"look like series, not moments. Choose layout=wide with ignore=#{at} (and other columns that are no "
            "samples), or layout=tall if each column is a channel."
        )
    if layout == "wide":
        roles = roles if mapping.label else wide.at_an_end(table, roles)
        return Arranged(wide.cases(table, roles), layout, _why_wide(table, roles), _named(roles), roles.notes)
    return _tall(table, roles, mapping)


def _in_numbers(c: Column) -> Column:
    """A column whose numbers were written as text (with JSON's quotation marks) as numbers; labels as "007" stay."""
    if c.words is None or c.numeric_share < 1.0 or any(w[:1] == "0" and w[1:2].isdigit() for w in c.words):
        return c
    try:
        return replace(c, numbers=np.array([c._number(w) for w in c.words], np.float64), words=None)
    except ValueError:
        return c


def _tall(table: Table, roles: Roles, mapping: Mapping) -> Arranged:
    roles = roles if table.named else tall.without_names(roles, mapping)
    if not roles.channels:
        raise FileError("There are no columns of numbers beside the time and the label, so there is no series here.")
    roles = tall.without_constants(_second_id(roles, mapping), mapping) if table.named else roles
    tall.refuse_times_alone(roles, mapping)
    blocks = _blocks(table, mapping) if roles.id is None else None
    if blocks is not None:
        return _of_blocks(table, roles, mapping, blocks)
    if _tells_series(roles, mapping):
        cases, notes = tall.cases(table, roles, mapping)
        why = f"column {roles.id.name!r} tells the series apart" if roles.id else "a column tells the series apart"
        return Arranged(cases, "tall", why, _named(roles), (*roles.notes, *notes))
    recording, notes = tall.recording(table, roles, mapping)
    if alike := tall.more_labels(table, roles):
        notes = (*notes, alike)
    places = tuple(next(i for i, c in enumerate(table.columns) if c is channel) for channel in roles.channels)
    return Arranged(recording, "tall", _why_tall(roles), _named(roles), (*roles.notes, *notes), places)


def _tells_series(roles: Roles, mapping: Mapping) -> bool:
    """A column that names few rows each tells series apart; one that counts the rows does not."""
    if roles.id is None:
        return False
    if mapping.id:
        return True
    several = 2 <= roles.id.distinct <= roles.id.size // 2
    return several and (roles.label is None or same_label_within(roles.id, roles.label))


def _second_id(roles: Roles, mapping: Mapping) -> Roles:
    """The two columns that tell series apart together, where times repeat within the one: store and item."""
    if roles.id is None or roles.time is None or mapping.id or mapping.channels or len(roles.channels) < 2:
        return roles
    if not _times_repeat(roles.time, roles.id):
        return roles
    for other in roles.channels:
        if not (other.words is not None or other.is_whole) or not 2 <= other.distinct <= max(2, other.size // 4):
            continue
        both = Column(f"{other.name} {roles.id.name}", words=other.labels + " " + roles.id.labels)
        if not _times_repeat(roles.time, both):
            rest = tuple(c for c in roles.channels if c is not other)
            note = f"Columns {other.name[:30]!r} and {roles.id.name[:30]!r} tell the series apart together."
            return replace(roles, id=both, channels=rest, notes=(*roles.notes, note))
    return roles


def _times_repeat(time: Column, series: Column) -> bool:
    pairs = np.stack([time.codes.astype(np.int64), series.codes.astype(np.int64)])
    return bool(np.unique(pairs, axis=1).shape[1] < time.size)


def _blocks(table: Table, mapping: Mapping) -> NDArray[np.int64] | None:
    """Where blocks that blank lines part begin, with 0 and the number of rows: of one size, or with a clock each."""
    if table.lines is None or mapping.layout == "tall" or mapping.id or len(table.blanks) < 1:
        return None
    edges = np.unique(np.concatenate([[0], np.searchsorted(table.lines, table.blanks), [table.rows]])).astype(np.int64)
    sizes = np.diff(edges)
    if sizes.size < 2 or sizes.min() < FEWEST_ROWS:
        return None
    first = table.columns[0].numbers
    again = first is not None and bool((first[edges[1:-1]] < first[edges[1:-1] - 1]).all())
    return edges if again or (len(set(sizes.tolist())) == 1 and sizes.size > 2) else None


def _of_blocks(table: Table, roles: Roles, mapping: Mapping, edges: NDArray[np.int64]) -> Arranged:
    """Blocks as series, in the order of the file."""
    clock = roles.channels[0].numbers if roles.time is None and len(roles.channels) > 1 else None
    if clock is not None and not mapping.channels and all((np.diff(clock[a:b]) > 0).all() for a, b in pairwise(edges)):
        said = f"Column {roles.channels[0].name[:30]!r} goes up in every block: a clock, so left out."
        roles = replace(roles, channels=roles.channels[1:], notes=(*roles.notes, said))
    found, notes = tall.recording(table, roles, replace(mapping, order="keep"))
    values = [found.values[:, a:b] for a, b in pairwise(edges)]
    labels = found.labels
    alike = labels is not None and all(len(set(labels[a:b])) == 1 for a, b in pairwise(edges))
    rate = found.rate
    if rate is not None and found.times is not None and table.rate is None:  # each block's own: times stand in several
        rate, notes = rate_of(found.times[: edges[1]]), tuple(n for n in notes if "share a time" not in n)
    cases = Cases(values, labels[edges[:-1]] if labels is not None and alike else None, found.channels, rate)
    note = f"Blank lines part {len(values):,} series; layout=tall reads one recording."
    why = "every block between blank lines is a series"
    return Arranged(cases, "tall", why, _named(roles), (*roles.notes, *notes, note))


def _rows_of_samples(table: Table, roles: Roles) -> bool:
    """Whether rows that begin with a time go on like series: far smoother along a row than down a column."""
    if table.named or roles.time is None or len(roles.channels) < MANY or roles.id is not None:
        return False
    some = [c.numbers[:300] for c in roles.channels[8:200] if c.numbers is not None]
    if len(some) < MANY // 2 or some[0].size < 3:
        return False
    return like_moments(np.stack(some, axis=1).T, 2.0)


def _layout(table: Table, roles: Roles) -> str:
    return "long" if _is_long(roles) else "wide" if _is_wide(table, roles) else "tall"


def _is_long(roles: Roles) -> bool:
    apart = roles.dim is not None or (roles.id is not None and roles.time is not None)
    return roles.value is not None and apart and not roles.channels


def _given_back(table: Table, roles: Roles) -> Roles:
    """Columns called "value" or "signal" are measured where the table is not long."""
    spare = [c for c in (roles.value, roles.dim) if c is not None and c.numeric_share >= 0.5]
    wanted = {id(c) for c in (*roles.channels, *spare)}
    return replace(roles, channels=tuple(c for c in table.columns if id(c) in wanted), value=None, dim=None)


def _is_wide(table: Table, roles: Roles) -> bool:
    count = len(roles.channels)
    if count < 3 or (roles.time is not None and (count < MANY or roles.time.words is not None or roles.time.is_clock)):
        return False
    if roles.id is not None and 2 <= roles.id.distinct <= roles.id.size // 2:
        return False
    clock = table.named and roles.time is not None and looks_like_clock(roles.time)
    if clock and roles.time is not None and not is_row_number(roles.time):
        return False
    if table.named and (numbered(roles.channels) or numbered(roles.channels[1:])):
        return (count >= SOME and not called_channels(roles.channels)) or not _like_moments(table, roles.channels)
    if count > MANY and not table.named and table.rows > 2 * count and _like_moments(table, roles.channels, 3.0):
        return False
    if count > MANY and table.named:  # names that count nothing are those of channels
        return not clock and not _like_moments(table, roles.channels)
    if count > MANY:
        return not _like_moments(table, roles.channels) or not looks_like_clock(roles.channels[0])
    if table.named:
        return count >= SOME and alternates(roles.label) and not _like_moments(table, roles.channels)
    if looks_like_clock(roles.channels[0]):
        return count >= SOME and is_row_number(roles.channels[0]) and not _like_moments(table, roles.channels)
    return (count >= SOME and not _like_moments(table, roles.channels, 3.0)) or not _like_moments(table, roles.channels)


def _like_moments(table: Table, channels: Sequence[Column], factor: float = 1.0) -> bool:
    """Whether a value is nearer to the one below it than to the one beside it: then a row is a moment."""
    some = [c.numbers[:300] for c in channels[1:200] if c.numbers is not None]
    if len(some) < 2 or some[0].size < 3:
        return False
    return like_moments(np.stack(some, axis=1), factor)


def _named(roles: Roles) -> dict[str, str]:
    found = {w: getattr(roles, w) for w in ("time", "label", "subject", "session", "id", "set", "dim", "value")}
    return {w: c.name for w, c in found.items() if c is not None}


def _why_long(roles: Roles) -> str:
    return f"every row is one value (column {roles.value.name!r})" if roles.value else "every row is one value"


def _why_wide(table: Table, roles: Roles) -> str:
    if roles.label is None:
        return f"every row is a series of {len(roles.channels):,} samples; no column is a class"
    place = next(i for i, c in enumerate(table.columns) if c is roles.label)
    where = "first" if place == 0 else "last" if place == len(table.columns) - 1 else f"column {place + 1}"
    named = f" ({roles.label.name!r})" if table.named else ""
    return f"every row is a series; the class stands {where}{named}"


def _why_tall(roles: Roles) -> str:
    clock = f"; time in {roles.time.name!r}" if roles.time is not None else ""
    label = f"; label in {roles.label.name!r}" if roles.label is not None else "; no column is a label"
    return f"every row is a moment of one recording{clock}{label}"
