"""The shell line that makes the same sweep."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from itertools import groupby

from kdviz.runs.sweep import Plan
from kdviz.training.again import source_words

TEACHERS = "signal,gaf,persistence"


def line(plan: Plan) -> str | None:
    """`python -m kdviz sweep ...`; None where its files were read in different ways, which no one line says."""
    read = [source_words(each["source"]) for each in plan.data]
    ways = [(mapping, rest) for file, mapping, rest in read if not file.startswith("sample:")]
    if any(way != ways[0] for way in ways):
        return None
    mapping, rest = ways[0] if ways else ([], {})
    words: list[list[str]] = [["python", "-m", "kdviz", "sweep", *(file for file, _, _ in read)]]
    words.append(["--methods", ",".join(plan.methods), "--seeds", seeds(plan.seeds)])
    words.append(["--students", ",".join(plan.students)])
    if ",".join(plan.teachers) != TEACHERS:
        words[-1] += ["--teachers", ",".join(plan.teachers)]
    words += [["--epochs", str(plan.epochs)]] if plan.epochs is not None else []
    words += [["--selection", plan.selection]] if plan.selection is not None else []
    words += [mapping] if mapping else []
    pairs = [f"{name}={value}" for name, value in {**rest, **plan.settings}.items()]
    words += [["--set", *pairs]] if pairs else []
    return " \\\n  ".join(shlex.join(each) for each in words)


def seeds(given: Sequence[int]) -> str:
    """Whole numbers as stretches: `0-5,9`."""
    runs = groupby(enumerate(given), lambda each: each[1] - each[0])
    found = [[number for _, number in stretch] for _, stretch in runs]
    return ",".join(str(f[0]) if len(f) == 1 else f"{f[0]}-{f[-1]}" for f in found)
