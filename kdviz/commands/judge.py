"""Hold a watch against known marks, from the command line: the only command that reads them."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.commands.base import Command, say

if TYPE_CHECKING:
    from kdviz.runs.analysis.watch_answers import JudgedWatch


class Judge(Command):
    """VUS-PR, AUC-PR, AUC-ROC and the UCR rule of every view, the fused score and the controls."""

    id = "judge"
    help = "hold a watch against known marks; they are read here alone"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, and which marks."""
        parser.add_argument(
            "run", metavar="RUN_DIR|ID", nargs="+",
            help="runs' directories or identities; of several, the mean of each score over recordings",
        )  # fmt: skip
        parser.add_argument("--marks", type=Path, metavar="FILE", help="JSON ranges [[from, to], ...], or 0/1 a sample")

    def run(self, given: Namespace) -> int:
        """Scores by name: views, `fused`, `discord`, `neighbour`, `random`."""
        from kdviz.core.errors import UserError
        from kdviz.runs.analysis.watch_answers import judged
        from kdviz.runs.store.run import find_run

        if len(given.run) > 1:
            return _several(given)
        marks = None
        if given.marks is not None:
            if not given.marks.is_file():
                raise UserError(f"There is no file {str(given.marks)[-60:]!r} with marks.")
            marks = (given.marks.name, given.marks.read_bytes())
        found = judged(find_run(given.run[0]), marks)
        if given.json:
            say(asdict(found))
        else:
            _tell(found)
        return 0


def _several(given: Namespace) -> int:
    from kdviz.core.errors import UserError
    from kdviz.runs.analysis.watch_answers import compared_watches
    from kdviz.runs.store.run import find_run

    if given.marks is not None:
        raise UserError("Marks belong to one recording: judge one run with --marks.")
    found = compared_watches([find_run(word) for word in given.run])
    if given.json:
        say(asdict(found))
        return 0
    for sentence in found.left_out:
        print(f"Left out: {sentence}")
    for each in found.means:
        spread = "too few for an interval" if each.low is None else f"95 % [{each.low:.3f}, {each.high:.3f}]"
        print(f"{each.watch:<40} {each.score:<16} VUS-PR {each.vus_pr:.3f}  {each.recordings} recordings, {spread}")
    return 0


def _tell(found: JudgedWatch) -> None:
    first, last = found.tested
    print(f"samples {first:,} to {last:,}, {found.marked} marked stretches, {100 * found.share:.1f} % marked")
    for name, each in sorted(found.scores.items(), key=lambda item: -item[1]["vus_pr"]):
        hit = {None: "-", True: "hit", False: "missed"}[each["ucr"]]
        print(
            f"{name:<20} VUS-PR {each['vus_pr']:.3f}  AUC-PR {each['auc_pr']:.3f}  AUC-ROC {each['auc_roc']:.3f}  "
            f"highest sample {hit}"
        )
    print("One recording gives no interval: nothing is concluded from it alone.")
