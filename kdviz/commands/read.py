"""What the app starts for every upload."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, say


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
        from kdviz.runs.limited import limit

        limit()
        mapping = json.loads(given.mapping)
        facts = inspect(str(given.file), mapping)
        keep(open_data(str(given.file), mapping))
        say(facts)
        return 0
