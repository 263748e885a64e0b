"""Runs compared, with what may be concluded."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from kdviz.commands.base import Command, say
from kdviz.figures.palette import spoken

if TYPE_CHECKING:
    from kdviz.runs.comparison.comparison_answers import Comparison


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
            say(found.as_dict())
        else:
            tell(found)
        return 0


def tell(found: Comparison) -> None:
    """Every table and its sentences."""
    for place in found.places:
        print(f"\n{place.data}, student {place.student}")
        for row in place.rows:
            score = row.accuracy
            spread = "" if score.low is None else f" [{score.low:.3f}, {score.high:.3f}]"
            cost = "" if row.weights is None else f"  {row.weights:,.0f} weights"
            print(f"  {row.method:<18} n={score.n:<3} accuracy {score.value:.3f}{spread}{cost}")
            for teacher, scores in row.beside.items():
                known = [f"{name} {s.value:.3f}" for name, s in scores.items() if s.value is not None]
                first = " (the one that it hands on)" if teacher == row.reference and len(row.beside) > 1 else ""
                print(f"    beside the {spoken(teacher)}{first}: {', '.join(known)}")
        for row in place.rows:
            for each in (row.to_scratch, row.to_baseline):
                if each is not None:
                    print(f"  {each.sentence}")
    for order in found.orders:
        told = order.ranking
        print(f"\nOver data sets, student {order.student}: {order.why if told is None else told.sentence}")
        for name, rank in ({} if told is None else told.ranks).items():
            print(f"  {name:<18} average rank {rank:.2f}")
    if found.pair is not None:
        pair = found.pair
        print(f"\nThe first of the two is right alone on {pair.only_first} of {pair.series} test series, "
              f"the second on {pair.only_second}.")  # fmt: skip
