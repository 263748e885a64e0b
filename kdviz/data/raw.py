"""What a reader hands on, before anything is chosen or mended: a table, a set of series, or one long recording."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kdviz.data import limits
from kdviz.data.cells import Numbers, Words
from kdviz.data.columns import Table
from kdviz.data.decode import Decoded, decode

Tick: TypeAlias = Callable[[float], None]

HEAD_BYTES = 65_536
GAP = 1.5
EVERY = ("*",)


def silent(done: float) -> None:
    """A tick that tells nobody."""


def unheard(sentence: str) -> None:
    """Told to nobody."""


@dataclass(frozen=True, eq=False)
class File:
    """A file as a reader sees it: its bytes, and a name that is only text (never a path).

    tick       called with the share read so far, 0 to 1
    encoding   how its text is written, "auto" where nobody said
    beside     other files that this one names, where its format is spread over several
    path       where a large file lies, of which `data` is the beginning only; None where `data` is all
    told       called with a sentence about what the beginning says, while the rest is read
    """

    name: str
    data: bytes
    tick: Tick = silent
    encoding: str = "auto"
    beside: tuple[File, ...] = ()
    path: Path | None = None
    told: Callable[[str], None] = unheard

    @property
    def head(self) -> bytes:
        """The first 64 KiB: enough to recognise a format."""
        return self.data[:HEAD_BYTES]

    @property
    def extension(self) -> str:
        """The last extension, lower case, with its dot; empty where there is none."""
        return PurePosixPath(self.name.replace("\\", "/")).suffix.lower()

    def text(self) -> Decoded:
        """The content as text, decoded anew so that nobody holds it longer than needed; raises FileError."""
        return decode(self.data, encoding=self.encoding)

    @cached_property
    def beginning(self) -> str:
        """The first characters as text; empty where the file is no text."""
        return decode(self.head, cut=True, strict=False, encoding=self.encoding).text


@dataclass(frozen=True, eq=False)
class Cases:
    """Series as they stand in the file: lengths may differ, values may be missing (NaN).

    values    one (C, T_i) float array per series
    labels    the label of each as written, "" where missing; None where the file has no labels
    groups    the subject of each, None where unknown
    parts     "train", "validation" or "test" for each, None where the file does not say
    """

    values: Sequence[NDArray[np.floating]]
    labels: Words | None = None
    channels: tuple[str, ...] = ()
    rate: float | None = None
    groups: Words | None = None
    parts: Words | None = None

    @property
    def lengths(self) -> NDArray[np.int64]:
        """The length of each series."""
        return np.array([v.shape[1] for v in self.values], np.int64)


@dataclass(frozen=True, eq=False)
class Recording:
    """One long recording, to be cut into windows.

    values     (C, T) float, NaN where missing
    times      (T,) seconds, None where there is no clock
    labels     (T,) label of each sample as written, "" where missing; None where there are none
    subjects   (T,) the subject or session of each sample, None where unknown
    parts      (T,) "train", "validation" or "test", None where the file does not say
    """

    values: NDArray[np.floating]
    channels: tuple[str, ...]
    times: Numbers | None = None
    labels: Words | None = None
    subjects: Words | None = None
    rate: float | None = None
    parts: Words | None = None

    @property
    def rows(self) -> int:
        """How many samples there are."""
        return int(self.values.shape[1])

    @cached_property
    def borders(self) -> NDArray[np.int64]:
        """Where one subject's rows begin, with 0 and the number of rows."""
        if self.subjects is None or self.rows < 2:
            return np.array([0, self.rows], np.int64)
        change = np.flatnonzero(self.subjects[1:] != self.subjects[:-1]) + 1
        return np.concatenate([[0], change, [self.rows]]).astype(np.int64)

    @cached_property
    def gaps(self) -> NDArray[np.int64]:
        """The rows before which time jumps by more than half a usual step over one, or back."""
        if self.times is None or self.rows < 3:
            return np.zeros(0, np.int64)
        steps = np.diff(self.times)
        usual = np.median(steps[steps > 0]) if (steps > 0).any() else np.inf
        with np.errstate(invalid="ignore"):
            return (np.flatnonzero((steps > GAP * usual) | (steps < 0)) + 1).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Raw:
    """What a reader found, in which format, and why it thinks so.

    label   for a table: the column that the format itself calls the class, "" where it does not say
    layout  for a table: wide, long or tall where the format implies it
    roles   columns by what they are for, where they were already settled
    form    how the text was cut, in the words of a mapping: separator, header, decimal
    heeds   settings of the mapping that the reader itself has heeded, or EVERY
    columns the names of all columns, where a reader arranged a table itself
    """

    content: Table | Cases | Recording
    format: str
    why: str
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    label: str = ""
    layout: str = ""
    roles: Mapping[str, str] | None = None
    form: Mapping[str, str] | None = None
    heeds: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    def saying(self, *warnings: str) -> Raw:
        """The same, with more to warn of."""
        return replace(self, warnings=(*self.warnings, *warnings))


def shown(name: str) -> str:
    """A name from outside as it may stand in a sentence: its last part, short, printable."""
    clean = written(name.replace("\\", "/").rsplit("/", 1)[-1], 10_000)
    return clean if len(clean) <= limits.NAME_CHARACTERS else clean[: limits.NAME_CHARACTERS - 1] + "…"


def written(path: str, most: int = 160) -> str:
    """A path as a person gave it, printable; of a long one the end."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in path)
    return clean if len(clean) <= most else "…" + clean[1 - most :]
