"""A report to send."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.commands.base import Command, refuse_folder, say
from kdviz.errors import UserError

if TYPE_CHECKING:
    from kdviz.report.html import Page
    from kdviz.runs.store import Run


class Report(Command):
    """One HTML file."""

    id = "report"
    help = "write a run, or a comparison of several, as one HTML file that works offline"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run or runs."""
        parser.add_argument("what", nargs="+", metavar="RUN_DIR|SWEEP_DIR|ID|all")
        parser.add_argument("--baseline", default="", metavar="METHOD", help="for a comparison")
        parser.add_argument("--out", required=True, type=Path, metavar="report.html")
        parser.add_argument("--figures", type=Path, metavar="DIR", help="also write its charts as SVG, PDF and CSV")

    def run(self, given: Namespace) -> int:
        """The file and its size."""
        from kdviz.runs.files import write
        from kdviz.runs.selecting import runs_of, sweep_of

        refuse_folder(given.out)
        runs = [run for word in given.what for run in runs_of(word)]
        alone = len(runs) == 1 and sweep_of(given.what[0]) is None
        page = one(runs[0]) if alone else many(runs, given.baseline)
        content = page.html().encode()
        write(given.out, content)
        drawn = [] if given.figures is None else figures(page, given.figures)
        if given.json:
            say({"out": str(given.out), "bytes": len(content), "runs": len(runs), "figures": drawn})
        else:
            print(f"{given.out}: {len(content) / 1e6:.2f} MB, {len(runs)} run{'s' * (len(runs) != 1)}")
        return 0


def of_one(run: Run) -> str:
    """A run's report as one HTML file."""
    return one(run).html()


def one(run: Run) -> Page:
    """A run's report, its networks asked here; without its data, what its records say."""
    from kdviz.report.run import Material, run_page
    from kdviz.runs.catalogue import remembered
    from kdviz.runs.look import open_for_looking
    from kdviz.runs.measure import measured
    from kdviz.runs.measures import kept
    from kdviz.runs.snapshots import snapshots

    row = next(m for m in remembered()["methods"] if m["id"] == run.recipe.method)
    try:
        opened = open_for_looking(run)
    except UserError:
        return run_page(Material(run, row, None, kept(run)))
    shots = snapshots(opened) if opened.kept_epochs() else None
    return run_page(Material(run, row, opened.data, measured(run), shots))


def many(runs: Sequence[Run], baseline: str) -> Page:
    """A comparison's report."""
    from kdviz.report.comparison import comparison_page
    from kdviz.runs.comparing import comparison

    return comparison_page(comparison(runs, baseline), runs)


def figures(page: Page, folder: Path) -> list[str]:
    """Every chart of a report as files for a paper; their names."""
    from kdviz.figures.paper import saved
    from kdviz.runs.files import write

    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for number, chart in enumerate(page.charts, 1):
        for form in ("svg", "pdf", "csv"):
            names.append(f"{number:02d}-{chart['kind']}.{form}")
            write(folder / names[-1], saved(dict(chart), form))
    return names
