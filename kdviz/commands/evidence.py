"""Where the networks of a run looked, as arrays and in numbers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, class_named, opened, save, shapes
from kdviz.core.errors import UserError

if TYPE_CHECKING:
    from kdviz.metrics.perturbations import Change
    from kdviz.runs.analysis.opened_run import OpenedRun

CHANGES = "mute, mean, flip, reverse or swap"
BESIDE = {"chance": "by_chance", "control": "by_control", "ETS": "transfer"}


class Evidence(Command):
    """Evidence of one series, and how alike it is over the test set."""

    id = "evidence"
    help = "where teacher, student and control looked in one series"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, which extractor, which series."""
        add_run(parser, "maps.npz")
        parser.add_argument("--extractor", default="cam", metavar="ID[:STAGE]", help="a stage counts from 0")
        parser.add_argument("--series", type=int, default=0, metavar="I", help="counted over the whole data set from 0")
        asked = parser.add_mutually_exclusive_group()
        asked.add_argument("--class", dest="target", metavar="LABEL", help="the class to ask for; else the true one")
        asked.add_argument("--predicted", action="store_true", help="ask for the class that the student answers")
        parser.add_argument("--epoch", type=int, metavar="E", help="the student as it was after this kept epoch")
        parser.add_argument("--change", metavar="WHAT:A:B[:J]", help=f"{CHANGES}, samples A to B; of series J for swap")
        parser.add_argument("--own", action="store_true", help="also the maps that the method itself compared")
        parser.add_argument(
            "--numbers", action="store_true", help="also the likeness over the test set, as on the page"
        )

    def run(self, given: Namespace) -> int:
        """Arrays named teacher.gaf, student.signal, ..., and `.time` beside each where time can be told."""
        from kdviz.runs.analysis.opened_run import check_series
        from kdviz.runs.answers.match import match

        if given.numbers and given.epoch is not None:
            raise UserError("Numbers are of the finished student, whose control is finished too: leave --epoch out.")
        one = opened(given.run, given.out)
        check_series(one, given.series)
        target = class_named(one, given.target)
        if given.epoch is not None:
            one.networks["student"] = one.at_epoch(given.epoch)
        found = self.looked(one, given, target)
        save(given.out, found)
        words: dict[str, Any] = {"out": str(given.out or ""), "series": given.series, "arrays": shapes(found)}
        if given.numbers:
            every: str | int = "predicted" if given.predicted else "true" if target is None else target
            words["numbers"] = match(one, given.extractor, every)[0]
        say(words) if given.json else self.tell(words)
        return 0

    def looked(self, one: OpenedRun, given: Namespace, target: int | None) -> dict[str, Any]:
        """Everything that was asked for, by name."""
        import numpy as np

        from kdviz.metrics.perturbations import changed
        from kdviz.runs.analysis.evidence_match import predicted
        from kdviz.runs.analysis.method_maps import compared
        from kdviz.runs.analysis.opened_run import arrays, evidence

        series = np.array([given.series])
        asked = predicted(one, series) if given.predicted else None if target is None else np.array([target])
        raw = None if given.change is None else changed(one.data.X, given.series, change(given.change))
        found = arrays(evidence(one, given.extractor, series, asked, raw))
        found |= {} if raw is None else {"raw": raw[0]}
        if given.own:
            found |= {f"own.{name.replace('/', '.')}": value for name, value in compared(one, given.series).items()}
        return found

    def tell(self, words: dict[str, Any]) -> None:
        """Shapes, then every number beside what it must be read beside."""
        from kdviz.metrics.conclusions import shown

        for name, shape in words["arrays"].items():
            print(f"{name:<28} {shape}")
        for teacher, measures in words.get("numbers", {}).get("teachers", {}).items():
            print(f"\n{teacher} teacher, {words['numbers']['series']} test series")
            for each in measures.values():
                beside = ", ".join(f"{name} {shown(each[key])}" for name, key in BESIDE.items())
                print(f"  {each['title']:<28} {shown(each['match'])}; {beside}")
            for sentence in next(iter(measures.values()), {"told": []})["told"][1:]:
                print(f"  {sentence}")


def change(text: str) -> Change:
    """A change said as `mute:40:60` or `swap:40:60:7`; raises UserError."""
    from kdviz.metrics.perturbations import Change

    what, _, places = text.partition(":")
    numbers = [int(word) for word in places.split(":") if word.isdecimal()]
    if len(numbers) not in (2, 3) or len(numbers) != places.count(":") + 1:
        raise UserError(f"The change was {text[:40]!r}; say {CHANGES} and samples, for example mute:40:60.")
    return Change(what, *numbers)
