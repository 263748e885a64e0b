"""The frozen teachers that recordings are watched with, and how those that kdviz ships were made."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, print_rows


class Teachers(Command):
    """Which teachers there are and whether they are here; with --make, the shipped ones anew."""

    id = "teachers"
    help = "the frozen teachers of `watch`; with --make, those that kdviz ships are made anew from their seeds"

    def arguments(self, parser: ArgumentParser) -> None:
        """Where to put what is made."""
        parser.add_argument(
            "--make", type=Path, metavar="FILE.safetensors",
            help="train `scan` and `pdn` from nothing (minutes); the same bits on the same machine",
        )  # fmt: skip

    def run(self, given: Namespace) -> int:
        """One row a teacher; or the file that was made, with its sha256 and whether it is the shipped one."""
        from kdviz.training.watched import watch_teachers

        if given.make is None:
            print_rows(watch_teachers.listed(), given.json)
            return 0
        from kdviz.commands.base import refuse_folder, say

        refuse_folder(given.make)
        say({"out": str(given.make), **watch_teachers.make_file(given.make)})
        return 0
