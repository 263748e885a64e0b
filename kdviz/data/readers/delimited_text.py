"""CSV and its family: a table of numbers in text; other text (a program, a web page) is refused in words."""

from __future__ import annotations

import re
from dataclasses import replace

from kdviz.core.errors import FileError
from kdviz.data.cells import is_date, is_number, unit_among
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw, silent
from kdviz.data.readers.base import Guess, Reader, whole
from kdviz.data.readers.kept_rows import Plan
from kdviz.data.readers.large_text import PIECES, planned, read_large, sample_of
from kdviz.data.tables.layout import Arranged
from kdviz.data.tables.wide import is_list
from kdviz.data.text import delimited, dialect, lines
from kdviz.data.text.device_layouts import known_layout
from kdviz.data.text.dialect import Dialect
from kdviz.data.text.loose_lines import plain_lines

LFS = "version https://git-lfs.github.com/spec/"
_PROSE = (
    (re.compile(r"\A\s*" + re.escape(LFS)), "This is a Git LFS pointer, not the data themselves. Run: git lfs pull"),
    (re.compile(r"\A\s*(<!doctype html|<html)", re.I), "This is a web page, not data. Download the file itself."),
    (re.compile(r"\A\s*<\?xml|\A\s*<svg", re.I), "This is XML, which is not read. Export the series as CSV."),
    (re.compile(r"\A%PDF"), "This is a PDF. Export the series as CSV."),
    (
        re.compile(r"\A\s*[\[{(]\s*\{?\s*'[^'\n]{0,60}'\s*:"),
        "This is a Python dict as text, not JSON: its keys stand in single quotation marks. Write it with json.dump.",
    ),
    (re.compile(r"\A\s*(INSERT INTO|CREATE TABLE|BEGIN TRANSACTION)\b", re.I), "This is SQL. Export the table as CSV."),
    (re.compile(r"\A\s*##TITLE\s*=", re.I), "This is JCAMP-DX, a spectrum; it is not read. Export its points as CSV."),
    (
        re.compile(r"\A\s*\$(G[PNLAB]|BD)[A-Z]{3},"),
        "These are NMEA sentences, whose lines are of several kinds. Convert the track to CSV first (gpsbabel).",
    ),
    (
        re.compile(r"\A\s*\[1\]\s.*\n\s*\[(?!2\])\d+\]\s"),
        "This is a vector as R prints it: the number in brackets counts its values. Write it with write.csv.",
    ),
    (re.compile(r"\A\{\\rtf"), "This is a text document (RTF). Export the series as CSV."),
)
_CODE = re.compile(
    r"^\s*(import\s|export\s|interface\s|const\s|let\s|function\s|class\s|def\s|#include|package\s)", re.M
)
_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "": "blanks", "\n": "one value a line"}


class DelimitedText(Reader):
    """CSV, TSV and text with one table in it."""

    id = "csv"
    title = "CSV"
    streams = True
    extensions = (".csv", ".tsv", ".txt", ".dat", ".data", ".tab", ".log", ".asc", ".test", ".train")

    def sniff(self, file: File) -> Guess | None:
        """Any text may be a table: the last guess."""
        return Guess(0.2, "it is text") if file.beginning.strip() else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """A table; raises FileError where the text holds none. Of a large text its recording, read in one pass."""
        if file.path is not None:
            found = self._large(file, mapping)
            return found if found is not None else self.read(whole(file), mapping)
        return self._read(file, mapping)[0]

    def _large(self, file: File, mapping: Mapping) -> Raw | None:
        """Planned by some lines from all over; by the first ones where others are odd: the pass will name those."""
        try:
            made = self._planned(file, mapping, PIECES)
        except FileError:
            made = self._planned(file, mapping, 1)
        return None if made is None else read_large(*made, file, mapping)

    def _planned(self, file: File, mapping: Mapping, pieces: int) -> tuple[Raw, Plan, Arranged] | None:
        assert file.path is not None
        sample = replace(file, data=sample_of(file.path, pieces), path=None, tick=silent)
        raw, form = self._read(sample, mapping)
        made = None if form is None else planned(raw, form, sample, file.path.stat().st_size, mapping)
        return None if made is None else (raw, *made)

    def _read(self, file: File, mapping: Mapping) -> tuple[Raw, Dialect | None]:
        """The table, and how the text is cut, None where its lines were made plain first."""
        lines, encoding = _lines(file)
        refuse_prose(file.beginning)
        plain = plain_lines(lines)
        form = dialect.understand(plain.lines, mapping, "," if plain.sparse else "\t" if plain.names else "")
        no_table(form, file)
        try:
            table, left_out = delimited.read(form.source, file.tick)
        except FileError:
            refuse_code(file)
            raise
        cut_at = _SEPARATORS[form.separator] if form.separator in _SEPARATORS else repr(form.separator)
        why = f"text cut at {cut_at}" if form.separator != "\n" else "one value a line"
        warnings = [*form.warnings, *left_out]
        if encoding:
            warnings.append(f"The text is not UTF-8; it was read as {encoding}.")
        table = replace(table, rate=form.rate)
        if len(plain.names) == len(table.columns):
            renamed = (replace(c, name=n) for c, n in zip(table.columns, plain.names, strict=True))
            table = replace(table, columns=tuple(renamed), named=True)
        notes = (*form.notes, *([plain.note] if plain.note else []))
        first = table.columns[0].name if plain.sparse else ""
        hint = "wide" if plain.sparse else ""
        if hint == "" and mapping.layout in ("auto", "tall") and (known := known_layout(table, (mapping.label,))):
            table, first, hint, notes = known.table, known.label, "tall", (*notes, known.note)
        title, said = self._title(form.separator), tuple(warnings)
        raw = Raw(table, title, why, said, notes, first, hint, form=form.form, heeds=("head",))
        return raw, form if plain.lines is lines else None

    def _title(self, separator: str) -> str:
        return {"\t": "TSV", "": "text table", "\n": "text, one column"}.get(separator, self.title)


def _lines(file: File) -> tuple[list[str], str]:
    """The lines, and the encoding where it had to be guessed."""
    found = file.text()
    guessed = found.guessed and not found.text.isascii()
    whole = lines.lines_of(found.text)
    return whole, found.encoding if guessed else ""


def refuse_prose(text: str) -> None:
    """Raises FileError where the text is something else that is known."""
    for pattern, sentence in _PROSE:
        if pattern.search(text):
            raise FileError(sentence)


def no_table(form: Dialect, file: File) -> None:
    """Raises FileError where a text has no column of numbers."""
    refuse_prose(file.beginning)
    rows = [r for _, r in form.sample]
    comma = form.source.comma
    if _some_column(rows, comma):
        return
    if any(is_list(r[j]) for r in rows[:3] for j in range(len(r))):
        return
    refuse_code(file)
    line, column, cell = _first_word(form, comma)
    where = f" (line {line}, column {column}: {cell[:40]!r})" if cell else ""
    raise FileError(
        f"No column of numbers was found in this text{where}. One row per series, or one row per moment, with numbers "
        "cut by commas, semicolons, tabs or blanks is read.",
        line,
        column,
    )


def refuse_code(file: File) -> None:
    """Raises FileError where a text begins as programs do."""
    if _CODE.search(file.beginning):
        what = "TypeScript source code, not a series file" if file.extension == ".ts" else "source code, not data"
        raise FileError(f"This looks like {what}. Choose a file of numbers.")


def _first_word(form: Dialect, comma: bool) -> tuple[int, int, str]:
    """Line, column and content of the first cell that should be a number: beside the first, which may be a label."""
    for line, row in form.sample:
        for column, cell in enumerate(row[1:] if len(row) > 2 else row, 2 if len(row) > 2 else 1):
            if cell.strip() and not is_number(cell, comma) and not is_date(cell):
                return line, column, cell
    return 1, 1, ""


def _measured(column: list[str]) -> bool:
    """Whether cells are numbers with a unit, not all of them whole: "3 %" may be a class."""
    return len(column) > 2 and bool(unit_among(column)) and any("." in c or "," in c for c in column)


def _some_column(rows: list[list[str]], comma: bool) -> bool:
    width = max(map(len, rows), default=0)
    columns = [[r[j] for r in rows if len(r) > j and r[j].strip()] for j in range(width)]
    return any(_measured(c[len(c) // 2 :]) for c in columns) or any(
        c and sum(is_number(x, comma) for x in c) >= 0.5 * len(c) for c in columns
    )
