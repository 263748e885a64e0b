"""What a publication figure holds, in plain values, and its file: pages read this, and nothing here imports torch."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import write
from kdviz.figures.chart import Chart
from kdviz.figures.chart_export import FIGURE_FORMATS
from kdviz.runs.publication.sheet_layout import WIDTHS, sheet


@dataclass(frozen=True)
class PublicationFigure:
    """What was drawn.

    caption    what is shown, of which data and method, n, seeds, intervals and corrections
    says       what it can and cannot say, in one sentence
    numbers    plain values, all that the charts are made of that a text may quote
    """

    kind: str
    title: str
    caption: str
    says: str
    charts: dict[str, Chart]
    numbers: dict[str, Any]


@dataclass(frozen=True)
class FigureNames:
    """Every kind by id: its title, and which of them are of several runs."""

    titles: dict[str, str]
    several: tuple[str, ...]


@dataclass(frozen=True)
class SameFigure:
    """The lines that draw a figure again: runs or sweeps as they are named, settings, and the file."""

    kind: str
    runs: tuple[str, ...]
    settings: dict[str, Any]
    columns: int
    file: str
    method: str = ""

    @property
    def shell(self) -> str:
        """For a shell."""
        given = [word for key, value in self.settings.items() for word in ("--set", f"{key}={value}")]
        of = ["--method", self.method] if self.method else []
        words = [self.kind, *self.runs, *of, *given, "--columns", str(self.columns), "--out", self.file]
        return f"python -m kdviz figure {shlex.join(words)}"

    @property
    def python(self) -> str:
        """For a script."""
        given = {**({"method": self.method} if self.method else {}), **self.settings}
        words = [*map(repr, (self.kind, *self.runs)), *(f"{k}={v!r}" for k, v in given.items())]
        return (
            f"import kdviz\nfigure = kdviz.figure({', '.join(words)})\nprint(figure.caption)\n"
            f"figure.save({self.file!r}, columns={self.columns})"
        )


def as_file(drawn: PublicationFigure, form: str, columns: int = 2) -> bytes:
    """The figure in a format of FIGURE_FORMATS; raises UserError for another, or another width."""
    if form not in FIGURE_FORMATS or columns not in WIDTHS:
        raise UserError(
            f"A figure was asked for as {form[:12]!r}, {columns} columns wide; it can be {', '.join(FIGURE_FORMATS)}, "
            "1 or 2 columns wide."
        )
    return sheet(drawn.charts, f"{drawn.title}. {drawn.caption} {drawn.says}", form, columns)


def as_json(drawn: PublicationFigure) -> Mapping[str, Any]:
    """All of it in plain values, but the charts."""
    told = asdict(drawn)
    del told["charts"]
    return told


class SavedFigure:
    """A figure that can be saved; `caption`, `says`, `numbers` and `charts` are plain values."""

    def __init__(self, drawn: PublicationFigure) -> None:
        self.drawn = drawn
        self.caption, self.says, self.numbers, self.charts = drawn.caption, drawn.says, drawn.numbers, drawn.charts

    def save(self, path: str | Path, columns: int = 2) -> Path:
        """Write it as SVG, PDF, PNG or CSV, whichever the name ends with, one or two columns of a paper wide.

        The caption stands beneath. Raises UserError for another ending or width.
        """
        path = Path(path)
        write(path, as_file(self.drawn, path.suffix.removeprefix(".").lower(), columns))
        return path


def figure(kind: str, *runs: str, method: str = "", **settings: Any) -> SavedFigure:
    """The publication figure of a run or a sweep, named by identity or folder, or of several; raises UserError.

    kind    confusion, similarity, embedding, spectral, robustness, size or teachers
    method  where a sweep holds several, for the kinds that are of one
    """
    from kdviz.runs.comparison.run_groups import runs_of
    from kdviz.runs.publication.base import publication_figure

    found = [run for word in runs for run in runs_of(word)]
    return SavedFigure(publication_figure(kind, found, settings, method))
