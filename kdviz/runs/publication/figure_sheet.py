"""What a publication figure holds, in plain values, and its file: pages read this, and nothing here imports torch."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kdviz.core.errors import UserError
from kdviz.figures.chart import Chart
from kdviz.figures.chart_export import FIGURE_FORMATS, WIDTHS, sheet


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
    method: str
    settings: dict[str, Any]
    columns: int
    file: str

    @property
    def shell(self) -> str:
        """For a shell."""
        of = ["--method", self.method] if self.method else []
        given = [word for key, value in self.settings.items() for word in ("--set", f"{key}={value}")]
        words = [self.kind, *self.runs, *of, *given, "--columns", str(self.columns), "--out", self.file]
        return f"python -m kdviz figure {shlex.join(words)}"

    @property
    def python(self) -> str:
        """For a script."""
        named = {"method": self.method} if self.method else {}
        words = [*map(repr, (self.kind, *self.runs)), *(f"{k}={v!r}" for k, v in {**named, **self.settings}.items())]
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
