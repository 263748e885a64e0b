"""What the app starts: the worker of one run, and the compiler of kernels."""

from __future__ import annotations

import os
import resource
import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, say
from kdviz.core.errors import UserError


class Worker(Command):
    """Bring one run to its end."""

    id = "worker"
    help = "bring the run in a directory to its end (what the app starts)"

    def arguments(self, parser: ArgumentParser) -> None:
        """The run's directory."""
        parser.add_argument(
            "folder", metavar="RUN_DIR", help="the run's directory; - to wait for one after the other on stdin"
        )
        parser.add_argument("--only", metavar="gaf,control", help="these of its networks, for the worker that has it")

    def run(self, given: Namespace) -> int:
        """Exit 75 where another worker has the run, 74 where the disk is full, 2 where it failed."""
        from kdviz.runs.store.attempts import FAILED
        from kdviz.runs.worker.run_worker import bring, bring_parts

        limit_resources(as_modest_as_parent=bool(given.only))
        if given.only:
            try:
                for line in bring_parts(Path(given.folder), given.only.split(",")):
                    say(line)
            except UserError:  # whoever has the run meets the same, and says so
                return FAILED
            return 0
        if given.folder != "-":
            status = bring(Path(given.folder))
            ignore_sigterm()
            return status
        warm_up()
        status = 0
        for line in iter(sys.stdin.readline, ""):
            status = bring(Path(line.strip()))
            say({"run": line.strip(), "status": status})
        ignore_sigterm()
        return status


def ignore_sigterm() -> None:
    """All is done: a SIGTERM from here on, when Python takes its handlers down, changes the status no more."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def limit_resources(as_modest_as_parent: bool = False) -> None:
    """Yield to the pages (a second worker just as its first, which waits for it), die without a core file, end where
    asked to, and have a bound on memory."""
    from kdviz.runs.engine.workers import MODEST
    from kdviz.runs.store.attempts import TOLD_TO_END

    if not as_modest_as_parent:
        os.setpriority(os.PRIO_PROCESS, 0, max(MODEST, os.getpriority(os.PRIO_PROCESS, 0)))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    gigabytes = float(os.environ.get("KDVIZ_MEMORY_GB", "6"))
    most = int(gigabytes * (1 << 30))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))  # what trains on a card lifts it: its memory is mapped here
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(TOLD_TO_END))


def warm_up() -> None:
    """Import what a run needs, so that it starts at once."""
    import torch

    from kdviz.methods.base import methods
    from kdviz.modalities.base import modalities

    methods(), modalities()
    weight = torch.nn.Parameter(torch.zeros(1))
    weight.sum().backward()  # type: ignore[no-untyped-call]


class Warm(Command):
    """Compile what is compiled, once a machine."""

    id = "warm"
    help = "compile the encoders' kernels and list the methods, so that no visitor waits for it"

    def run(self, given: Namespace) -> int:
        """Compile and cache."""
        from kdviz.modalities.base import warm
        from kdviz.runs.store.catalogue import remembered

        warm()
        remembered()
        return 0


class Looker(Command):
    """Answer questions about runs over the standard streams."""

    id = "looker"
    help = "answer the app's questions about runs over the standard streams (what the app starts)"

    def run(self, given: Namespace) -> int:
        """Serve until the stream ends."""
        from kdviz.runs.looker.serve import main

        return main()
