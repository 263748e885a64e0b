"""Small maps side by side as plain values for the browser; they wrap where the page is narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.evidence_board import to_base64
from kdviz.figures.palette import AMOUNTS

Array = NDArray[np.floating[Any]]
WRITTEN = 12
HINT = "Point at a map to read its values."


@dataclass(frozen=True)
class Tile:
    """A map (n,) or (h, w); `rows` and `columns` say in words what its axes count."""

    title: str
    values: Array
    rows: str = "row"
    columns: str = "column"


def tiles(
    maps: Sequence[Tile], shared: tuple[float, float] | None = None, written: bool = False, across: int | None = None
) -> dict[str, Any]:
    """Everything that tiles.js draws.

    shared    one range for all colours; None: each map from its own lowest to its own highest value
    written   every value stands in its cell as well, where there are few of them
    across    at most so many in a row
    """
    return {
        "tiles": [_tile(one, shared, written) for one in maps],
        "ramp": AMOUNTS,
        "across": across,
        "shared": None if shared is None else [float(f"{v:.3g}") for v in shared],
        "hint": HINT,
    }


def together(maps: Sequence[Tile]) -> tuple[float, float]:
    """The range of all maps."""
    found = np.concatenate([np.ravel(one.values)[np.isfinite(np.ravel(one.values))] for one in maps])
    return (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)


def _tile(one: Tile, shared: tuple[float, float] | None, written: bool) -> dict[str, Any]:
    low, high = shared or together([one])
    return {
        "title": one.title,
        "shape": list(one.values.shape),
        "z": to_base64(one.values),
        "range": [low, high],
        "rows": one.rows,
        "columns": one.columns,
        "written": written and max(one.values.shape) <= WRITTEN,
        "alt": tile_sentence(one),
    }


def tile_sentence(one: Tile) -> str:
    """A map in words: its size, and where it is strongest."""
    values = np.where(np.isfinite(one.values), one.values, -np.inf)
    place = np.unravel_index(int(np.argmax(values)), values.shape)
    words = (one.rows, one.columns) if values.ndim == 2 else (one.columns,)
    where = ", ".join(f"{word} {int(k) + 1} of {n}" for word, k, n in zip(words, place, values.shape, strict=True))
    return f"{one.title}: highest, {float(values[place]):.3g}, at {where}."
