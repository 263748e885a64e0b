"""From what a reader found to a stretch: channels apart from marks, where normal ends, what is missing mended."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping as Plain
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data.cells import Words
from kdviz.data.mapping import Mapping
from kdviz.data.prepare.quality import LARGEST
from kdviz.data.prepare.repair import interpolated
from kdviz.data.raw import Cases, Recording, shown
from kdviz.data.stretch import Stretch, train_end_of

Marks = NDArray[np.uint8]

NAMES = re.compile(
    r"(is[_ ]?)?(anomal(y|ies|ous)|outliers?|attacks?|label|normal[/_ ]attack|ground[_ ]?truth|gt)", re.I
)
NORMAL = frozenset(("", "0", "0.0", "normal", "n", "false", "no", "ok", "inlier", "none", "benign"))
UCR_NAME = re.compile(r"_(\d+)_(\d+)_(\d+)\.[A-Za-z]+$")
APART = re.compile(r"\s*[,;\t]\s*|\s+to\s+|\s+-\s+|\s*\.\.\s*")
"""What stands between the two ends of a range that is written by hand."""
SHARE, FEW_RUNS, MOST_MARKED = 0.3, 200, 0.7
UNSAID = (
    "You have not said where normal ends: the first 30 % are taken for normal. Say it (Normal ends at; in a shell "
    "--train-end) if you know better."
)


def stretch_of(content: Cases | Recording, name: str, mapping: Mapping, train_end: str, source: Plain[str, Any],
               marks: Marks | None = None, said_end: int | None = None) -> Stretch:  # fmt: skip
    """The stretch of one recording (or of one long series); raises UserError or FileError in a sentence.

    train_end  as a person says it, "" for nobody did; `marks` and `said_end` are what the file's own format says
    """
    recording = _one(content)
    values, channels, found = _apart(recording)
    marks = _of_words(recording.labels) if marks is None else marks
    marks = found if marks is None else marks
    marks = _of_name(name, recording.rows) if marks is None else marks
    with np.errstate(invalid="ignore"):
        huge = np.abs(values) > LARGEST
    values = np.where(huge, np.nan, values)
    mended: NDArray[np.bool_] = np.asarray(~np.isfinite(values).all(0))
    _refuse_empty(values, channels)
    times = recording.times if recording.times is not None and np.isfinite(recording.times).all() else None
    edges = np.union1d(recording.borders, recording.gaps) if mapping.gaps == "split" else recording.borders
    bare = Stretch(
        np.ascontiguousarray(interpolated(values), np.float32), values.shape[1], channels, name, times,
        edges.astype(np.int64), mended if mended.any() else None, mapping.rate or recording.rate, source, (), marks,
    )  # fmt: skip
    end, said = _end(bare, train_end, said_end)
    beyond = f"{int(huge.sum()):,} values infinite or beyond {LARGEST:.3g} count as missing."
    large = [beyond] * bool(huge.any())
    warnings = [*said, *large, *_about(bare, end)]
    return replace(bare, train_end=end, warnings=tuple(warnings))


def _one(content: Cases | Recording) -> Recording:
    if isinstance(content, Recording):
        return content
    if len(content.values) == 1:
        return Recording(np.asarray(content.values[0], np.float64), content.channels, rate=content.rate)
    raise UserError(
        f"This file holds {len(content.values):,} series, not one long recording. Watching needs one recording; "
        "series with classes can be distilled."
    )


def _apart(recording: Recording) -> tuple[NDArray[np.float64], tuple[str, ...], Marks | None]:
    """The channels and, where one of several is marks by its name or its content, these."""
    values = np.asarray(recording.values, np.float64)
    count = values.shape[0]
    names = recording.channels
    if len(names) != count:
        names = ("value",) if count == 1 else tuple(f"channel {k + 1}" for k in range(count))
    chosen = [k for k in range(count) if _binary(values[k])]
    named = [k for k in chosen if NAMES.fullmatch(names[k].strip())]
    by_runs = [k for k in chosen if count > 1 and recording.labels is None and _few_runs(values[k])]
    if not named and not by_runs:
        return values, names, None
    at = (named or by_runs)[-1]
    left = [k for k in range(count) if k != at and k not in named]
    return values[left], tuple(names[k] for k in left), np.asarray(values[at] > 0, np.uint8)


def _binary(row: NDArray[np.float64]) -> bool:
    return bool(np.isin(row, (0, 1)).all()) and bool((row > 0).any())


def _few_runs(row: NDArray[np.float64]) -> bool:
    """0 and 1 in few long runs, mostly 0: marks, or a switch that is as rarely thrown."""
    return int(np.count_nonzero(np.diff(row))) <= min(FEW_RUNS, row.size // 20) and float(row.mean()) <= MOST_MARKED


def _of_words(labels: Words | None) -> Marks | None:
    """Marks of a label column in which one word is a usual one for normal, and there is no third kind but anomalies."""
    if labels is None:
        return None
    words = [str(w).strip().lower() for w in labels]
    kinds = set(words)
    if not kinds & (NORMAL - {""}) or len(kinds) > FEW_RUNS:
        return None
    return np.array([w not in NORMAL for w in words], np.uint8)


def _of_name(name: str, rows: int) -> Marks | None:
    found = UCR_NAME.search(name)
    if found is None:
        return None
    _, first, last = map(int, found.groups())
    if not 1 <= first <= last <= rows:
        return None
    marks = np.zeros(rows, np.uint8)
    marks[first - 1 : last] = 1
    return marks


def _end(stretch: Stretch, given: str, said: int | None) -> tuple[int, list[str]]:
    """Where normal ends: as asked, as the file says, before the first mark, else 30 %; and what to warn of."""
    length, first = stretch.length, _first_mark(stretch.marks)
    if given:
        end = train_end_of(given, length, stretch.rate, stretch.sample_at)
        if first is not None and first < end < length:
            raise UserError(
                f"The normal part ends at sample {end:,}, but sample {first:,} is already marked as anomalous. "
                f"End it at {first:,} or before, or say `whole`."
            )
        return end, []
    by_name = UCR_NAME.search(stretch.name)
    told = said if said is not None else int(by_name.group(1)) if by_name is not None else None
    if told is not None and 0 < told < length:
        return told, []
    if told is not None:
        raise UserError(f"The file says that its normal part ends at sample {told:,} of {length:,}: say --train-end.")
    if first is not None and first > 0:
        return first, [f"Normal ends at sample {first:,}, before the first mark, as nobody said otherwise."]
    return round(SHARE * length), [UNSAID]


def _first_mark(marks: Marks | None) -> int | None:
    found = None if marks is None else np.flatnonzero(marks)
    return int(found[0]) if found is not None and found.size else None


def _refuse_empty(values: NDArray[np.float64], channels: tuple[str, ...]) -> None:
    if not values.shape[0]:
        raise FileError("Only marks are in this file, and no channel to watch.")
    for row, name in zip(values, channels, strict=True):
        if not np.isfinite(row).any():
            raise FileError(f"The channel {shown(name)!r} holds no value at all. Leave it out: channels=...")


def _about(stretch: Stretch, end: int) -> list[str]:
    said = []
    if stretch.mended is not None:
        many = int(stretch.mended.sum())
        what = "1 sample has" if many == 1 else f"{many:,} samples have"
        said.append(f"{what} missing values: they lie on the line between their neighbours now, and get no alarm.")
    still = [n for n, row in zip(stretch.channels, stretch.values[:, :end], strict=True) if np.ptp(row) == 0]
    if still:
        names = ", ".join(map(shown, still[:4]))
        said.append(f"{names} never moves in the normal part, so any move of it later looks large.")
    if end >= stretch.length:
        said.append("No normal part is known: the student also learns from what is anomalous, and sees less of it.")
    return said


def lines_of(content: bytes) -> list[list[str]] | None:
    """Ranges written one a line, `from, to`, under a heading or none; None where they are not."""
    if content.lstrip()[:1] in (b"[", b"{"):
        return None
    rows = [APART.split(row.strip()) for row in content.decode("utf-8", "replace").splitlines() if row.strip()]
    rows = rows[1:] if rows and not any(c.isdigit() for c in "".join(rows[0])) else rows
    return rows if rows and all(len(row) == 2 and all(row) for row in rows) else None


def of_ranges(content: bytes, stretch: Stretch, name: str) -> Marks:
    """Marks from JSON: [[from, to], ...] in samples or times, or such lists by file name (NAB); or from lines of
    `from, to`. Raises FileError."""
    try:
        found = lines_of(content) or json.loads(content)
    except (ValueError, RecursionError):
        raise FileError(
            f"{shown(name)!r} holds no ranges. Write one a line, `from, to` in samples or times, or JSON: "
            "[[from, to], ...]."
        ) from None
    if isinstance(found, dict):
        of_this = [v for k, v in found.items() if str(k).rsplit("/", 1)[-1] == stretch.name]
        found = of_this[0] if of_this else next(iter(found.values())) if len(found) == 1 else None
    good = isinstance(found, list) and all(isinstance(p, list) and len(p) == 2 for p in found)
    if not good or not isinstance(found, list):
        raise FileError(f"{shown(name)!r} holds no ranges of {shown(stretch.name)!r}. Write [[from, to], ...].")
    marks = np.zeros(stretch.length, np.uint8)
    for first, last in found:
        a, b = (stretch.sample_at(str(p).replace(" ", "T")) for p in (first, last))
        if a > b:
            raise FileError(f"The range [{first}, {last}] ends before it begins. Write [[from, to], ...].")
        marks[a : b + 1] = 1
    return marks
