"""A report to send."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.commands.base import Command, refuse_folder, say
from kdviz.core.errors import UserError

if TYPE_CHECKING:
    from kdviz.report.page import Page
    from kdviz.runs.publication.figure_sheet import PublicationFigure
    from kdviz.runs.store.run import Run


class Report(Command):
    """One HTML file."""

    id = "report"
    help = "write a run, or a comparison of several, as one HTML file that works offline"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run or runs."""
        parser.add_argument("what", nargs="+", metavar="RUN_DIR|SWEEP_DIR|ID|all")
        parser.add_argument("--baseline", default="", metavar="METHOD", help="for a comparison")
        parser.add_argument("--out", required=True, type=Path, metavar="report.html")
        parser.add_argument(
            "--paper",
            default="",
            metavar="KIND,KIND",
            help="figures for a paper to put into it, as `figure` draws them",
        )
        parser.add_argument("--method", default="", metavar="METHOD", help="whose they are, of several methods")
        parser.add_argument("--figures", type=Path, metavar="DIR", help="also write its charts as SVG, PDF and CSV")

    def run(self, given: Namespace) -> int:
        """The file and its size."""
        from kdviz.core.files import write
        from kdviz.runs.comparison.run_groups import runs_of, sweep_of

        refuse_folder(given.out)
        runs = [run for word in given.what for run in runs_of(word)]
        alone = len(runs) == 1 and sweep_of(given.what[0]) is None
        paper = drawn(runs, given.paper, given.method)
        page = one(runs[0], paper) if alone else many(runs, given.baseline, paper)
        content = page.html().encode()
        write(given.out, content)
        files = [] if given.figures is None else figures(page, given.figures)
        if given.json:
            say({"out": str(given.out), "bytes": len(content), "runs": len(runs), "figures": files})
        else:
            print(f"{given.out}: {len(content) / 1e6:.2f} MB, {len(runs)} run{'s' * (len(runs) != 1)}")
        return 0


def drawn(runs: Sequence[Run], kinds: str, method: str) -> list[PublicationFigure]:
    """The figures for a paper that are named; raises UserError where one cannot be drawn."""
    from kdviz.runs.publication.base import publication_figure

    return [publication_figure(kind.strip(), runs, None, method) for kind in kinds.split(",") if kind.strip()]


def one(run: Run, paper: Sequence[PublicationFigure] = ()) -> Page:
    """A run's report, its networks asked here; without its data, what its records say."""
    from kdviz.report.run_report import DELETED_SERIES, RunReportInput, run_page
    from kdviz.runs.analysis.evaluate import measured
    from kdviz.runs.analysis.opened_run import open_for_looking
    from kdviz.runs.analysis.sanity_checks import every_filling
    from kdviz.runs.analysis.snapshots import snapshots
    from kdviz.runs.store.catalogue import remembered
    from kdviz.runs.store.measures import kept

    if run.recipe.train_end:
        from kdviz.report.watch_report import watch_page

        return watch_page(run)
    if run.recipe.recorded:
        return of_recorded(run)
    row = next(m for m in remembered()["methods"] if m["id"] == run.recipe.method)
    try:
        opened = open_for_looking(run)
    except UserError:
        return run_page(RunReportInput(run, row, None, kept(run)))
    shots = snapshots(opened) if opened.kept_epochs() else None
    deletion = {}
    for role in opened.networks:
        with suppress(UserError):  # a network without a map in time
            deletion[role] = every_filling(opened, "cam", role, DELETED_SERIES)
    return run_page(RunReportInput(run, row, opened.data, measured(run), shots, deletion, paper))


def of_recorded(run: Run) -> Page:
    """The report of networks that were trained elsewhere, from what was recorded."""
    from kdviz.report.recorded_report import recorded_page
    from kdviz.runs.recorded.record import read
    from kdviz.runs.store.datasets import reopen
    from kdviz.runs.store.measures import kept

    data = None
    with suppress(UserError):  # not here: its numbers are
        data = reopen(run.recipe.data, run.request.get("source", {}), str(run.request.get("data", "")))
    return recorded_page(run, read(run), data, kept(run))


def many(runs: Sequence[Run], baseline: str, paper: Sequence[PublicationFigure] = ()) -> Page:
    """A comparison's report."""
    from kdviz.report.comparison_report import comparison_page
    from kdviz.runs.comparison.compare import comparison

    return comparison_page(comparison(runs, baseline), runs, paper)


def figures(page: Page, folder: Path) -> list[str]:
    """Every chart of a report as files for a paper; their names."""
    from kdviz.core.files import write
    from kdviz.figures.chart_export import figure_bytes

    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for number, chart in enumerate(page.charts, 1):
        for form in ("svg", "pdf", "csv"):
            names.append(f"{number:02d}-{chart['kind']}.{form}")
            write(folder / names[-1], figure_bytes(dict(chart), form))
    return names
