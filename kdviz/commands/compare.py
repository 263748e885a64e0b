"""Runs compared, with what may be concluded."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import Command, say
from kdviz.errors import UserError

if TYPE_CHECKING:
    from kdviz.runs.store import Run


class Compare(Command):
    """A sweep, or a few runs."""

    id = "compare"
    help = "compare the runs of a sweep, or a few runs: scores with intervals, paired differences, what follows"

    def arguments(self, parser: ArgumentParser) -> None:
        """What to compare, and with what."""
        parser.add_argument("what", nargs="+", metavar="SWEEP_DIR|RUN_DIR|ID")
        parser.add_argument("--baseline", default="", metavar="METHOD", help="also give differences to this method")

    def run(self, given: Namespace) -> int:
        """The whole comparison as JSON, or its sentences."""
        from kdviz.runs.compare import compared, plain
        from kdviz.runs.measure import measured
        from kdviz.runs.two import two

        runs = [run for word in given.what for run in runs_of(word)]
        for run in runs:
            if run.state == "finished":
                measured(run)
        found = compared(runs, given.baseline)
        if len(runs) == 2 and runs[0].recipe.data == runs[1].recipe.data:
            found["two"] = plain(two(*runs))
        if given.json:
            say(found)
        else:
            tell(found)
        return 0


def runs_of(word: str) -> list[Run]:
    """The runs of a sweep's folder or identity, or the one run that is named."""
    from kdviz.runs import sweep
    from kdviz.runs.home import run_folder
    from kdviz.runs.store import Run, named

    for place in (Path(word), sweep.sweeps_home() / word):
        if (place / sweep.RECORD).is_file():
            found = [Run(run_folder(cell.id)) for cell in sweep.open_sweep(place).cells]
            return [run for run in found if run.folder.is_dir()]
    try:
        return [named(word)]
    except UserError:
        raise UserError(f"{word[:80]} is no folder and no identity of a sweep or a run.") from None


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
    if "two" in found:
        each = found["two"]
        print(f"\nThe first of the two is right alone on {each['only_first']} of {each['series']} test series, "
              f"the second on {each['only_second']}.")  # fmt: skip
