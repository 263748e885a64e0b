"""Are the maps of a run's networks true to them?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, opened, save, shapes
from kdviz.core.errors import UserError

if TYPE_CHECKING:
    from kdviz.metrics.intervals import Estimate
    from kdviz.runs.analysis.evidence_answers import DeletionCurves

    Areas = dict[str, dict[str, DeletionCurves]]
    Weights = dict[str, dict[str, Estimate]]
CURVES = ("shares", "deletion", "insertion", "random")


class Faithfulness(Command):
    """Deletion and insertion on the raw signal, and the model-randomisation check."""

    id = "faithfulness"
    help = "whether maps are true: deletion and insertion on the raw signal, and the same extractor on random weights"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, which extractor, how many test series."""
        add_run(parser, "curves.npz")
        parser.add_argument("--extractor", default="cam", metavar="ID[:STAGE]", help="a stage counts from 0")
        parser.add_argument("--many", type=int, default=8, metavar="N", help="test series, 1 to 64")
        parser.add_argument("--no-random", action="store_true", help="leave the check with random weights out")

    def run(self, given: Namespace) -> int:
        """The same numbers as on the evidence page."""
        from kdviz.runs.analysis.sanity_checks import every_filling, weight_randomisation

        if not 1 <= given.many <= 64:
            raise UserError(f"{given.many} test series were asked for: give 1 to 64.")
        one = opened(given.run, given.out)
        arrays: dict[str, Any] = {}
        areas: Areas = {}
        random_weights: Weights = {}
        refused: dict[str, str] = {}
        for role in one.networks:
            try:
                areas[role] = every_filling(one, given.extractor, role, given.many)
                for baseline, found in areas[role].items():
                    arrays |= {f"{role}/{baseline}/{name}": getattr(found, name) for name in CURVES}
                if not given.no_random:
                    random_weights[role] = weight_randomisation(one, given.extractor, role, 32).modalities
            except UserError as sentence:
                refused[role] = str(sentence)
        save(given.out, arrays)
        if given.json:
            told = {"deletion": _plain_areas(areas), "random_weights": _plain_weights(random_weights)}
            told |= {"classes": _plain_classes(areas), "verdicts": _verdicts(areas)}
            say({**told, "refused": refused, "out": str(given.out or ""), "arrays": shapes(arrays)})
        else:
            self.tell(areas, random_weights, refused)
        return 0

    def tell(self, areas: Areas, random_weights: Weights, refused: dict[str, str]) -> None:
        """Gains over random orders by network and filling, then the likeness with random weights."""
        from kdviz.metrics.conclusions import shown
        from kdviz.metrics.faithfulness import fillings_agree

        print("gain over random orders      deletion               insertion")
        for role, by in areas.items():
            for baseline, curves in by.items():
                every: dict[str, Any] = {"": curves.areas, **curves.classes}
                for name, each in every.items():
                    one = f"  class {name[:12]}" if name else role
                    print(f"{one:<20} {baseline:<7} {shown(each.deletion_gain):<22} {shown(each.insertion_gain)}")
            print(f"{role}: {fillings_agree({baseline: curves.verdict for baseline, curves in by.items()})}")
        for role, modalities in random_weights.items():
            for modality, found in modalities.items():
                print(f"random weights, {role} on {modality}: rank correlation {shown(found)}")
        for role, sentence in refused.items():
            print(f"{role}: {sentence}")


def _plain_areas(areas: Areas) -> dict[str, Any]:
    kept = ("value", "low", "high", "series")
    return {
        role: {
            baseline: {name: {key: told[key] for key in kept} for name, told in asdict(each.areas).items()}
            for baseline, each in by.items()
        }
        for role, by in areas.items()
    }


def _plain_classes(areas: Areas) -> dict[str, Any]:
    return {
        role: {baseline: {name: asdict(one) for name, one in each.classes.items()} for baseline, each in by.items()}
        for role, by in areas.items()
    }


def _verdicts(areas: Areas) -> dict[str, Any]:
    return {role: {baseline: each.verdict for baseline, each in by.items()} for role, by in areas.items()}


def _plain_weights(found: Weights) -> dict[str, Any]:
    return {
        role: {m: {"value": each.value, "low": each.low, "high": each.high} for m, each in modalities.items()}
        for role, modalities in found.items()
    }
