"""How often intervals hold the truth, and how often nothing is called something: `python -m benchmarks.coverage`.

First table: of worlds whose truth is known, the share in which the 95 % interval over subjects holds it, by the number
of subjects, by how many series each has and by how subjects differ; with the median width over that of plain t.
Second: worlds without a difference, in which a student is said to be nearer or farther than its control.
Third: worlds in which maps belong to no series, with four near-equal windows a series, or with subjects whose habits
run through all their classes, some of which they lack: how often p <= 0.05.
"""

from __future__ import annotations

import argparse

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from kdviz.metrics.agreement import agree
from kdviz.metrics.conclusions import of_control
from kdviz.metrics.intervals import LEAST, interval

GROUPS = (6, 8, 15, 40)
SIZES = ("equal", "unequal", "falling")
SHAPES = ("normal", "heavy", "skewed", "very skewed")
Values = NDArray[np.float64]
Groups = NDArray[np.str_]


def sizes_of(how: str, groups: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Series of each subject: 20; lognormal around 20 (a tenth of them below 8, a tenth above 50); or a tenth fewer
    from each to the next."""
    if how == "equal":
        return np.full(groups, 20)
    if how == "falling":
        return np.maximum(2, (60 * 0.9 ** np.arange(groups)).astype(np.int64))
    return np.maximum(1, np.rint(20 * rng.lognormal(0, 0.7, groups)).astype(np.int64))


def effects(shape: str, groups: int, rng: np.random.Generator) -> Values:
    """How subjects differ, of mean zero: normal, t with 4 degrees, exponential (skewness 2), lognormal (3.3)."""
    drawn = {
        "normal": rng.normal(size=groups),
        "heavy": rng.standard_t(4, groups),
        "skewed": rng.exponential(size=groups) - 1,
        "very skewed": rng.lognormal(0, 0.75, groups) - np.exp(0.75**2 / 2),
    }
    return np.asarray(drawn[shape])


def world(groups: int, sizes: str, shape: str, seed: int) -> tuple[Values, Groups]:
    """Values of series whose true mean is 0, and their subjects."""
    rng = np.random.default_rng(seed)
    many = sizes_of(sizes, groups, rng)
    values = np.repeat(effects(shape, groups, rng), many) + rng.normal(size=many.sum())
    return values, np.repeat(np.array([f"s{n}" for n in range(groups)]), many)


def coverage(groups: int, sizes: str, shape: str, worlds: int) -> tuple[float, float]:
    """The share of worlds whose interval holds 0, and the median width over that of t with one value a subject."""
    held, widths = [], []
    for seed in range(worlds):
        values, of = world(groups, sizes, shape, seed)
        told = interval(values, of)
        means = np.array([values[of == each].mean() for each in np.unique(of)])
        plain = 2 * stats.t.ppf(0.975, groups - 1) * stats.sem(means)
        held.append(told.low <= 0 <= told.high)
        widths.append((told.high - told.low) / plain)
    return float(np.mean(held)), float(np.median(widths))


def alike(groups: int, sizes: str, seed: int) -> tuple[Values, Values, Groups]:
    """Matches of a student and of its control with a teacher, without a difference in law: subjects are harder or
    easier for both, and each network has its own luck with each subject."""
    rng = np.random.default_rng(seed)
    many = sizes_of(sizes, groups, rng)
    hard, luck, other = (np.repeat(effects("normal", groups, rng), many) for _ in range(3))
    noise = rng.normal(0, 0.5, (2, many.sum()))
    found = np.tanh(0.5 + 0.5 * hard + 0.3 * np.stack([luck, other]) + noise)
    return found[0], found[1], np.repeat(np.array([f"s{n}" for n in range(groups)]), many)


def falsely_moved(groups: int, sizes: str, worlds: int) -> float:
    """The share of such worlds in which the sentence says nearer or farther."""
    said = []
    for seed in range(worlds):
        mine, control, of = alike(groups, sizes, seed)
        told = interval(mine - control, of, 1 - control, bounds=(-np.inf, 1.0))
        sentence = of_control(told.known(), "subjects")
        said.append("is nearer" in sentence or "is farther" in sentence)
    return float(np.mean(said))


def windows(recordings: int, each: int, seed: int) -> tuple[Values, Values, NDArray[np.int64], Groups]:
    """Student's and teacher's maps of `each` near-equal windows a recording, that have nothing to do with each other,
    with two classes and the recordings' names."""
    rng = np.random.default_rng(seed)
    maps = [np.repeat(rng.normal(size=(recordings, 12)), each, 0) + rng.normal(0, 0.1, (recordings * each, 12))
            for _ in range(2)]  # fmt: skip
    of = np.repeat(np.arange(recordings), each)
    return maps[0], maps[1], of % 2, np.array([f"r{n}" for n in of])


def falsely_own(recordings: int, each: int, worlds: int) -> float:
    """The share of such worlds in which maps are said to belong to their series (p <= 0.05)."""
    found = [windows(recordings, each, seed) for seed in range(worlds)]
    p = [agree("pearson", mine, theirs, y, groups=of, seed=n).p for n, (mine, theirs, y, of) in enumerate(found)]
    return float(np.mean(np.array(p) <= 0.05))


def falsely_own_habit(subjects: int, kept: float, worlds: int) -> float:
    """The same where maps are their subject's habit, in three classes of three series, a share of which is `kept`."""
    of, classes, p = np.repeat(np.arange(subjects), 9), np.tile(np.arange(3), 3 * subjects), []
    for seed in range(worlds):
        rng = np.random.default_rng(seed)
        habits, noise = rng.normal(size=(2, subjects, 12)), rng.normal(0, 0.3, (2, of.size, 12))
        here = rng.random(of.size) < kept
        mine, theirs = habits[:, of[here]] + noise[:, here]
        p.append(agree("pearson", mine, theirs, classes[here], groups=of[here].astype(str), seed=seed).p)
    return float(np.mean(np.array(p) <= 0.05))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--worlds", type=int, default=4000)
    worlds = parser.parse_args().worlds
    print(f"95 % intervals that hold the truth, of {worlds:,} worlds (width over plain t)\n")
    print(f"{'series':<10}{'subjects differ':<18}" + "".join(f"{g:<16}" for g in GROUPS))
    for sizes in SIZES:
        for shape in SHAPES:
            each = (coverage(g, sizes, shape, worlds) for g in GROUPS)
            print(f"{sizes:<10}{shape:<18}" + "".join(f"{f'{c:.1%} ({w:.2f})':<16}" for c, w in each), flush=True)
    print("\n'nearer' or 'farther' where there is no difference\n")
    few = (2, 3, LEAST - 1, *GROUPS)
    print(f"{'series':<10}" + "".join(f"{g:<9}" for g in few))
    for sizes in SIZES:
        print(f"{sizes:<10}" + "".join(f"{falsely_moved(g, sizes, worlds):<9.1%}" for g in few), flush=True)
    print("\np <= 0.05 where maps belong to no series\n")
    for recordings in (8, 16, 40):
        found = (f"{each} windows {falsely_own(recordings, each, worlds // 4):.1%}" for each in (1, 2, 4))
        print(f"{recordings} recordings: " + ", ".join(found), flush=True)
    for kept in (1.0, 0.6, 0.3):
        print(
            f"10 subjects' habits, {kept:.0%} of the series: {falsely_own_habit(10, kept, worlds // 4):.1%}", flush=True
        )


if __name__ == "__main__":
    main()
