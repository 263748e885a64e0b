"""CSV and its family: any separator, decimal comma, comments, units, quotes; a row is a series, a moment or a value."""

from __future__ import annotations

from dataclasses import replace

from kdviz.data import cutting, delimited, dialect
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader
from kdviz.data.refusal import no_table, refuse_code
from kdviz.errors import FileError

_WORDS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "": "blanks", "\n": "one value a line"}


class DelimitedText(Reader):
    """CSV, TSV and text with one table in it."""

    id = "csv"
    title = "CSV"
    extensions = (".csv", ".tsv", ".txt", ".dat", ".data", ".tab", ".log", ".asc", ".test", ".train")

    def sniff(self, file: File) -> Guess | None:
        """Any text may be a table: the last guess."""
        return Guess(0.2, "it is text") if file.beginning.strip() else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """A table; raises FileError where the text holds none."""
        lines, encoding = _lines(file)
        form = dialect.understand(lines, mapping)
        no_table(form, file)
        try:
            table, left_out = delimited.read(form.source, file.tick)
        except FileError:
            refuse_code(file)
            raise
        said = _WORDS[form.separator] if form.separator in _WORDS else repr(form.separator)
        why = f"text cut at {said}" if form.separator != "\n" else "one value a line"
        warnings = [*form.warnings, *left_out]
        if encoding:
            warnings.append(f"The text is not UTF-8; it was read as {encoding}.")
        if not table.rows:
            raise FileError("There are names but no rows of values in this file.")
        table = replace(table, rate=form.rate)
        return Raw(table, self._title(form.separator), why, tuple(warnings), form.notes, form=form.form)

    def _title(self, separator: str) -> str:
        return {"\t": "TSV", "": "text table", "\n": "text, one column"}.get(separator, self.title)


def _lines(file: File) -> tuple[list[str], str]:
    """The lines, and the encoding where it had to be guessed."""
    found = file.text()
    guessed = found.guessed and not found.text.isascii()
    return cutting.lines_of(found.text), found.encoding if guessed else ""
