"""How faithful a run's student is to its teachers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, opened, save, shapes


class Fidelity(Command):
    """Answers, errors and features of student and control beside the teachers'."""

    id = "fidelity"
    help = "how faithful the student is: agreement, errors, calibration, whom it followed, CKA, by epoch"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run."""
        add_run(parser, "fidelity.npz")

    def run(self, given: Namespace) -> int:
        """The same numbers as on the evidence page."""
        from kdviz.runs.answers.fidelity import whole

        words, arrays = whole(opened(given.run, given.out))
        save(given.out, arrays)
        if given.json:
            say({**words, "out": str(given.out or ""), "arrays": shapes(arrays)})
        else:
            self.tell(words)
        return 0

    def tell(self, words: dict[str, Any]) -> None:
        """Test scores as lines."""
        test = words["splits"]["test"]
        for role, scores in test["networks"].items():
            print(f"{role:<22} {line(scores)}")
        for who, by in test["fidelity"].items():
            for teacher, scores in by.items():
                print(f"{who} beside {teacher:<12} {line(scores)}")
        for who, each in test["followed"].items():
            print(f"{who} followed, where teachers disagree ({each['disputed']}): {line(each['only'])}")
        print(f"On {test['series']} test series. One run, one seed; training scores: --json; CKA and epochs: --out.")


def line(scores: dict[str, float | None]) -> str:
    """Scores in one line; – where one is undefined."""
    return ", ".join(f"{name} {'–' if value is None else f'{value:.3f}'}" for name, value in scores.items())
