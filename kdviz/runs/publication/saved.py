"""A publication figure by name, for scripts and commands, and its file for a paper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import write
from kdviz.figures.chart_export import FIGURE_FORMATS, WIDTHS, sheet
from kdviz.runs.comparison.run_groups import runs_of
from kdviz.runs.publication.base import PublicationFigure, publication_figure


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
    found = [run for word in runs for run in runs_of(word)]
    return SavedFigure(publication_figure(kind, found, settings, method))


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
