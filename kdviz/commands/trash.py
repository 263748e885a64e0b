"""Runs named, deleted, taken back."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import Command, print_rows, say


class Tag(Command):
    """A run's name and tags."""

    id = "tag"
    help = "give a run a name and tags"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, and what is said of it."""
        parser.add_argument("run", metavar="RUN_DIR_OR_ID")
        parser.add_argument("--name", help="what to call it; '' for nothing")
        parser.add_argument("--tags", metavar="A,B", help="tags, separated by commas; '' for none")

    def run(self, given: Namespace) -> int:
        """What is now written about it."""
        from dataclasses import asdict

        from kdviz.runs.index.opened_indexes import note
        from kdviz.runs.store import run_table
        from kdviz.runs.store.run import find_run

        run = find_run(given.run)
        now = run_table.about(run)
        name = now.name if given.name is None else given.name
        tags = now.tags if given.tags is None else given.tags.split(",")
        say({"run": run.folder.name, **asdict(run_table.write(run, name, tags))})
        note(run)
        return 0


class Delete(Command):
    """Runs into the trash."""

    id = "delete"
    help = "move runs into the trash, from which `trash --back` takes them for seven days"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which runs."""
        parser.add_argument("runs", nargs="+", metavar="RUN_ID")

    def run(self, given: Namespace) -> int:
        """What each is called in the trash."""
        from kdviz.runs.store import trash
        from kdviz.runs.store.run import find_run

        gone = [trash.discard(find_run(word)) for word in given.runs]
        print_rows(({"key": each.key, "run": each.identity} for each in gone), given.json)
        return 0


class Trash(Command):
    """What was deleted."""

    id = "trash"
    help = "what was deleted; take it back, or remove it for good"

    def arguments(self, parser: ArgumentParser) -> None:
        """What to do with it."""
        parser.add_argument("--back", metavar="KEY", help="take a run back")
        parser.add_argument("--empty", action="store_true", help="remove everything in the trash for good")

    def run(self, given: Namespace) -> int:
        """What lies in the trash, latest first."""
        from kdviz.runs.store import trash

        if given.back:
            trash.take_back(given.back)
        if given.empty:
            trash.purge(0)
        left: list[dict[str, Any]] = [{"key": d.key, "run": d.identity, "at": d.at} for d in trash.discarded()]
        print_rows(left, given.json)
        return 0
