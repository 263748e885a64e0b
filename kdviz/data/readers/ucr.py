"""UCR archive text (2015: blanks, 2018: tabs): no header, the class first, then the samples."""

from __future__ import annotations

from kdviz.data.delimited import Cutter, Lines, lines_of, read
from kdviz.data.raw import File, Table


def table_of_blanks(file: File) -> Table:
    """The 2015 layout, cut at blanks; raises FileError naming the line."""
    lines = lines_of(file.text.text)
    cutter = Cutter("")
    first = next(i for i, line in enumerate(lines) if line.strip())
    names = tuple(str(i) for i in range(len(cutter.cut(lines[first]))))
    return read(Lines(lines, first, cutter, names, False), file.tick)[0]
