"""Building a network from names and the shapes of what it sees."""

from __future__ import annotations

from collections.abc import Mapping

from kdviz.nets.base import Branch, Single


def build(
    kind: str, architecture: str, sees: tuple[str, ...], shapes: Mapping[str, tuple[int, ...]], classes: int
) -> Branch:
    """A network for `kind` (`fusion` or one modality); `shapes` are (C, *grid) by modality."""
    if kind == "fusion":
        from kdviz.nets.fusion import Fusion

        return Fusion({m: shapes[m] for m in sees}, architecture, classes)
    shape = shapes[sees[0]]
    return Single(sees[0], architecture, len(shape) - 1, shape[0], classes)
