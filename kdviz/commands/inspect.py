"""What kdviz reads in a file."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from kdviz.commands.base import Command, ReadingBar, say
from kdviz.commands.options import add_mapping, mapping_of


class Inspect(Command):
    """What was recognised in a file, and why."""

    id = "inspect"
    help = "what kdviz reads in a file or sample, and why"

    def arguments(self, parser: ArgumentParser) -> None:
        """The file and how to map it."""
        add_mapping(parser)

    def run(self, given: Namespace) -> int:
        """Every fact of the Data page."""
        from kdviz.data.sources.open_data import inspect

        bar = ReadingBar()
        found = inspect(given.source, mapping_of(given), bar, bar.heard)
        found.pop("outline", None)
        if given.json:
            say(found)
        else:
            for name, value in found.items():
                print(f"{name:<14} {value}")
        return 0
