"""What was measured of the methods, read from its lines and put into tables, with what it does not show."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kdviz.metrics.hypothesis_tests import Paired, family

Row = dict[str, Any]
Lessons = Mapping[str, Sequence[Row]]
Bare = Callable[[str], str | None]
LEAST = 8
"""Seeds below which a method has no line."""


def rows(kept: Path) -> list[Row]:
    """Every lesson that was written down."""
    return [json.loads(line) for line in kept.read_text().splitlines()] if kept.exists() else []


def latest(kept: Path, data: str) -> dict[str, list[Row]]:
    """The newest lesson of each method and seed on one data set, by method."""
    found: dict[str, dict[int, Row]] = {}
    for row in rows(kept):
        if row["data"] == data:
            found.setdefault(row["method"], {})[row["seed"]] = row
    return {name: [each[s] for s in sorted(each)] for name, each in sorted(found.items())}


def differences(lessons: Lessons, bare: Bare) -> dict[tuple[str, str], list[float]]:
    """By (method, what it is held against) the differences of test accuracy, paired by seed."""
    out: dict[tuple[str, str], list[float]] = {}
    for name, mine in lessons.items():
        out[name, "scratch"] = [row["test"] - row["scratch"] for row in mine]
        beside = {row["seed"]: row["test"] for row in lessons.get(bare(name) or "", ())}
        if pairs := [row["test"] - beside[row["seed"]] for row in mine if row["seed"] in beside]:
            out[name, "KD alone"] = pairs
    return {key: each for key, each in out.items() if len(each) >= LEAST}


def compared(lessons: Lessons, bare: Bare) -> dict[tuple[str, str], Paired]:
    """The same with t intervals, and p corrected (Holm) for all lines of the set-up."""
    found = differences(lessons, bare)
    told = family({"/".join(key): each for key, each in found.items()})
    return {key: told["/".join(key)] for key in found}


def verdict(found: Paired) -> str:
    """What the product's own comparison allows to say."""
    if not found.can_conclude:
        return "nothing can be concluded"
    if found.conclusive and found.mean.low > 0:
        return "**above**"
    return "**below**" if found.conclusive and found.mean.high < 0 else "no difference shown"


HEAD = """# Methods, measured

Written by `python -m benchmarks.methods --markdown docs/methods-measured.md` from the lines that program keeps in
`docs/methods-measured.jsonl`; no figure is typed by hand. The set-ups are those of
[gains-measured.md](gains-measured.md) in which teachers know more than the student may, so that there is something to
hand over; with all labels these sets are at their ceiling, and no method can differ. Every method has its default
knobs (`fam`, `fam1d`: `side=16`, for time's sake), the quick budget, a `tiny` student and the teachers named;
`camkd_confidence` has no line: it asks every series' label, and here most are hidden. `scratch` is the same student
and seed, under the same condition and with as many steps, without a teacher. Figures are accuracies on
the test set, means over seeds, which draw the labels, the weights and the batches anew; all seeds share one split.

`paired` is the mean difference in points to what stands under *against*, of the same seed, with a 95 % t interval.
`KD alone` is the same student that hears the teacher's answers and nothing else, as `kd` does: whether a method's own
term adds anything is said there, not beside scratch. Where a method has answers beside its term (`fam`, `at`, `crd`,
`dcd`), this is the method with own term 0; where it has none (`kd_share` 0), own term 0 leaves the labels, which is
scratch, and KD alone is what the answers give in the term's place. `p` is the exact signed-rank test, corrected (Holm)
for all lines of the set-up; *above* and *below* are said where it lies below 0.05 and the interval leaves zero out,
which is what the page Compare asks for. `seconds` is processor time of the student's training on one thread, `x
scratch` over its scratch student's, both medians on a busy machine.
"""
COLUMNS = ("method", "teachers", "against", "seeds", "accuracy", "theirs", "paired", "95 % interval", "p", "seconds",
           "x scratch", "")  # fmt: skip


def markdown(found: Mapping[str, Lessons], bare: Bare) -> str:
    """The whole page, by the set-ups' titles."""
    return "\n".join([HEAD, *("\n".join(_section(title, each, bare)) for title, each in found.items() if each)])


def _section(title: str, lessons: Lessons, bare: Bare) -> list[str]:
    told = compared(lessons, bare)
    out = [f"## {title}", "", f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for (name, against), found in told.items():
        mine = lessons[name]
        theirs = (
            [row["scratch"] for row in mine] if against == "scratch" else [r["test"] for r in lessons[bare(name) or ""]]
        )
        first = against == "scratch"
        cells = [
            f"`{name}`" if first else f"`{name}`, beside KD alone",
            ", ".join(mine[0]["teachers"]) if first else "",
            against,
            str(found.mean.n),
            f"{np.mean([row['test'] for row in mine]):.3f}",
            f"{np.mean(theirs):.3f}",
            f"{100 * found.mean.value:+.1f}",
            f"[{100 * found.mean.low:+.1f}, {100 * found.mean.high:+.1f}]",
            f"{found.adjusted:.3f}",
            *(_cost(mine) if first else ("", "")),
            verdict(found),
        ]
        out.append(f"| {' | '.join(cells)} |")
    return [*out, "", *sentences(told, lessons), ""]


def _cost(lessons: Sequence[Row]) -> tuple[str, str]:
    ratios = [row["seconds"] / row["scratch seconds"] for row in lessons if row.get("scratch seconds")]
    return f"{np.median([row['seconds'] for row in lessons]):.1f}", f"{np.median(ratios):.1f}" if ratios else ""


def sentences(told: Mapping[tuple[str, str], Paired], lessons: Lessons) -> list[str]:
    """What the table shows and does not show, plainly."""
    by: dict[tuple[str, str], list[str]] = {}
    for (name, against), found in told.items():
        by.setdefault((verdict(found).strip("*"), against), []).append(f"`{name}`")
    few = [f"`{name}` ({len(each)})" for name, each in lessons.items() if len(each) < LEAST]
    lines = [
        f"- Of {len(told)} lines, corrected together: above scratch {_said(by, 'above', 'scratch')}; below scratch "
        f"{_said(by, 'below', 'scratch')}.",
        f"- Above KD alone, so that own terms give more than answers: {_said(by, 'above', 'KD alone')}; below it: "
        f"{_said(by, 'below', 'KD alone')}.",
    ]
    if few:
        lines.append(f"- Fewer than {LEAST} seeds were measured, so there is no line for: {', '.join(few)}.")
    return lines


def _said(by: Mapping[tuple[str, str], list[str]], what: str, against: str) -> str:
    return ", ".join(by.get((what, against), ())) or "none is shown"
