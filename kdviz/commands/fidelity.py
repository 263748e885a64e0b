"""How faithful a run's student is to its teachers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, opened, save, shapes

if TYPE_CHECKING:
    from kdviz.runs.analysis.network_answers import RunFidelity, SplitFidelity


class Fidelity(Command):
    """Answers, errors and features of student and control beside the teachers'."""

    id = "fidelity"
    help = "how faithful the student is: agreement, errors, calibration, whom it followed, CKA, by epoch"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run."""
        add_run(parser, "fidelity.npz")

    def run(self, given: Namespace) -> int:
        """The same numbers as on the evidence page."""
        from kdviz.runs.analysis.fidelity import fidelity_of

        found = fidelity_of(opened(given.run, given.out))
        arrays = named(found)
        save(given.out, arrays)
        if given.json:
            layers = {"series": found.layers.series, "features": found.layers.features}
            told = {"splits": {split: asdict(each) for split, each in found.splits.items()}, "cka": layers}
            say({**told, "out": str(given.out or ""), "arrays": shapes(arrays)})
        else:
            self.tell(found.splits["test"])
        return 0

    def tell(self, test: SplitFidelity) -> None:
        """Test scores as lines."""
        for role, scores in test.networks.items():
            print(f"{role:<22} {line(scores)}")
        for who, by in test.fidelity.items():
            for teacher, scores in by.items():
                print(f"{who} beside {teacher:<12} {line(scores)}")
        for who, each in test.followed.items():
            print(f"{who} followed, where teachers disagree ({each.disputed}): {line(each.only)}")
        print(f"On {test.series} test series. One run, one seed; training scores: --json; CKA and epochs: --out.")


def named(found: RunFidelity) -> dict[str, Any]:
    """The arrays by the names that they have in the file."""
    out: dict[str, Any] = {}
    for who, tables in found.layers.tables.items():
        for teacher, each in tables.items():
            out |= {f"{who}/{teacher}/linear": each.linear, f"{who}/{teacher}/unbiased": each.unbiased}
    out["epoch/epochs"] = found.by_epoch.epochs
    for who, accuracy in found.by_epoch.accuracy.items():
        out[f"epoch/{who}/accuracy"] = accuracy
        for teacher, over in found.by_epoch.teachers[who].items():
            out[f"epoch/{who}/{teacher}/agreement"] = over.agreement
            out[f"epoch/{who}/{teacher}/predictive_kl"] = over.predictive_kl
    return out


def line(scores: dict[str, float | None]) -> str:
    """Scores in one line; – where one is undefined."""
    return ", ".join(f"{name} {'–' if value is None else f'{value:.3f}'}" for name, value in scores.items())
