"""Are the maps of a run's networks true to them?"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, opened, save, shapes
from kdviz.core.errors import UserError


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
        from kdviz.metrics.perturbations import BASELINES
        from kdviz.runs.analysis.sanity_checks import deletion_curves, weight_randomisation

        if not 1 <= given.many <= 64:
            raise UserError(f"{given.many} test series were asked for: give 1 to 64.")
        one = opened(given.run, given.out)
        arrays: dict[str, Any] = {}
        words: dict[str, Any] = {"deletion": {}, "random_weights": {}, "refused": {}}
        for role in one.networks:
            try:
                for baseline in BASELINES:
                    told, curves = deletion_curves(one, given.extractor, role, baseline, given.many)
                    words["deletion"].setdefault(role, {})[baseline] = told
                    arrays |= {f"{role}/{baseline}/{name}": value for name, value in curves.items()}
                if not given.no_random:
                    words["random_weights"][role] = weight_randomisation(one, given.extractor, role, 32)["modalities"]
            except UserError as sentence:
                words["refused"][role] = str(sentence)
        save(given.out, arrays)
        say({**words, "out": str(given.out or ""), "arrays": shapes(arrays)}) if given.json else self.tell(words)
        return 0

    def tell(self, words: dict[str, Any]) -> None:
        """Gains over random orders by network and filling, then the likeness with random weights."""
        from kdviz.metrics.conclusions import shown

        print("gain over random orders      deletion               insertion")
        for role, by in words["deletion"].items():
            for baseline, each in by.items():
                print(f"{role:<20} {baseline:<7} {shown(each['deletion_gain']):<22} {shown(each['insertion_gain'])}")
        for role, by in words["random_weights"].items():
            for modality, each in by.items():
                print(f"random weights, {role} on {modality}: rank correlation {shown(each)}")
        for role, sentence in words["refused"].items():
            print(f"{role}: {sentence}")
