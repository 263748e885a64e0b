"""Room on the disk."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import Command, print_rows, say
from kdviz.core.errors import UserError


class Tidy(Command):
    """What old runs can do without goes."""

    id = "tidy"
    help = "make room: of old runs go the weights of epochs in between and snapshots, which pages can make again"

    def arguments(self, parser: ArgumentParser) -> None:
        """How old, and whether only to say."""
        text = "days since a run's end (default 30); the tag `keep` spares a run"
        parser.add_argument("--days", type=float, default=30.0, metavar="D", help=text)
        parser.add_argument("--dry-run", action="store_true", help="say what would go, and leave it")

    def run(self, given: Namespace) -> int:
        """What goes, by kind, and the room that it makes."""
        from kdviz.runs.index.leftovers import leftovers, remove

        if not 0 <= given.days <= 36500:
            raise UserError(f"The days were {given.days:g}; allowed is a number from 0 to 36500.")
        found = leftovers(given.days)
        freed = sum(each.bytes for each in found) if given.dry_run else remove(found)
        kinds: dict[str, list[Any]] = {}
        for each in found:
            kinds.setdefault(each.what, []).append(each)
        rows = [
            {"what": what, "runs": len({e.run for e in some}), "files": len(some), "bytes": sum(e.bytes for e in some)}
            for what, some in kinds.items()
        ]
        if given.json:
            say({"dry_run": given.dry_run, "days": given.days, "freed": freed, "of": rows})
            return 0
        print_rows(
            (
                {"what": r["what"], "runs": f"{r['runs']} runs", "files": f"{r['files']} files",
                 "size": f"{r['bytes'] / 1e6:,.1f} MB"}
                for r in rows
            ),
            False,
        )  # fmt: skip
        print(f"{freed / 1e6:,.1f} MB {'would be' if given.dry_run else 'are'} free. The answers of all runs are kept.")
        return 0
