"""A publication figure by name, for scripts and commands, and its file for a paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kdviz.core.files import write
from kdviz.runs.comparison.run_groups import runs_of
from kdviz.runs.publication.base import figure_kinds, publication_figure
from kdviz.runs.publication.figure_sheet import FigureNames, PublicationFigure, as_file
from kdviz.runs.store.run import by_identity


def figure_names() -> FigureNames:
    """What there is to draw."""
    kinds = figure_kinds()
    return FigureNames({k: kind.title for k, kind in kinds.items()}, tuple(k for k in kinds if kinds[k].several))


def of_runs(kind: str, runs: Sequence[str], settings: Mapping[str, Any], method: str = "") -> PublicationFigure:
    """The figure of the runs of these identities; raises UserError."""
    return publication_figure(kind, [by_identity(each) for each in runs], settings, method)


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
