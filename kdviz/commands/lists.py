"""What there is: methods, modalities, runs."""

from __future__ import annotations

import sys
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


class Networks(Command):
    """The networks that can be taught."""

    id = "networks"
    help = "the networks to teach or to learn from, with what each costs on a data set"

    def arguments(self, parser: ArgumentParser) -> None:
        """Of what data, and what they see."""
        parser.add_argument("--data", default="sample:gunpoint", metavar="FILE_OR_SAMPLE")
        parser.add_argument("--sees", default="signal", metavar="signal|gaf|...", help="the modality that they see")

    def run(self, given: Namespace) -> int:
        """List them with weights, millions of multiply-accumulates and milliseconds of one pass here."""
        from kdviz.data.sources.open_data import open_data
        from kdviz.nets.cost import costs
        from kdviz.training.defaults import NETWORKS, view_settings
        from kdviz.training.encoded_data import encode, fitted

        data = open_data(given.data)
        seen = encode(fitted(data, view_settings((given.sees,), {})), data.X[:1])
        shapes = {name: tuple(view.shape[1:]) for name, view in seen.items()}
        found = costs(given.sees, (given.sees,), shapes, max(len(data.classes), 2))
        rows = [{**NETWORKS[name], **asdict(each)} for name, each in found.items()]
        if given.json:
            say(rows)
            return 0
        for row in rows:
            cost = f"{row['weights']:>9,} weights {row['macs'] / 1e6:8.2f} MMACs {row['milliseconds']:7.2f} ms"
            print(f"{row['id']:<14}{cost}  {row['idea']}")
        return 0


class Runs(Command):
    """The runs in the home."""

    id = "runs"
    help = "the runs that are kept here"

    def run(self, given: Namespace) -> int:
        """List them, newest first."""
        from kdviz.runs.index import run_list

        found = run_list.all_rows()
        if why := run_list.trouble():
            print(why, file=sys.stderr)
        shown = ("id", "state", "method", "data", "student", "teachers", "seed", "accuracy", "name")
        print_rows(found if given.json else [{k: r.get(k, "") for k in shown} for r in found], given.json)
        return 0
