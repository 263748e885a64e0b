"""What the app starts: the worker of one run, and the compiler of kernels."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command


class Worker(Command):
    """Bring one run to its end."""

    id = "worker"
    help = "bring the run in a directory to its end (what the app starts)"

    def arguments(self, parser: ArgumentParser) -> None:
        """The run's directory."""
        parser.add_argument("folder", type=Path, metavar="RUN_DIR")

    def run(self, given: Namespace) -> int:
        """Exit 75 where another worker has the run."""
        import os

        from kdviz.runs.datasets import reopen
        from kdviz.runs.lock import Held
        from kdviz.runs.store import open_run
        from kdviz.runs.work import work

        os.nice(10)
        run = open_run(given.folder)
        request = run.request
        try:
            for _ in work(run, reopen(run.recipe.data, request["source"], request["data"])):
                pass
        except Held:
            print(f"Another worker has {given.folder.name}.", file=sys.stderr)
            return 75
        return 0 if run.state != "failed" else 2


class Warm(Command):
    """Compile what is compiled, once a machine."""

    id = "warm"
    help = "compile the encoders' kernels and list the methods, so that no visitor waits for it"

    def run(self, given: Namespace) -> int:
        """Compile and cache."""
        from kdviz.modalities.warm import warm
        from kdviz.runs.catalogue import remembered

        warm()
        remembered()
        return 0


class Looker(Command):
    """Answer questions about runs over the standard streams."""

    id = "looker"
    help = "answer the app's questions about runs over the standard streams (what the app starts)"

    def run(self, given: Namespace) -> int:
        """Serve until the stream ends."""
        from kdviz.runs.looker import main

        return main()
