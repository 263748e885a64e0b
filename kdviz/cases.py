"""Which test series are worth a look: the worst and best matches, and where networks err alike or apart. NumPy only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int64]
Floats = NDArray[np.floating[Any]]
CASES = {
    "all": "All test series",
    "worst": "Worst matches",
    "best": "Best matches",
    "disagree": "Teacher and student disagree",
    "same_error": "Both wrong the same way",
    "student_error": "The student is wrong",
}
NEED_MATCH = ("worst", "best")


def cases(kind: str, y: Index, student: Index, teacher: Index, match: Floats | None, higher: bool = True) -> Index:
    """Places (k,) in the test set, in the order in which to go through them.

    y, student, teacher   (n,) labels and answers
    match                 (n,) likeness of their evidence, NaN where it is not known; `higher` is more alike
    """
    places = np.arange(y.size)
    if kind in NEED_MATCH:
        if match is None:
            return places[:0]
        known = places[np.isfinite(match)]
        order = known[np.argsort(match[known], kind="stable")]
        return order if (kind == "worst") == higher else order[::-1]
    chosen = {
        "disagree": student != teacher,
        "same_error": (student == teacher) & (student != y),
        "student_error": student != y,
    }
    return places[chosen[kind]] if kind in chosen else places
