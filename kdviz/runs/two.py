"""Two networks on the same test series: is the one right where the other errs, and could that be chance?"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.intervals import interval
from kdviz.runs.datasets import reopen
from kdviz.runs.measures import kept
from kdviz.runs.store import Run
from kdviz.statistics import mcnemar


def two(one: Run, other: Run) -> dict[str, Any]:
    """The difference in test accuracy one - other, resampled over series, or over subjects where they are known.

    `p` is McNemar's, None where series come from subjects: windows of one subject are not independent. It is about
    these two trained networks, not about their methods. Raises UserError where the test sets differ.
    """
    if one.recipe.data != other.recipe.data:
        raise UserError("These runs were tested on different data: only their methods can be compared, over many runs.")
    first, second = _right(one), _right(other)
    groups = _subjects(one)
    found = interval(first.astype(np.float64) - second, groups)
    p = math.nan if groups is not None else mcnemar(first, second)
    return {
        "value": found.value, "low": found.low, "high": found.high, "units": found.units,
        "unit": "series" if groups is None else "subjects", "p": None if math.isnan(p) else p,
        "only_first": int((first & ~second).sum()), "only_second": int((second & ~first).sum()),
        "series": int(first.size),
    }  # fmt: skip


def _right(run: Run) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    measures = kept(run)
    if measures is None or "student" not in measures.right:
        raise UserError(f"Run {run.folder.name[:8]} was not measured yet.")
    return np.array([hit == "1" for hit in measures.right["student"]])


def _subjects(run: Run) -> np.ndarray[tuple[int], np.dtype[np.str_]] | None:
    request = run.request
    data: Dataset = reopen(run.recipe.data, request.get("source", {}), str(request.get("data", "the data")))
    return None if data.groups is None else data.groups[data.test]
