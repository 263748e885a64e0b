"""What frequencies a run's networks are made of, and which carry the decision."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, opened, save, shapes


class Frequency(Command):
    """Spectra, filters, and accuracy by cut."""

    id = "frequency"
    help = "spectra of teacher and student, a frequency method's filters, accuracy on low- and high-passed inputs"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, which series, which stage, which cuts."""
        add_run(parser, "spectra.npz")
        parser.add_argument("--series", type=int, default=0, metavar="I", help="counted over the whole data set from 0")
        parser.add_argument(
            "--stage", type=int, default=-1, metavar="S", help="feature maps of this stage; -1: the last"
        )
        parser.add_argument("--cuts", metavar="0.1,0.3", help="shares of the highest frequency; else a dozen")

    def run(self, given: Namespace) -> int:
        """The same numbers as on the frequency page."""
        from kdviz.runs.analysis.frequency_importance import accuracy_by_cutoff, shared, usual_cuts
        from kdviz.runs.answers.frequency import frequency

        one = opened(given.run, given.out)
        words, arrays = frequency(one, given.series, given.stage)
        cuts = usual_cuts(one.data.length) if given.cuts is None else shares(given.cuts)
        told, lines = accuracy_by_cutoff(one, cuts)
        arrays |= {f"carried/{name}": value for name, value in lines.items()}
        sharing, together = shared(one, "cam")
        arrays |= {f"coherence/{name}": value for name, value in together.items()}
        save(given.out, arrays)
        by_cut = {name: value.tolist() for name, value in lines.items()}
        found = {**words, "carried": {**told, "by_cut": by_cut}, "coherence": sharing}
        if given.json:
            say({**found, "out": str(given.out or ""), "arrays": shapes(arrays)})
        else:
            self.tell(found)
        return 0

    def tell(self, words: dict[str, Any]) -> None:
        """High shares, filters, then accuracy by cut."""
        for name, each in words["spectra"].items():
            high = "–" if each["high"][0] is None else f"{each['high'][0]:.1%}"
            print(f"{name:<28} map {each['grid']}, {high} of the energy above half the highest frequency")
        for name, each in words["filters"].items():
            print(f"filter {name:<21} side {each['side']}, radius {each['radius']}, rates {each['rates']}")
        by_cut = words["carried"]["by_cut"]
        print("accuracy by cut              " + " ".join(f"{c:6.2f}" for c in by_cut["cuts"]))
        for name, values in by_cut.items():
            if name != "cuts":
                print(f"{name:<28} " + " ".join(f"{v:6.2f}" for v in values))
        for teacher, means in words["coherence"].items():
            print(f"coherence of CAMs with {teacher}: " + ", ".join(f"{who} {v:.2f}" for who, v in means.items()))


def shares(text: str) -> list[float]:
    """Numbers 0..1 from `0.1,0.3`; raises UserError."""
    from kdviz.core.errors import UserError

    try:
        found = [float(word) for word in text.split(",")]
    except ValueError:
        found = []
    if not found or len(found) > 64 or not all(0 <= value <= 1 for value in found):
        raise UserError(f"Cuts were {text[:40]!r}; give up to 64 numbers from 0 to 1, for example 0.1,0.3.")
    return found
