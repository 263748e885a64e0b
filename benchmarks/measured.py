"""What was measured of the methods, read from its lines and put into tables, with what it does not show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

Row = dict[str, Any]
ALLOWED = 0.03
TITLES = {"gunpoint": "GunPoint", "basic_motions": "BasicMotions", "epilepsy": "Epilepsy"}


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


def figures(lessons: Sequence[Row]) -> Row:
    """Median, least and most test accuracy, the difference to scratch, its interval, and the seconds of a lesson."""
    mine, scratch = (np.array([r[k] for r in lessons]) for k in ("test", "scratch"))
    low, high = interval(mine - scratch)
    return {
        "student": lessons[0]["student"], "seeds": len(lessons), "median": float(np.median(mine)),
        "min": float(mine.min()), "max": float(mine.max()), "scratch": float(np.median(scratch)),
        "difference": float(np.median(mine) - np.median(scratch)), "paired": float((mine - scratch).mean()),
        "low": low, "high": high, "seconds": float(np.median([r["seconds"] for r in lessons])),
        "times": float(np.median([r["seconds"] / r["scratch seconds"] for r in lessons])),
    }  # fmt: skip


def interval(differences: np.ndarray, rounds: int = 10_000) -> tuple[float, float]:
    """95 % bootstrap interval of the mean paired difference, over seeds."""
    rng = np.random.default_rng(0)
    means = rng.choice(differences, (rounds, len(differences))).mean(1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def verdict(r: Mapping[str, Any]) -> str:
    """What the figures allow to say."""
    if r["difference"] < -ALLOWED - 1e-9:
        return "falls short"
    if r["low"] > 0:
        return "above scratch"
    return "below scratch" if r["high"] < 0 else "no clear difference"


def lines(data: str, by_method: Mapping[str, Sequence[Row]]) -> list[str]:
    """A table for a terminal."""
    out = [f"{TITLES[data]}: test accuracy over seeds; {teachers(by_method)}",
           f"{'method':<18}{'student':<8}{'seeds':>5}{'median':>8}{'min':>7}{'max':>7}{'scratch':>9}{'paired':>8}  "
           f"{'95 % interval':<17}{'seconds':>8}{'x scratch':>10}  verdict"]  # fmt: skip
    for name, lessons in by_method.items():
        if any("failed" in r for r in lessons):
            out.append(f"{name:<18}{next(r['failed'] for r in lessons if 'failed' in r)}")
            continue
        r = figures(lessons)
        between = f"[{r['low']:+.3f}, {r['high']:+.3f}]"
        out.append(
            f"{name:<18}{r['student']:<8}{r['seeds']:>5}{r['median']:8.3f}{r['min']:7.3f}{r['max']:7.3f}"
            f"{r['scratch']:9.3f}{r['paired']:+8.3f}  {between:<17}{r['seconds']:8.1f}{r['times']:10.1f}  {verdict(r)}"
        )
    return out


def teachers(by_method: Mapping[str, Sequence[Row]]) -> str:
    """The teachers' median test accuracies, by modality."""
    usual = {(r["seed"], m): a for m_, ls in by_method.items() if m_ != "es_teacher" for r in ls
             for m, a in r.get("teachers", {}).items()}  # fmt: skip
    names = dict.fromkeys(m for _, m in usual)
    told = (f"{m} {np.median([a for (_, of), a in usual.items() if of == m]):.3f}" for m in names)
    return "teachers, median: " + ", ".join(told)


HEAD = """# Methods, measured

Written by `python -m benchmarks.methods --markdown docs/methods-measured.md` from what that program measured; no figure
is typed by hand. Every method has its default knobs, the quick budget, the teachers it takes by default (of signal,
GAF and persistence image) and a `tiny` student; `scratch` is the same student and seed without a teacher, answered at
the last epoch.
Figures are accuracies on the official test set.

`paired` is the mean difference to scratch of the same seed, with a 95 % bootstrap interval over seeds. So few seeds
make the interval itself rough; a signed-rank test of five pairs cannot reach p < 0.05 at all; of so many lines a few
leave zero out by chance alone. `seconds` is processor time of the student's training on one thread, `x scratch` the
same over its scratch student's; both were measured while other work ran beside them: trust the ratio more.
"""
COLUMNS = ("method", "student", "seeds", "median", "min", "max", "scratch", "paired", "95 % interval", "seconds",
           "x scratch", "")  # fmt: skip


def markdown(found: Mapping[str, Mapping[str, Sequence[Row]]]) -> str:
    """The whole document."""
    return "\n".join([HEAD, *("\n".join(_section(data, by_method)) for data, by_method in found.items() if by_method)])


def _section(data: str, by_method: Mapping[str, Sequence[Row]]) -> list[str]:
    told = {n: figures(ls) for n, ls in by_method.items() if not any("failed" in r for r in ls)}
    out = [f"## {TITLES[data]}", "", f"Test accuracy of the {teachers(by_method)}.", "",
           f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]  # fmt: skip
    for name, r in told.items():
        out.append(
            f"| `{name}` | {r['student']} | {r['seeds']} | {r['median']:.3f} | {r['min']:.3f} | {r['max']:.3f} | "
            f"{r['scratch']:.3f} | {r['paired']:+.3f} | [{r['low']:+.3f}, {r['high']:+.3f}] | {r['seconds']:.1f} | "
            f"{r['times']:.1f} | {verdict(r)} |"
        )
    return [*out, "", *sentences(told), ""]


def sentences(told: Mapping[str, Row]) -> list[str]:
    """What the table shows and does not show, plainly."""
    by: dict[str, list[str]] = {}
    for name, r in told.items():
        by.setdefault(verdict(r), []).append(f"`{name}`")
    short, above, below = (", ".join(by.get(v, [])) for v in ("falls short", "above scratch", "below scratch"))
    few = sorted({r["seeds"] for r in told.values()})
    lines = [
        f"- More than {100 * ALLOWED:.0f} points under scratch by the medians: {short or 'none'}.",
        f"- Distillation helped (the whole interval lies above zero): {above or 'nowhere'}.",
        f"- It harmed (the whole interval lies below zero): {below or 'nowhere'}.",
        f"- Of the other {len(by.get('no clear difference', []))} methods these data show no clear difference: "
        "distillation does not visibly help there.",
    ]
    if np.median([r["scratch"] for r in told.values()]) > 0.995:
        lines.append("- Students from scratch answer nearly everything rightly here: there is nothing to be gained.")
    if len(few) > 1 or few[0] < 5:
        lines.append(f"- Not every method has five seeds yet ({few[0]} to {few[-1]}): its line says how many.")
    return lines
