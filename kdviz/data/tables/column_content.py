"""What a column looks like, whatever it is called: a clock, classes, a count of the rows."""

from __future__ import annotations

import numpy as np

from kdviz.data import cells
from kdviz.data.cells import Numbers, part_name
from kdviz.data.columns import Column, Table
from kdviz.data.tables import clock_numbers, time_forms, times

FEWEST_ROWS = 20
MOST_REMARKS = 0.3
SHORTEST_STAY = 4
ROUNDS = 32
_SURE = frozenset(("label", "labels", "class", "classes", "class_label", "target"))


def says_parts(c: Column) -> bool:
    """Whether a column says train, test or validation."""
    if c.numbers is not None and not c.normalised_name.endswith(("train", "test")):
        return False  # numbers say so in a column called is_train only: no need to sort every channel
    return c.size > 0 and c.distinct <= 8 and all(part_name(w, c.name) for w in c.kinds())


def is_time(c: Column) -> bool:
    """Whether a column can be read as times: dates in words, or numbers that mostly rise."""
    if c.words is not None:
        few = [w for w in c.words[:200] if not cells.is_missing(w)]
        found = times.from_words(few)
        lengths = found is not None and time_forms.duration(few[0]) == time_forms.duration(few[0])
        return found is not None and (not lengths or times.of_day(few) or rises(found))
    return rises(c.numbers) if c.numbers is not None else False


def could_be_time(c: Column) -> bool:
    """Whether a column that is called a time may be one: any numbers, or readable words."""
    return c.numbers is not None or is_time(c)


def rises(values: Numbers) -> bool:
    """Whether numbers go up nearly always and are not one value."""
    steps = np.diff(values[np.isfinite(values)])
    return values.size == 1 or bool(steps.size and (steps >= 0).mean() > 0.9 and (steps > 0).mean() > 0.05)


def is_time_in_words(c: Column) -> bool:
    """Whether a column is times that are written out, not numbers."""
    return c.words is not None and is_time(c)


def looks_like_classes(c: Column) -> bool:
    """Whether a column may be a class: few values; numbers must be whole."""
    if c.words is not None:
        return c.distinct <= max(2, c.size // 2)
    values = c.numbers[np.isfinite(c.numbers)] if c.numbers is not None else np.zeros(0)
    if not values.size or not (values == np.round(values)).all():
        return False
    count = c.distinct if values.size == c.size else np.unique(values).size
    return count <= min(1000, max(2, c.size // 2))


def label_by_name(c: Column, table: Table, time: Column | None = None) -> bool:
    """Whether a column that is called a label may be one: "y" beside "x" is not, nor many whole numbers over time."""
    name = c.normalised_name
    if name == "y" and any(o.normalised_name in ("x", "z") for o in table.columns):
        return False
    if c.words is not None and c.numeric_share < 0.5:
        return not is_remarks(c, time) and (name in ("label", "class", "target") or c.distinct <= max(2, c.size * 0.8))
    if time is not None and not _classes_over_time(c, name):
        return False
    if not any(o is not c and o is not time and o.numeric_share >= 0.5 and not o.is_empty for o in table.columns):
        return False  # the only values there are
    few = c.distinct <= max(2, min(100, c.size // 5))
    return looks_like_classes(c) or (few and name in ("label", "labels", "class", "target", "y"))


def _classes_over_time(c: Column, name: str) -> bool:
    """Whether numbers beside a clock are classes: few of them, or each for a while."""
    runs = int((c.codes[1:] != c.codes[:-1]).sum()) + 1
    sure = name in _SURE or name.endswith(("_label", "_class", "label"))
    if c.distinct <= (10 if sure else 3):
        return True
    return c.distinct <= 100 and runs <= c.size // (2 if sure else 5)


def is_remarks(c: Column, time: Column | None) -> bool:
    """Whether words stand in a few rows only, each for a moment: remarks, which name no class of the rows between."""
    if c.words is None or c.size < FEWEST_ROWS:
        return False
    named = c.named_none
    there = np.array([not cells.is_missing(w) or (bool(named) and w == named) for w in c.words], bool)
    share = float(there.mean())
    if share > (MOST_REMARKS if time is not None else 0.1) or not share:
        return share == 0
    codes = np.where(there, c.codes, -1)
    begins = int((there[1:] & (codes[1:] != codes[:-1])).sum() + there[0])
    return bool(there.sum() < SHORTEST_STAY * begins)


def is_word_classes(c: Column, table: Table, time: Column | None = None) -> bool:
    """Whether a column of words repeats as classes do."""
    fits = c.words is not None and c.numeric_share < 0.5 and looks_like_classes(c) and not is_remarks(c, time)
    one = c.words is not None and not table.named and any(ch.isalnum() for ch in str(c.words[0]))
    return fits and (c.distinct > 1 or one)


def is_row_number(c: Column) -> bool:
    """Whether a column only counts the rows."""
    values = _whole_numbers(c)
    return values is not None and values.size > 1 and bool((np.diff(values) == 1).all())


def counts_round(c: Column) -> bool:
    """Whether a column counts the rows up to some number and begins again, as packets are numbered."""
    values = _whole_numbers(c)
    if values is None or values.size < 3:
        return False
    steps = np.diff(values)
    return bool((steps == 1).mean() >= 0.5 and ((steps == 1) | (steps < 0)).all())


def rolls_over(c: Column) -> bool:
    """Whether a column counts (by ones, twos, threes ...) up to 255, 4095, 99 or the like, and goes on from 0."""
    values = c.numbers
    if values is None or values.size < 3 * ROUNDS or not c.is_whole or values.min() < 0 or not c.distinct > ROUNDS:
        return False
    top = float(values.max())
    steps = np.diff(values)
    usual = float(np.median(steps))
    for full in (2.0 ** np.ceil(np.log2(top + 1)), *(10.0**k for k in range(2, 7))):
        near = top < full <= top + 2 * max(1.0, usual)
        if near and usual > 0 and (steps < 0).sum() > 1 and ((steps - usual) % full == 0).mean() > 0.97:
            return True
    return False


def is_count(c: Column) -> bool:
    """Whether a column counts the rows, maybe up to some number and from the beginning again."""
    begins = c.numbers is not None and c.size > 8 and c.is_whole and c.numbers[0] in (0, 1)
    return begins and (is_row_number(c) or (counts_round(c) and c.distinct > 16))


def restarts(series: Column, time: Column | None) -> bool:
    """Whether time goes on within each value of a column and begins again at the next: then it names series."""
    seconds = (
        None
        if time is None
        else (time.numbers if time.is_clock else clock_numbers.from_numbers(time.numbers, time.name, time.unit)[0])
        if time.numbers is not None
        else times.from_words(list(time.words if time.words is not None else []))
    )
    if seconds is None:
        return False
    change = np.diff(series.codes) != 0
    if not change.any() or int(change.sum()) + 1 != series.distinct:
        return False
    steps = np.diff(seconds)
    return bool((steps[change] < 0).mean() > 0.9 and (steps[~change] >= 0).all())


def alternates(label: Column | None) -> bool:
    """Whether a label changes from row to row about as often as if the rows were shuffled: then a row is a series."""
    if label is None or label.size < 8:
        return False
    counts = np.bincount(label.codes)
    if counts.size < 2:
        return False
    by_chance = 1.0 - float(np.sum((counts / label.size) ** 2))
    return bool((np.diff(label.codes) != 0).mean() >= 0.5 * by_chance)


def _whole_numbers(c: Column) -> Numbers | None:
    if c.numbers is not None:
        return None if np.isinf(c.numbers).any() else c.numbers
    try:
        return cells.numbers([] if c.words is None else list(c.words))
    except ValueError:
        return None


def same_label_within(series: Column, label: Column) -> bool:
    """Whether every series has one label only."""
    seen: dict[str, str] = {}
    return all(seen.setdefault(s, v) == v for s, v in zip(series.labels, label.labels, strict=True))


def looks_like_clock(c: Column) -> bool:
    """Whether numbers go on as those of a clock do."""
    values = c.numbers
    return values is not None and values.size > 8 and rises(values) and c.distinct > 0.5 * values.size


def even_steps(c: Column) -> bool:
    """Whether numbers go up by the same step in every row (but for rows that were lost): measured values do not."""
    steps = _steps(c)
    if not steps.size or steps.min() <= 0:
        return False
    usual = float(np.median(steps))
    return bool((np.abs(steps - usual) <= 0.1 * usual).mean() > 0.97)


def rough_steps(c: Column) -> bool:
    """Whether numbers go up in every row by about the same step, as a clock that jitters does."""
    steps = _steps(c)
    if not steps.size or (steps > 0).mean() < 0.98:
        return False
    usual = float(np.median(steps))
    return bool((np.abs(steps - usual) <= 0.5 * usual).mean() > 0.9)


def _steps(c: Column) -> Numbers:
    values = c.numbers
    if values is None or values.size <= 8 or not np.isfinite(values).all():
        return np.zeros(0)
    return np.diff(values)


def is_epoch(c: Column) -> bool:
    """Whether numbers are of the size of seconds (or ms, us, ns) since 1970 and go on as those do."""
    values = c.numbers
    if values is None or values.size <= 8:
        return False
    finite = values[np.isfinite(values)]
    far = finite.size > 8 and float(np.ptp(finite)) < 0.5 * float(np.abs(finite).max())
    return far and clock_numbers.epoch_of(finite) is not None and rises(values)


def stays(c: Column, most: int = 60) -> bool:
    """Whether a column looks like a label over time: few whole numbers in long runs."""
    values = c.numbers
    if values is None or values.size < 4 or not c.is_whole:
        return False
    runs = int((np.diff(values) != 0).sum()) + 1
    return 2 <= c.distinct <= most and runs <= max(2, values.size // 10)


def like_moments(values: Numbers, factor: float = 1.0) -> bool:
    """Whether rows of numbers are nearer to each other than their columns are, by `factor`."""
    return _roughness(values, 0) * factor < _roughness(values, 1)


def _roughness(values: Numbers, axis: int) -> float:
    steps = np.abs(np.diff(values, axis=axis))
    steps = steps[np.isfinite(steps)]
    return float(np.mean(np.minimum(steps, np.percentile(steps, 95)))) if steps.size else 0.0
