"""What frequencies a run's networks are made of, and which carry the decision."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import Command, say
from kdviz.commands.options import add_run, opened, save, shapes

if TYPE_CHECKING:
    from kdviz.runs.analysis.evidence_answers import SharedFrequencies
    from kdviz.runs.analysis.network_answers import CutoffAccuracy, Floats, FrequencyContent


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
        from kdviz.runs.analysis.frequency_content import frequency
        from kdviz.runs.analysis.frequency_importance import accuracy_by_cutoff, shared, usual_cuts

        one = opened(given.run, given.out)
        content = frequency(one, given.series, given.stage)
        cuts = usual_cuts(one.data.length) if given.cuts is None else shares(given.cuts)
        carried, coherent = accuracy_by_cutoff(one, cuts), shared(one, "cam")
        lines = by_cut(carried)
        arrays = named(content) | {f"carried/{name}": value for name, value in lines.items()}
        for teacher, each in coherent.items():
            told = {"frequencies": each.frequencies, **each.lines()}
            arrays |= {f"coherence/{teacher}/{name}": value for name, value in told.items()}
        save(given.out, arrays)
        if given.json:
            found = plain(content, carried, coherent)
            say({**found, "out": str(given.out or ""), "arrays": shapes(arrays)})
        else:
            self.tell(content, lines, coherent)
        return 0

    def tell(
        self, content: FrequencyContent, lines: Mapping[str, Floats], coherent: Mapping[str, SharedFrequencies]
    ) -> None:
        """High shares, filters, then accuracy by cut."""
        for role, views in content.spectra.items():
            for m, each in views.items():
                high = "–" if each.high.value is None else f"{each.high.value:.1%}"
                print(
                    f"{f'{role}/{m}':<28} map {list(each.grid)}, {high} of the energy above half the highest frequency"
                )
        for name, one in content.filters.items():
            print(f"filter {name:<21} side {one.side}, radius {one.radius}, rates {one.rates}")
        print("accuracy by cut              " + " ".join(f"{c:6.2f}" for c in lines["cuts"]))
        for name, values in lines.items():
            if name != "cuts":
                print(f"{name:<28} " + " ".join(f"{v:6.2f}" for v in values))
        for teacher, found in coherent.items():
            print(f"coherence of CAMs with {teacher}: " + ", ".join(f"{w} {v:.2f}" for w, v in means(found).items()))


def by_cut(found: CutoffAccuracy) -> dict[str, Floats]:
    """The lines of accuracy by the names that they have in the file."""
    kinds = {"low": found.low, "high": found.high}
    return {"cuts": found.cuts} | {f"{role}/{kind}": v for kind, each in kinds.items() for role, v in each.items()}


def means(found: SharedFrequencies) -> dict[str, float]:
    """Coherence over all frequencies, by whose."""
    import numpy as np

    return {who: float(np.nanmean(values)) for who, values in found.lines().items()}


def named(found: FrequencyContent) -> dict[str, Any]:
    """Spectra and filters by the names that they have in the file."""
    out: dict[str, Any] = {}
    for role, views in found.spectra.items():
        for m, each in views.items():
            told = {"rings": each.rings, "radial": each.radial, "map": each.map, "power": each.power}
            out |= {f"spectra/{role}/{m}/{name}": value for name, value in told.items()}
    for key, one in found.filters.items():
        out |= {f"filters/{key}/{name}": value for name, value in one.pictures.items()}
        out |= {f"filters/{key}/{branch} rate": value for branch, value in one.rate_lines.items()}
    return out if found.epochs is None else {**out, "filters/epochs": found.epochs}


def plain(
    content: FrequencyContent, carried: CutoffAccuracy, coherent: Mapping[str, SharedFrequencies]
) -> dict[str, Any]:
    """All numbers as JSON values."""
    spectra = {
        f"{role}/{m}": {"grid": list(each.grid), "high": [each.high.value, each.high.low, each.high.high]}
        for role, views in content.spectra.items()
        for m, each in views.items()
    }
    filters = {
        key: {
            "side": one.side,
            "radius": one.radius,
            "rates": one.rates,
            "energy": one.energy,
            "distance": one.distance,
        }
        for key, one in content.filters.items()
    }
    lines = {name: values.tolist() for name, values in by_cut(carried).items()}
    return {
        "spectra": spectra,
        "filters": filters,
        "series": content.series,
        "carried": {"whole": carried.whole, "series": carried.series, "by_cut": lines},
        "coherence": {teacher: means(each) for teacher, each in coherent.items()},
    }


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
