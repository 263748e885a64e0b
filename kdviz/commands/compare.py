"""Runs compared, with what may be concluded."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import Command, say


class Compare(Command):
    """A sweep, or a few runs."""

    id = "compare"
    help = "compare the runs of a sweep, or a few runs: scores with intervals, paired differences, what follows"

    def arguments(self, parser: ArgumentParser) -> None:
        """What to compare, and with what."""
        parser.add_argument("what", nargs="+", metavar="SWEEP_DIR|RUN_DIR|ID|all")
        parser.add_argument("--baseline", default="", metavar="METHOD", help="also give differences to this method")

    def run(self, given: Namespace) -> int:
        """The whole comparison as JSON, or its sentences."""
        from kdviz.runs.comparison.compare import comparison
        from kdviz.runs.comparison.run_groups import runs_of

        found = comparison([run for word in given.what for run in runs_of(word)], given.baseline)
        if given.json:
            say(found)
        else:
            tell(found)
        return 0


def tell(found: dict[str, Any]) -> None:
    """Every table and its sentences."""
    for place in found["places"]:
        print(f"\n{place['data']}, student {place['student']}")
        for row in place["rows"]:
            score = row["accuracy"]
            spread = "" if score["low"] is None else f" [{score['low']:.3f}, {score['high']:.3f}]"
            cost = "" if row["weights"] is None else f"  {row['weights']:,.0f} weights"
            agreed = row["agreement"]["value"]
            agreement = "" if agreed is None else f"  agreement {agreed:.3f}"
            print(f"  {row['method']:<18} n={score['n']:<3} accuracy {score['value']:.3f}{spread}{agreement}{cost}")
        for row in place["rows"]:
            for key in ("to_scratch", "to_baseline"):
                if row[key]:
                    print(f"  {row[key]['sentence']}")
    for order in found["orders"]:
        print(f"\nOver data sets, student {order['student']}: {order.get('why') or order['sentence']}")
        for name, rank in order.get("ranks", {}).items():
            print(f"  {name:<18} average rank {rank:.2f}")
    if found.get("two"):
        each = found["two"]
        print(f"\nThe first of the two is right alone on {each['only_first']} of {each['series']} test series, "
              f"the second on {each['only_second']}.")  # fmt: skip
