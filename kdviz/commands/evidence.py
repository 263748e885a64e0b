"""Where the networks of a run looked, as arrays and in numbers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, class_named, opened, save, shapes
from kdviz.core.errors import UserError

if TYPE_CHECKING:
    from kdviz.metrics.perturbations import Change
    from kdviz.runs.analysis.evidence_answers import EvidenceMatch
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
        parser.add_argument(
            "--extractor",
            default="cam",
            metavar="ID[:STAGE]",
            help="a stage counts from 0; noise_tunnel:saliency smooths another",
        )
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

        parser.add_argument(
            "--beside", type=int, default=0, metavar="N", help="p of --numbers is corrected for N more extractors, too"
        )

    def run(self, given: Namespace) -> int:
        """Arrays named teacher.gaf, student.signal, ..., and `.time` beside each where time can be told."""
        from kdviz.runs.analysis.evidence_match import corrected, match
        from kdviz.runs.analysis.opened_run import check_series

        if given.numbers and given.epoch is not None:
            raise UserError("Numbers are of the finished student, whose control is finished too: leave --epoch out.")
        one = opened(given.run, given.out)
        check_series(one, given.series)
        target = class_named(one, given.target)
        if given.epoch is not None:
            one.networks["student"] = one.at_epoch(given.epoch)
        found = self.looked(one, given, target)
        save(given.out, found)
        every: str | int = "predicted" if given.predicted else "true" if target is None else target
        numbers = corrected(match(one, given.extractor, every), 1 + max(given.beside, 0)) if given.numbers else None
        if given.json:
            told = {"out": str(given.out or ""), "series": given.series, "arrays": shapes(found)}
            say(told if numbers is None else {**told, "numbers": plain(numbers)})
        else:
            self.tell(shapes(found), numbers)
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
            for who, side in compared(one, given.series).sides.items():
                for m, value in side.maps.items():
                    found[f"own.{who}.map.{m}"] = value
                    found |= {f"own.{who}.time.{m}": side.times[m]} if m in side.times else {}
        return found

    def tell(self, arrays: dict[str, list[int]], numbers: EvidenceMatch | None) -> None:
        """Shapes, then every number beside what it must be read beside."""
        from kdviz.metrics.conclusions import shown

        for name, shape in arrays.items():
            print(f"{name:<28} {shape}")
        if numbers is None:
            return
        for teacher, measures in numbers.teachers.items():
            print(f"\n{teacher} teacher, {numbers.series.size} test series")
            for each in measures.values():
                beside = ", ".join(f"{name} {shown(getattr(each.numbers, key))}" for name, key in BESIDE.items())
                p = "" if each.adjusted is None else f", p {each.adjusted:.3f}"
                print(f"  {each.title:<28} {shown(each.numbers.match)}; {beside}{p}")
            for sentence in next((each.sentences for each in measures.values()), ())[1:]:
                print(f"  {sentence}")
        print(f"\np is corrected (Holm) for {numbers.comparisons} comparisons made together.")


def plain(found: EvidenceMatch) -> dict[str, Any]:
    """The numbers as JSON values, without those of each series."""
    teachers = {
        teacher: {
            name: {
                "title": each.title,
                "unit": each.unit,
                "higher_is_better": each.higher_is_better,
                **asdict(each.numbers),
                "adjusted": each.adjusted,
                "told": list(each.sentences),
            }
            for name, each in measures.items()
        }
        for teacher, measures in found.teachers.items()
    }
    told = {"series": int(found.series.size), "of": found.test, "grouped": found.grouped, "unit": found.unit}
    told["comparisons"] = found.comparisons
    return {"title": found.title, "teachers": teachers, **told}


def change(text: str) -> Change:
    """A change said as `mute:40:60` or `swap:40:60:7`; raises UserError."""
    from kdviz.metrics.perturbations import Change

    what, _, places = text.partition(":")
    numbers = [int(word) for word in places.split(":") if word.isdecimal()]
    if len(numbers) not in (2, 3) or len(numbers) != places.count(":") + 1:
        raise UserError(f"The change was {text[:40]!r}; say {CHANGES} and samples, for example mute:40:60.")
    return Change(what, *numbers)
