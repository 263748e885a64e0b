"""What the app starts for every upload."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, say

MEMORY = 2 << 30
PROCESSOR_SECONDS = 20
LARGEST_FILE = 256 << 20
OPEN_FILES = 64


class Read(Command):
    """Read one file within limits, keep it as a data set, and say the facts."""

    id = "read"
    help = "read a file within limits and keep it as a data set (what the app starts)"

    def arguments(self, parser: ArgumentParser) -> None:
        """The file and how to map it."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", default="{}", help="the mapping as JSON")

    def run(self, given: Namespace) -> int:
        """The facts as one JSON line."""
        import json

        from kdviz.data.open import inspect, open_data
        from kdviz.runs.datasets import keep

        limit()
        mapping = json.loads(given.mapping)
        facts = inspect(str(given.file), mapping)
        keep(open_data(str(given.file), mapping))
        say(facts)
        return 0


def limit() -> None:
    """From here on, a file can cost no more than this."""
    import resource

    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
