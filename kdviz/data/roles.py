"""What each column is for: by name, then by content; a mapping has the last word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kdviz.data import cells, times
from kdviz.data.columns import distinct, labels_of, numeric_share, part_name
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.raw import Column, Numbers, Table
from kdviz.errors import UserError


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


TIME = _names(
    "timestamp timestamps datetime date_time time date t ts utc utc_time local_time epoch unix unixtime unix_time "
    "elapsed elapsed_time seconds_elapsed elapsed_seconds seconds time_step timestep time_index time_point timepoint "
    "sample_time recording_time reading_id measurement_number time_id time_s time_sec time_ms time_us time_ns "
    "timestamp_s timestamp_ms timestamp_us timestamp_ns msec ms sec"
)
MAYBE_TIME = _names("month year day step frame frame_number sample_number sample_no tick")
LABEL = _names(
    "label labels class classes class_label classlabel class_name target targets activity activity_label "
    "activity_name activity_id activityid category outcome diagnosis gesture occupancy eye_detection condition "
    "anomaly is_anomaly state event annotation fault stage sleep_stage species y"
)
ALSO_LABEL = (*LABEL[:-1], "changepoint")
SUBJECT = _names(
    "subject subject_id subjectid user user_id userid person person_id participant participant_id patient patient_id "
    "volunteer volunteer_id pid athlete animal driver rider"
)
SERIES = _names(
    "case case_id caseid series series_id seriesid series_name sample_id sampleid instance instance_id window "
    "window_id segment segment_id sequence sequence_id seq_id trial trial_id trajectory trajectory_id record_id "
    "recording_id episode episode_id run_id unique_id id"
)
SESSION = _names("session session_id recording record trial trial_id run file filename experiment experiment_id exp")
SET = _names("set split subset partition fold usage dataset data_set")
DIM = _names(
    "dim dim_id dimension dimension_id channel channel_id variable variable_name axis sensor feature signal kind "
    "dim_name column"
)
VALUE = _names("value values reading_value measurement measured_value amplitude val")
ROW_NUMBER = (
    "",
    "index",
    "unnamed_0",
    "row",
    "row_id",
    "no",
    "nr",
    "sno",
    "s_no",
    "rownames",
    "level_0",
    "id",
    "sample",
)


@dataclass(frozen=True)
class Roles:
    """A table's columns by what they are for; what is not there is None."""

    channels: tuple[Column, ...]
    time: Column | None = None
    clock: Column | None = None
    label: Column | None = None
    subject: Column | None = None
    session: Column | None = None
    id: Column | None = None
    set: Column | None = None
    dim: Column | None = None
    value: Column | None = None
    notes: tuple[str, ...] = ()


def plain(name: str) -> str:
    """A column name in one spelling: "Subject ID (no.)" and "subjectId" are both "subject_id"."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    name = re.sub(r"[\[(](?!s\)|ms\)|s\]|ms\]|sec|us\)|ns\)|µs\)).*?[\])]", "", name)
    return re.sub(r"[^a-zµ0-9]+", "_", name.lower()).strip("_")


def column(table: Table, wanted: str) -> Column:
    """The column a user means: by name, "first", "last" or "#3"; raises UserError naming those there are."""
    by_name = {c.name: c for c in table.columns}
    if wanted in by_name:
        return by_name[wanted]
    places = {"first": 1, "last": len(table.columns)}
    place = places.get(wanted, int(wanted[1:]) if re.fullmatch(r"#\d{1,6}", wanted) else 0)
    if 1 <= place <= len(table.columns):
        return table.columns[place - 1]
    alike = [c for c in table.columns if c.name.strip().lower() == wanted.strip().lower()]
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(c.name[:30] or "(no name)" for c in table.columns[:12])
    more = f" and {len(table.columns) - 12:,} more" if len(table.columns) > 12 else ""
    raise UserError(f"There is no column {wanted[:40]!r}. There are: {there}{more}; or use first, last, #1, #2.")


class Finder:
    """Takes columns one role at a time; each column is taken once."""

    def __init__(self, table: Table, mapping: Mapping) -> None:
        self.table, self.mapping = table, mapping
        self.free = list(table.columns)
        self.given = {w: self._given(w) for w in ("time", "label", "subject", "id", "set", "dim", "value")}
        self.wanted = [column(table, n) for n in mapping.channel_names]
        for taken in [column(table, n) for n in mapping.ignored] + self.wanted:
            self._take(taken)

    def _given(self, role: str) -> Column | None:
        name = getattr(self.mapping, role)
        return column(self.table, name) if name and name != NOTHING else None

    def _take(self, found: Column | None) -> None:
        self.free = [c for c in self.free if c is not found]

    def closed(self, role: str) -> bool:
        """Whether the mapping says that there is no such column."""
        return bool(getattr(self.mapping, role) == NOTHING)

    def take(self, role: str, names: Sequence[str], fits: Callable[[Column], bool]) -> Column | None:
        """The mapping's column for a role; else the first free one that is called so and fits."""
        if self.closed(role):
            return None
        found = self.given[role] or self.named(names, fits)
        self._take(found)
        return found

    def named(self, names: Sequence[str], fits: Callable[[Column], bool]) -> Column | None:
        """The first free column called one of `names` that fits."""
        if not self.table.named:
            return None
        taken = {id(g) for g in self.given.values()}
        spelt: dict[str, Column] = {}
        for c in self.free:
            if id(c) not in taken:
                spelt.setdefault(plain(c.name), c)
        return next((spelt[n] for n in names if n in spelt and fits(spelt[n])), None)

    def first(self, fits: Callable[[Column], bool], role: str) -> Column | None:
        """The first free column that fits by content."""
        if self.closed(role):
            return None
        taken = {id(g) for g in self.given.values()}
        found = next((c for c in self.free if id(c) not in taken and fits(c)), None)
        self._take(found)
        return found

    def speaking_of(self, *words: str) -> tuple[str, ...]:
        """The plain names of free columns that have one of these words in them."""
        names = [plain(c.name) for c in self.free]
        return tuple(n for n in names if set(n.split("_")) & set(words))

    def calendar(self) -> Column | None:
        """Year, month, day and maybe hour, minute, second in columns of their own, as one clock."""
        parts = [self.named((n,), _is_whole) for n in ("year", "month", "day", "hour", "minute", "second")]
        if parts[0] is None or parts[1] is None or parts[2] is None or self.closed("time"):
            return None
        there = [p.numbers for p in parts if p is not None and p.numbers is not None]
        for p in parts:
            self._take(p)
        found = np.full(self.table.rows, np.nan)
        for row, whole in enumerate(zip(*there, strict=True)):
            found[row] = times.moment(*whole)
        return Column("year, month, day", numbers=found, is_clock=True)

    def drop(self, found: Column | None) -> None:
        """Leave a column out."""
        self._take(found)


def find(table: Table, mapping: Mapping, label: str = "") -> Roles:
    """The roles of a table's columns; `label` is the class column where the format names it."""
    finder = Finder(table, mapping)
    notes: list[str] = []
    if label and not mapping.label:
        finder.given["label"] = column(table, label)
    part = finder.take("set", SET, says_parts)
    time = finder.take("time", TIME, could_be_time)
    time = time or finder.take("time", MAYBE_TIME, is_time)
    time = (
        time or finder.calendar() or finder.take("time", finder.speaking_of("timestamp", "time", "datetime"), is_time)
    )
    if time is None:
        time = finder.first(lambda c: c.is_clock or (c.words is not None and is_time(c)), "time")
    clock = finder.named(("time", "hour", "clock", "time_of_day"), is_clock) if time is not None else None
    finder.drop(clock)
    finder.drop(finder.named(TIME, is_time) if time is not None else None)
    subject = finder.take("subject", SUBJECT, lambda c: True)
    found = finder.take("label", LABEL, lambda c: _label_by_name(c, table))
    if found is None and table.named:
        found = finder.named([n for c in finder.free if (n := plain(c.name)).endswith(("_label", "_class", "label"))],
                             looks_like_classes)  # fmt: skip
        finder.drop(found)
    dim = finder.take("dim", DIM, lambda c: distinct(c) <= 1024)
    value = finder.take("value", VALUE, lambda c: numeric_share(table, c) > 0.5)
    series = finder.take("id", SERIES, lambda c: True)
    session = finder.named(SESSION, lambda c: 1 <= distinct(c) < max(2, table.rows // 2))
    finder.drop(session)
    number = finder.named(ROW_NUMBER, is_row_number)
    finder.drop(number)
    others = [c for c in finder.free if plain(c.name) in ALSO_LABEL and looks_like_classes(c)] if found else []
    for other in others:
        finder.drop(other)
    if others and table.named and found is not None:
        notes.append(f"Beside the label {found.name[:30]!r}, column {others[0].name[:30]!r} was left out: a label too.")
    if found is None and not (dim is not None and value is not None):
        found = finder.first(lambda c: is_word_classes(c, table), "label")
    channels = tuple(finder.wanted) or _measured(table, finder.free, notes)
    return Roles(channels, time, clock, found, subject, session, series, part, dim, value, tuple(notes))


def _measured(table: Table, free: Sequence[Column], notes: list[str]) -> tuple[Column, ...]:
    kept, left = [], []
    for c in free:
        empty = c.numbers is not None and bool(np.isnan(c.numbers).all())
        if empty and not c.name and table.named:
            continue
        if (empty and table.named) or numeric_share(table, c) < 0.5:
            left.append(c.name)
        else:
            kept.append(c)
    if left and kept:
        there = ", ".join(n[:30] or "(no name)" for n in left[:5])
        more = f" and {len(left) - 5} more" if len(left) > 5 else ""
        notes.append(f"Not numbers, so left out: column {there}{more}.")
    return tuple(kept)


def _is_whole(c: Column) -> bool:
    """Whether a column holds whole numbers only."""
    return c.numbers is not None and bool(np.isfinite(c.numbers).all() and (c.numbers == np.round(c.numbers)).all())


def says_parts(c: Column) -> bool:
    """Whether a column says train, test or validation."""
    return c.words is not None and c.size > 0 and all(part_name(w) for w in set(c.words))


def is_time(c: Column) -> bool:
    """Whether a column can be read as times: dates in words, or numbers that mostly rise."""
    if c.words is not None:
        return times.from_words(list(c.words[:200])) is not None
    return rises(c.numbers) if c.numbers is not None else False


def could_be_time(c: Column) -> bool:
    """Whether a column that is called a time may be one: any numbers, or readable words."""
    return c.numbers is not None or is_time(c)


def rises(values: Numbers) -> bool:
    """Whether numbers go up nearly always and are not one value."""
    steps = np.diff(values[np.isfinite(values)])
    return values.size == 1 or bool(steps.size and (steps >= 0).mean() > 0.9 and (steps > 0).mean() > 0.05)


def is_clock(c: Column) -> bool:
    """Whether a column is a time of day in words."""
    return c.words is not None and is_time(c)


def looks_like_classes(c: Column) -> bool:
    """Whether a column may be a class: few values; numbers must be whole."""
    if c.words is not None:
        return distinct(c) <= max(2, c.size // 2)
    values = c.numbers[np.isfinite(c.numbers)] if c.numbers is not None else np.zeros(0)
    if not values.size or not (values == np.round(values)).all():
        return False
    return np.unique(values).size <= min(1000, max(2, c.size // 2))


def _label_by_name(c: Column, table: Table) -> bool:
    name = plain(c.name)
    if name == "y" and any(plain(o.name) in ("x", "z") for o in table.columns):
        return False
    if c.words is not None:
        return name in ("label", "class", "target") or distinct(c) <= max(2, c.size * 0.8)
    few = distinct(c) <= max(2, min(100, c.size // 5))
    return looks_like_classes(c) or (few and name in ("label", "labels", "class", "target", "y"))


def is_word_classes(c: Column, table: Table) -> bool:
    """Whether a column of words repeats as classes do."""
    fits = c.words is not None and numeric_share(table, c) < 0.5 and looks_like_classes(c)
    return fits and (distinct(c) > 1 or not table.named)


def is_row_number(c: Column) -> bool:
    """Whether a column only counts the rows."""
    values = _whole_numbers(c)
    return values is not None and values.size > 1 and bool((np.diff(values) == 1).all())


def _whole_numbers(c: Column) -> Numbers | None:
    if c.numbers is not None:
        return c.numbers
    try:
        return cells.numbers([] if c.words is None else list(c.words))
    except ValueError:
        return None


def same_label_within(series: Column, label: Column) -> bool:
    """Whether every series has one label only."""
    seen: dict[str, str] = {}
    return all(seen.setdefault(s, v) == v for s, v in zip(labels_of(series), labels_of(label), strict=True))
