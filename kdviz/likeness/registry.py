"""Every measure by name."""

from __future__ import annotations

from kdviz.errors import UserError
from kdviz.likeness import coherence, correlation, distribution, overlap, structure
from kdviz.likeness.base import Likeness

_ALL = (correlation, overlap, distribution, coherence, structure)
LIKENESS: dict[str, Likeness] = {each.id: each for part in _ALL for each in part.MEASURES}


def likeness(name: str) -> Likeness:
    """The measure called `name`; raises UserError naming those there are."""
    if name not in LIKENESS:
        raise UserError(f"There is no measure {name[:60]!r}. Choose one of: {', '.join(LIKENESS)}.")
    return LIKENESS[name]
