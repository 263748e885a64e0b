"""A recording without its values: enough to say at once how many windows a length gives, and of which class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Plain
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from kdviz.data import cells, windowing
from kdviz.data.raw import Recording, words
from kdviz.data.tall import borders

MOST = 5_000


@dataclass(frozen=True)
class Windows:
    """What a window length gives: how many series, and how many of each class ({} where that is not known)."""

    series: int
    classes: Plain[str, int]


def of(recording: Recording) -> dict[str, Any] | None:
    """Rows, rate, borders, gaps and runs of labels in plain values; None where they are too many to keep."""
    edges = borders(recording.subjects, recording.rows)
    gaps = windowing.gaps_in(recording)
    runs = _runs(recording)
    if max(edges.size, gaps.size, len(runs)) > MOST:
        return None
    return {
        "rows": recording.rows, "rate": recording.rate, "edges": edges.tolist(), "gaps": gaps.tolist(), "labels": runs,
    }  # fmt: skip


def _runs(recording: Recording) -> list[tuple[str, int]]:
    if recording.labels is None:
        return []
    change = np.flatnonzero(recording.labels[1:] != recording.labels[:-1]) + 1
    places = [0, *change.tolist(), recording.rows]
    return [(str(recording.labels[a]), b - a) for a, b in pairwise(places)]


def count(outline: Plain[str, Any], window: int, step: int, rule: str = "majority", gaps: str = "bridge") -> Windows:
    """The windows of this length and step, in samples."""
    edges = np.array(outline["edges"], np.int64)
    if gaps == "split":
        edges = np.union1d(edges, np.array(outline["gaps"], np.int64))
    places = windowing.between(edges, window, step)
    runs = outline["labels"]
    if not runs or not places.size:
        return Windows(int(places.size), {})
    written = np.repeat(words([name for name, _ in runs]), [length for _, length in runs])
    labels, kept = windowing.label_of(written, places, window, rule)
    found = [str(w) for w in labels[kept] if w] if labels is not None else []
    counts = Counter(found)
    return Windows(len(found), {name: counts[name] for name in cells.in_order(found)})
