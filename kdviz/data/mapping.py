"""How a file is to be read: what each column is, how a recording is cut, what is mended. Names and numbers only."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Mapping as Given
from dataclasses import dataclass
from typing import Annotated

from kdviz.core import params
from kdviz.core.errors import UserError
from kdviz.core.params import Choice, Range, Text, Value

NOTHING = "-"
ENCODINGS = ("auto", "utf-8", "cp1252", "gb18030", "big5", "shift_jis", "euc_kr", "cp1251", "koi8_r", "iso8859_7",
             "cp1250", "cp1254")  # fmt: skip
OWN_FLAGS = ("label", "time", "subject", "channels", "window", "step")

Column = Annotated[str, Text("column: its name, 'first', 'last' or '#3'; '-' for none; empty: as recognised")]


@dataclass(frozen=True)
class Mapping:
    """Every choice about a file. The defaults mean: as recognised; what was done is said."""

    label: Column = ""
    time: Column = ""
    subject: Column = ""
    channels: Annotated[str, Text("columns that are measured, separated by commas; empty: as recognised")] = ""
    window: Annotated[str, Text("length of a window: samples (128) or seconds (2.5s)", 20)] = ""
    step: Annotated[str, Text("from one window to the next: samples or seconds; empty: one window", 20)] = ""
    id: Annotated[str, Text("column that names the series that a row belongs to; '-' for none")] = ""
    set: Annotated[str, Text("column that says train, validation or test; '-' for none")] = ""
    dim: Annotated[str, Text("long tables: column that names the channel")] = ""
    value: Annotated[str, Text("long tables: column of the values")] = ""
    ignore: Annotated[str, Text("columns to leave out, separated by commas")] = ""
    layout: Annotated[str, Choice(("auto", "wide", "long", "tall"), "what a row is: a series, a value, a moment")] = (
        "auto"
    )
    header: Annotated[str, Choice(("auto", "yes", "no"), "whether the first row names the columns")] = "auto"
    separator: Annotated[str, Choice(("auto", ",", ";", "tab", "space", "|"), "between two values")] = "auto"
    decimal: Annotated[str, Choice(("auto", ".", ","), "decimal mark")] = "auto"
    encoding: Annotated[str, Choice(ENCODINGS, "how the text is written")] = "auto"
    bad_lines: Annotated[
        str, Choice(("stop", "drop", "pad"), "a line with too few or too many values; pad: short series")
    ] = "stop"
    head: Annotated[int, Range(0, 100_000, help="line where the table begins (its names); 0: as found")] = 0
    missing_words: Annotated[
        str, Text("words and numbers that mean missing, separated by commas: -999, OL; beside the usual ones")
    ] = ""
    sheet: Annotated[
        str, Text("which sheet of a workbook; several separated by commas are a class each; all: every one")
    ] = ""
    folder: Annotated[
        str,
        Text("which folder of an archive is the class: 1 outermost, last innermost; name: the files' names; '-': none"),
    ] = ""
    member: Annotated[str, Text("which file of an archive, sheet of a workbook or variable of a .mat")] = ""
    join: Annotated[
        str,
        Choice(("name", "place"), "channels of several files: by their names; place: as they stand, whatever named"),
    ] = "name"
    axes: Annotated[str, Choice(("auto", "NCT", "NTC"), "order of series N, channel C and time T")] = "auto"
    every: Annotated[
        int, Range(0, 1_000_000, help="keep one sample of so many, their mean; 0: all, as far as there is room")
    ] = 0
    rate: Annotated[float, Range(0.0, 1e9, help="samples per second; 0: as the file says")] = 0.0
    rule: Annotated[
        str, Choice(("majority", "whole", "rarest"), "a window's label: of most samples, of all or none, the rarest")
    ] = "majority"
    order: Annotated[
        str, Choice(("auto", "sort", "keep"), "rows whose times are not in order; auto: the reading stops and asks")
    ] = "auto"
    gaps: Annotated[str, Choice(("bridge", "split"), "may a window span a gap in time")] = "bridge"
    missing: Annotated[str, Choice(("interpolate", "zero", "drop"), "missing values; drop: the whole series")] = (
        "interpolate"
    )
    bare: Annotated[
        str,
        Choice(
            ("auto", "drop", "learn"),
            "series without a label: leave them out, or learn from them beside the others; auto: a few are left out, "
            "for most the reading stops and asks",
        ),
    ] = "auto"
    unequal: Annotated[str, Choice(("pad", "truncate", "resample"), "series of different length")] = "pad"
    constant: Annotated[str, Choice(("keep", "drop"), "series that never change")] = "keep"
    duplicates: Annotated[str, Choice(("keep", "drop"), "series that occur twice")] = "keep"
    split: Annotated[
        str, Choice(("auto", "file", "stratified", "group", "block"), "how train, validation and test are cut")
    ] = "auto"
    test: Annotated[float, Range(0.0, 0.9, 0.05, "share of the test set where one is cut")] = 0.25
    validation: Annotated[float, Range(0.0, 0.9, 0.05, "share of the training set kept for validation")] = 0.2
    seed: Annotated[int, Range(0, 2**31 - 1, help="seed of the cut")] = 0

    def __post_init__(self) -> None:
        for name in ("window", "step"):
            span(getattr(self, name), name)

    @property
    def channel_names(self) -> tuple[str, ...]:
        """The wanted channels, in order."""
        return listed(self.channels)

    @property
    def ignored(self) -> tuple[str, ...]:
        """The columns to leave out."""
        return listed(self.ignore)

    @property
    def lacking(self) -> tuple[str, ...]:
        """The words and numbers that mean missing."""
        return listed(self.missing_words)

    def as_dict(self) -> dict[str, Value]:
        """What differs from the defaults: a recipe's and a link's part."""
        fresh = params.as_dict(Mapping())
        return {k: v for k, v in params.as_dict(self).items() if v != fresh[k]}

    def flags(self) -> str:
        """The same as command-line flags."""
        words: list[str] = []
        for name, value in self.as_dict().items():
            words += [f"--{name}", str(value)] if name in OWN_FLAGS else ["--set", f"{name}={value}"]
        return shlex.join(words)

    def shell(self, *names: str) -> str:
        """The files called so and the flags, as shell words."""
        return f"{shlex.join(names)} {self.flags()}".rstrip()

    def python(self, *names: str) -> str:
        """The same as Python source that opens the files called so."""
        given = f", {self.as_dict()!r}" if self.as_dict() else ""
        files = repr(names[0]) if len(names) == 1 else repr(list(names))
        return f"import kdviz\n\ndata = kdviz.open_data({files}{given})\n"


def mapping_from(given: Given[str, object] | Mapping | None) -> Mapping:
    """A Mapping from names and values (text or typed); raises UserError for what is not allowed."""
    if isinstance(given, Mapping):
        return given
    plain = {k: ",".join(quoted(v) for v in x) if isinstance(x, (list, tuple)) else x for k, x in (given or {}).items()}
    return params.fill(Mapping, plain)


def quoted(name: object) -> str:
    """A name as it stands in a list of names."""
    text = str(name)
    return '"' + text.replace('"', '""') + '"' if set(',"\n') & set(text) else text


def listed(text: str) -> tuple[str, ...]:
    """Names separated by commas; a name that holds a comma stands in double quotes."""
    if not text:
        return ()
    row = next(csv.reader([text], skipinitialspace=True), [])
    return tuple(name.strip() for name in row if name.strip())


def span(text: str, what: str) -> tuple[float, bool] | None:
    """A length as (number, in seconds?), or None where none is given; raises UserError."""
    if not text:
        return None
    seconds = text.strip().lower().endswith("s")
    try:
        number = float(text.strip().lower().removesuffix("s"))
    except ValueError:
        number = -1.0
    whole = seconds or number == int(number) if abs(number) < 1e9 else False
    if not whole or not 0 < number < 1e9:
        raise UserError(
            f"The {what} was {text[:20]!r}; give a number of samples (128) or of seconds (2.5s), greater than 0."
        )
    return number, seconds
