"""The separability of several views as one panel."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kdviz.panels.base import Panel
from kdviz.panels.seen import Seen
from kdviz.params import Value
from kdviz.separability import Score, Separability

NUMPY = "import numpy as np"
MEASURED = "from kdviz.runs.separating import measured"


def separated(seen: Seen, found: Mapping[str, tuple[str, Mapping[str, Value], Separability]]) -> Panel:
    """What was found by modality: its title, its settings, its scores."""
    scores = [each for _, _, each in found.values()]
    arrays = {kind: np.array([row(getattr(s, kind)) for s in scores]) for kind in ("neighbour", "probe")}
    asked = {name: dict(settings) for name, (_, settings, _) in found.items()}
    code = (
        *seen.opened,
        f"asked = {asked!r}",
        "found = [measured(data, name, settings) for name, settings in asked.items()]",
        *(f"{kind} = np.array([[s.accuracy, s.low, s.high, s.chance] for s in (f.{kind} for f in found)])"
          for kind in arrays),
    )  # fmt: skip
    given = {"names": tuple(title for title, _, _ in found.values())}
    imports = (NUMPY, MEASURED, seen.imports[0])
    return Panel("Separability before training", arrays, imports, code, "bars", given)


def row(score: Score) -> tuple[float, float, float, float]:
    """Value, low, high, chance."""
    return score.accuracy, score.low, score.high, score.chance
