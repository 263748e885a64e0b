"""A figure for a paper."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, refuse_folder, say
from kdviz.core.errors import UserError
from kdviz.core.params import pairs


class Figure(Command):
    """One figure of a run, or of a sweep's runs."""

    id = "figure"
    help = "draw a figure for a paper, of a run or of a sweep, with its caption: SVG, PDF, PNG or CSV"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which kind, of which runs."""
        parser.add_argument(
            "kind", help="confusion, similarity, embedding, spectral, robustness; of several runs: size, teachers"
        )
        parser.add_argument("what", nargs="+", metavar="RUN|SWEEP|ID|all")
        parser.add_argument(
            "--out", type=Path, metavar="figure.pdf", help="its ending is the format; with --json it may be left out"
        )
        parser.add_argument("--columns", type=int, default=2, metavar="1|2", help="columns of the paper it is wide")
        parser.add_argument("--method", default="", metavar="METHOD", help="of a sweep of several methods")
        parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of this kind")

    def run(self, given: Namespace) -> int:
        """The file, and the caption with its numbers; without a file, lines of how far it is, and the charts."""
        from kdviz.core.files import write
        from kdviz.runs.comparison.run_groups import runs_of
        from kdviz.runs.publication.base import publication_figure
        from kdviz.runs.publication.figure_sheet import as_file, as_json

        runs = [run for word in given.what for run in runs_of(word)]
        if given.out is None:
            if not given.json:
                raise UserError("Name a file with --out, such as figure.pdf, or ask for the numbers alone with --json.")
            drawn = publication_figure(given.kind, runs, pairs(given.set), given.method, _far)
            say({**as_json(drawn), "charts": drawn.charts})
            return 0
        refuse_folder(given.out)
        drawn = publication_figure(given.kind, runs, pairs(given.set), given.method)
        content = as_file(drawn, given.out.suffix.removeprefix(".").lower(), given.columns)
        write(given.out, content)
        if given.json:
            say({**as_json(drawn), "out": str(given.out), "bytes": len(content)})
        else:
            print(f"{given.out}: {drawn.title}\n{drawn.caption}\n{drawn.says}", file=sys.stdout)
        return 0


def _far(done: int, of: int, what: str) -> None:
    say({"event": "drawing", "done": done, "of": of, "what": what})
