"""What there is: methods, modalities, runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict

from kdviz.commands.base import Command, print_rows, say


class Methods(Command):
    """The distillation methods."""

    id = "methods"
    help = "the distillation methods, with their knobs"

    def arguments(self, parser: ArgumentParser) -> None:
        """`--markdown` prints the README's table."""
        parser.add_argument("--markdown", action="store_true", help="as the table of the README")

    def run(self, given: Namespace) -> int:
        """List them."""
        from kdviz.runs.store.catalogue import described, markdown

        rows = described()["methods"]
        if given.json:
            say(rows)
        elif given.markdown:
            print(markdown(rows))
        else:
            print_rows(({"id": r["id"], "title": r["title"], "idea": r["about"]["idea"]} for r in rows), False)
        return 0


class Modalities(Command):
    """The ways of seeing a series."""

    id = "modalities"
    help = "the ways of seeing a series, with their knobs"

    def run(self, given: Namespace) -> int:
        """List them."""
        from kdviz.core.params import knobs
        from kdviz.modalities.base import modalities

        rows = [
            {"id": m.id, "title": m.title, "idea": m.idea, "forgets": m.forgets,
             "knobs": [asdict(k) for k in knobs(m.Params)]}
            for m in modalities().values()
        ]  # fmt: skip
        print_rows(
            rows if given.json else [{"id": r["id"], "title": r["title"], "idea": r["idea"]} for r in rows], given.json
        )
        return 0


class Runs(Command):
    """The runs in the home."""

    id = "runs"
    help = "the runs that are kept here"

    def run(self, given: Namespace) -> int:
        """List them, newest first."""
        from kdviz.runs.store.run import all_runs
        from kdviz.runs.store.run_table import rows

        found = rows(all_runs())
        shown = ("id", "state", "method", "data", "student", "teachers", "seed", "accuracy", "name")
        print_rows(found if given.json else [{k: r.get(k, "") for k in shown} for r in found], given.json)
        return 0
