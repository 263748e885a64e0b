"""Where the networks of a run looked, as arrays."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, refuse_folder, say


class Evidence(Command):
    """Evidence of one series."""

    id = "evidence"
    help = "where teacher, student and control looked in one series"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, which extractor, which series."""
        parser.add_argument("folder", type=Path, metavar="RUN_DIR")
        parser.add_argument("--extractor", default="cam", metavar="ID")
        parser.add_argument("--series", type=int, default=0, metavar="I", help="counted over the whole data set from 0")
        parser.add_argument("--class", dest="target", metavar="LABEL", help="the class to ask for; else the true one")
        parser.add_argument("--out", required=True, type=Path, metavar="maps.npz")

    def run(self, given: Namespace) -> int:
        """Arrays named teacher.gaf, student.signal, ..., and `.time` beside each where time can be told."""
        import numpy as np

        from kdviz.errors import UserError
        from kdviz.runs.look import arrays, check_series, evidence, open_for_looking
        from kdviz.runs.store import open_run

        refuse_folder(given.out)
        opened = open_for_looking(open_run(given.folder))
        check_series(opened, given.series)
        classes = opened.data.classes
        if given.target is not None and given.target not in classes:
            raise UserError(f"There is no class {given.target[:40]!r}. There are: {', '.join(classes[:20])}.")
        target = None if given.target is None else np.array([classes.index(given.target)])
        found = arrays(evidence(opened, given.extractor, np.array([given.series]), target))
        with given.out.open("wb") as file:
            np.savez(file, allow_pickle=False, **found)
        shapes = {name: list(value.shape) for name, value in found.items()}
        if given.json:
            say({"out": str(given.out), "series": given.series, "arrays": shapes})
        else:
            for name, shape in shapes.items():
                print(f"{name:<28} {shape}")
        return 0
