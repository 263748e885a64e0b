"""Where the networks of a run looked, as arrays and in numbers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import Command, say
from kdviz.commands.looking import add_run, class_named, opened, save, shapes
from kdviz.errors import UserError

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
        parser.add_argument("--class", dest="target", metavar="LABEL", help="the class to ask for; else the true one")
        parser.add_argument("--epoch", type=int, metavar="E", help="the student as it was after this kept epoch")
        parser.add_argument(
            "--numbers", action="store_true", help="also the likeness over the test set, as on the page"
        )

    def run(self, given: Namespace) -> int:
        """Arrays named teacher.gaf, student.signal, ..., and `.time` beside each where time can be told."""
        import numpy as np

        from kdviz.runs.answers.match import match
        from kdviz.runs.look import arrays, check_series, evidence

        if given.numbers and given.epoch is not None:
            raise UserError("Numbers are of the finished student, whose control is finished too: leave --epoch out.")
        one = opened(given.run, given.out)
        check_series(one, given.series)
        target = class_named(one, given.target)
        if given.epoch is not None:
            one.networks["student"] = one.at_epoch(given.epoch)
        asked = None if target is None else np.array([target])
        found = arrays(evidence(one, given.extractor, np.array([given.series]), asked))
        save(given.out, found)
        words: dict[str, Any] = {"out": str(given.out or ""), "series": given.series, "arrays": shapes(found)}
        if given.numbers:
            words["numbers"] = match(one, given.extractor, "true" if target is None else target)[0]
        say(words) if given.json else self.tell(words)
        return 0

    def tell(self, words: dict[str, Any]) -> None:
        """Shapes, then every number beside what it must be read beside."""
        from kdviz.conclusions import shown

        for name, shape in words["arrays"].items():
            print(f"{name:<28} {shape}")
        for teacher, measures in words.get("numbers", {}).get("teachers", {}).items():
            print(f"\n{teacher} teacher, {words['numbers']['series']} test series")
            for each in measures.values():
                beside = ", ".join(f"{name} {shown(each[key])}" for name, key in BESIDE.items())
                print(f"  {each['title']:<28} {shown(each['match'])}; {beside}")
            for sentence in next(iter(measures.values()), {"told": []})["told"][1:]:
                print(f"  {sentence}")
