"""Excel and LibreOffice workbooks, with the optional package python-calamine; values only, formulas never run."""

from __future__ import annotations

import datetime
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from kdviz.core.errors import FileError, UserError
from kdviz.data import limits, unpack
from kdviz.data.cells import part_name, words
from kdviz.data.file_parts import joined
from kdviz.data.mapping import Mapping, listed
from kdviz.data.prepare.assemble import understood
from kdviz.data.raw import EVERY, Cases, File, Raw
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.text import delimited, dialect

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ROW = re.compile(rb'<row [^>]*?r="(\d{1,9})"')
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]{1,4})\d')
_OOXML = ("[Content_Types].xml", "_rels/.rels", "docProps/", "xl/")


class Spreadsheet(Reader):
    """xlsx, xls, xlsb and ods."""

    id = "spreadsheet"
    title = "Excel"
    extensions = (".xlsx", ".ods", ".xls", ".xlsb", ".xlsm")

    def sniff(self, file: File) -> Guess | None:
        """A zip that begins as Office files do, or the old Office mark."""
        first = unpack.first_member(file.head)
        if first.startswith(_OOXML) or (first == "mimetype" and b"opendocument.spreadsheet" in file.head[:200]):
            return Guess(0.9, "a zip with a workbook inside")
        return Guess(0.9, "an old Office file") if file.head.startswith(_OLE) else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """The table of one sheet; raises FileError for bombs and broken files, UserError for an unknown sheet."""
        if file.head.startswith(unpack.ZIP):
            for name, data in unpack.members(file.data):
                if name.startswith("xl/worksheets/"):
                    _near(data)
        wanted = mapping.sheet or mapping.member
        several = _several(wanted, file)
        sheets, hidden = _sheets(file, () if several == ("all",) else several)
        if len(several) > 1 or several == ("all",):
            return self._classes({n: r for n, r in sheets.items() if n not in hidden}, file, mapping)
        parts = {part: name for name in sheets if (part := part_name(name.split()[-1] if name.split() else ""))}
        if {"train", "test"} <= set(parts) and not wanted:
            return self._parts(parts, sheets, file, mapping)
        shown_ = [n for n in sheets if n not in hidden and sheets[n]] or list(sheets)
        name = max(shown_, key=lambda n: (_numbers(sheets[n]), -shown_.index(n)))
        raw = self._of(name, sheets[name], file, mapping)
        others = [n for n in sheets if n != name and sheets[n]]
        if not others:
            return raw
        there = ", ".join(n[:30] + " (hidden)" * (n in hidden) for n in others)
        alike = [n for n in shown_ if _heading(sheets[n]) == _heading(sheets[name])]
        hint = "" if len(alike) < 2 else f" {len(alike)} sheets have the same columns: sheet=all makes each a class."
        return raw.saying(f"Left out: sheet {there}. Choose one with sheet=NAME (or member=NAME).{hint}")

    def _classes(self, sheets: dict[str, list[list[Any]]], file: File, mapping: Mapping) -> Raw:
        """Every sheet a class: its series, or itself as one. Raises FileError where their channels differ."""
        found = [(n, understood(self._of(n, rows, file, mapping), mapping)) for n, rows in sheets.items() if rows]
        if not found:
            raise FileError("Every sheet is empty.")
        values, labels = [], []
        for name, one in found:
            some = one.content.values if isinstance(one.content, Cases) else [one.content.values]
            values += list(some)
            labels += [name] * len(some)
        odd = next((i for i, v in enumerate(values) if v.shape[0] != values[0].shape[0]), None)
        if odd is not None:
            raise FileError(
                f"Sheet {labels[odd][:30]!r} has {values[odd].shape[0]} channels, {labels[0][:30]!r} has "
                f"{values[0].shape[0]}. Choose some with sheet=NAME,NAME."
            )
        first = found[0][1]
        cases = Cases(values, words(labels), first.content.channels, first.content.rate)
        warnings = tuple(dict.fromkeys(w for _, u in found for w in u.warnings))
        why = f"every sheet is a class ({', '.join(n[:20] for n, _ in found[:6])}); {first.why}"
        return Raw(cases, self._title(file), why, warnings, first.notes, roles=first.roles, heeds=EVERY)

    def _parts(self, parts: dict[str, str], sheets: dict[str, list[list[Any]]], file: File, mapping: Mapping) -> Raw:
        """Sheets called train and test as one data set."""
        inner = replace(mapping, join="name")
        found = [(p, understood(self._of(n, sheets[n], file, mapping), inner)) for p, n in parts.items()]
        cases = [(p, u.content) for p, u in found if isinstance(u.content, Cases)]
        names = " and ".join(repr(n[:30]) for n in parts.values())
        if len(cases) < len(found):
            raise UserError(f"Sheets {names} hold recordings. Choose one with member=NAME.")
        warnings = tuple(dict.fromkeys(w for _, u in found for w in u.warnings))
        first = found[0][1]
        why = f"sheets {names} are one data set; {first.why}"
        return Raw(
            joined(cases, mapping.join), self._title(file), why, warnings, first.notes, roles=first.roles, heeds=EVERY
        )

    def _of(self, name: str, rows: list[list[Any]], file: File, mapping: Mapping) -> Raw:
        lines = ["\t".join(_cell(c) for c in row) for row in rows]
        while lines and not lines[-1].strip():
            lines.pop()
        if not any(line.strip() for line in lines):
            raise FileError(f"The sheet {name[:40]!r} is empty. Choose another with member=NAME.")
        limits.check_values(len(lines) * (lines[0].count("\t") + 1))
        form = dialect.understand(lines, mapping, "\t")
        table, left_out = delimited.read(form.source, file.tick)
        return Raw(
            table,
            self._title(file),
            f"sheet {name[:40]!r}",
            (*form.warnings, *left_out),
            form.notes,
            heeds=("head", "sheet"),
        )

    def _title(self, file: File) -> str:
        return "ODS" if unpack.first_member(file.head) == "mimetype" else self.title


def _several(wanted: str, file: File) -> tuple[str, ...]:
    """The sheets that are wanted; a name with a comma may be one sheet's."""
    if not wanted or wanted in _book(file).sheet_names:
        return (wanted,) if wanted else ()
    return listed(wanted)


def _book(file: File) -> Any:
    try:
        from python_calamine import CalamineWorkbook
    except ImportError:
        raise FileError(
            "Workbooks need one more package: pip install python-calamine. Or save the sheet as CSV, and open that."
        ) from None
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(file.data))
    except Exception as why:  # a native reader raises what it likes
        raise _unread(why) from None


def _unread(why: Exception) -> FileError:
    return FileError(f"The workbook cannot be read ({type(why).__name__}: {str(why)[:60]}). Save it as CSV.")


def _sheets(file: File, wanted: Sequence[str]) -> tuple[dict[str, list[list[Any]]], set[str]]:
    """The rows of every sheet by its name, or of those that are wanted; and the names of hidden ones."""
    book = _book(file)
    try:
        names = list(book.sheet_names)
        if odd := next((w for w in wanted if w not in names), None):
            raise UserError(f"There is no sheet {odd[:40]!r}. There are: {', '.join(n[:30] for n in names[:8])}.")
        found, total = {}, 0
        for name in wanted or names[: limits.SHEETS]:
            sheet = book.get_sheet_by_name(name)
            total += _bounded(sheet)
            limits.check_values(total)
            found[str(name)] = list(_rows(sheet))
        if not found:
            raise FileError("There is no sheet in this workbook.")
        return found, {m.name for m in book.sheets_metadata if not str(m.visible).endswith("Visible") or _veiled(m)}
    except UserError:
        raise
    except Exception as why:  # a native reader raises what it likes
        raise _unread(why) from None


def _veiled(sheet: Any) -> bool:
    return "Hidden" in str(sheet.visible)


def _numbers(rows: list[list[Any]]) -> int:
    """How many numbers a sheet holds: data have more of them than a summary that is longer."""
    return sum(isinstance(c, (int, float)) and not isinstance(c, bool) for row in rows for c in row)


def _heading(rows: list[list[Any]]) -> tuple[str, ...]:
    return tuple(map(_cell, rows[0])) if rows else ()


def _near(sheet: bytes) -> None:
    """A cell far out makes a table of everything before it; raises FileError where that is too much."""
    height = max(map(int, _ROW.findall(sheet)), default=0)
    width = max(map(_column, set(_CELL.findall(sheet))), default=0)
    limits.check_rows(height)
    limits.check_columns(width)
    limits.check_values(height * width)


def _column(letters: bytes) -> int:
    found = 0
    for letter in letters:
        found = 26 * found + letter - 64
    return found


def _bounded(sheet: Any) -> int:
    """How many cells a sheet has; raises FileError where that is too many."""
    height, width = int(sheet.height), int(sheet.width)
    limits.check_rows(height)
    limits.check_columns(width)
    limits.check_values(height * width)
    return height * width


def _rows(sheet: Any) -> Iterator[list[Any]]:
    yield from sheet.iter_rows()


def _cell(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float):
        return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    return " ".join(str(value).replace('"', "").split())
