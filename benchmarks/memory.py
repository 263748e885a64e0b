"""What training takes of memory and time: `python -m benchmarks.memory [--before FOLDER] [--part 4] [--epochs 15]
[--long] [--quick]`.

A data set of 7,352 + 2,947 windows of 9 x 128, or with `--long` one of 50,000 of 6 x 256: three teachers, student and
control, trained in a process of its own and, where a core is free and the run large, a second one (`as it comes`).
Beside it stands the same with `one process`, or with `--before` the tree of a checkout from which time counts (`git
worktree add FOLDER 2fb5997`): the same networks and steps, just before ours. `--part 4` takes a quarter of the windows:
what is held shrinks with them, what Python and torch need does not. The peak is the kernel's (ru_maxrss, as
/usr/bin/time -v tells it), of both processes together, though they need not have had it at one moment.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

BEFORE, ALONE, NOW = "before", "one process", "as it comes"
WANTED_MB, WANTED_LONG_MB, WANTED_RATIO = 1500, 2500, 0.6
HOMES = {
    NOW: ("runs.store.datasets", "runs.store.run", "runs.worker.job", "training.defaults", "training.recipe_builder"),
    BEFORE: ("runs.datasets", "runs.store", "runs.work", "training.plan", "training.wish"),
}
"""Where a tree keeps what is needed here."""


def windows(train: int, test: int, channels: int, length: int, classes: int = 6) -> Any:
    """Noise with a rhythm that tells the class."""
    rng, series = np.random.default_rng(0), train + test
    y = np.arange(series) % classes
    X = rng.standard_normal((series, channels, length), dtype=np.float32)
    X += np.sin(np.arange(length, dtype=np.float32) * (0.05 + 0.05 * y[:, None]))[:, None]
    cut = train - train // 5
    names = tuple(str(c) for c in range(classes)), tuple(f"channel {c}" for c in range(channels))
    order = rng.permutation(train)
    parts = order[:cut], order[cut:], np.arange(train, series)
    kind = import_module("kdviz.data.dataset").Dataset
    return kind(X, y, *names, *(np.sort(part).astype(np.int64) for part in parts), "windows", 50.0)


def child(given: argparse.Namespace) -> None:
    """Train, and say what it took."""
    tree = HOMES[BEFORE if given.child == BEFORE else NOW]
    datasets, runs, job, defaults, recipes = (import_module(f"kdviz.{name}") for name in tree)
    size = (50_000, 0, 6, 256) if given.long else (7352, 2947, 9, 128)
    train, test = (n // given.part for n in size[:2])
    data = windows(train, test or train // 10, *size[2:])
    datasets.keep(data)
    settings: dict[str, object] = {"teacher.epochs": given.epochs}
    if given.child == BEFORE:
        choices = defaults.Wish("aver", epochs=given.epochs)
    else:
        choices = defaults.Choices("aver", epochs=given.epochs, budget="quick" if given.quick else None)
    run = runs.make(recipes.recipe_for(data, choices, settings), data.name, {})
    began = time.monotonic()
    events = list(job.work(run, data))
    wall = time.monotonic() - began
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    said = {
        "seconds": wall,
        "cpu": sum(each.ru_utime + each.ru_stime for each in used),
        "mb": sum(each.ru_maxrss for each in used) / 1024,
    }
    print(json.dumps({**said, "end": str(events[-1].line().get("state", ""))}))


def taken(given: argparse.Namespace, way: str) -> dict[str, float]:
    folder = tempfile.mkdtemp(prefix="kdviz-memory-")
    words = [sys.executable, "-P", str(Path(__file__).resolve()), "--child", way, "--part", str(given.part)]
    words += ["--epochs", str(given.epochs), *(["--long"] if given.long else [])]
    words += ["--quick"] if given.quick else []
    tree = str(given.before if way == BEFORE else Path(__file__).resolve().parents[1])
    try:
        environment = {**os.environ, "KDVIZ_HOME": folder, "PYTHONPATH": tree, "KDVIZ_SECOND_WORKER": "1"}
        environment |= {"KDVIZ_SECOND_WORKER": "0"} if way == ALONE else {}
        told = subprocess.run(words, check=True, capture_output=True, text=True, env=environment, cwd=tree).stdout
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--before", type=Path, metavar="FOLDER", help="a checkout of 2fb5997; asks for --quick")
    parser.add_argument("--part", type=int, default=1, metavar="N", help="one in so many windows")
    parser.add_argument("--epochs", type=int, default=15, metavar="E")
    parser.add_argument("--long", action="store_true", help="50,000 windows of 6 x 256, as they come alone")
    parser.add_argument("--quick", action="store_true", help="the smaller teachers of the quick budget")
    parser.add_argument("--child", choices=(BEFORE, ALONE, NOW), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given)
        return 0
    if given.before and not given.quick:
        parser.error("before, teachers were those of the quick budget: say --quick too")
    ways = [NOW] if given.long else [BEFORE if given.before else ALONE, NOW]
    found = {}
    for way in ways:
        found[way] = one = taken(given, way)
        print(f"{way:<12} {one['mb']:6.0f} MB  {one['seconds']:6.1f} s  {one['cpu']:6.1f} s of processor", flush=True)
    now, most = found[NOW], WANTED_LONG_MB if given.long else WANTED_MB
    good = now["mb"] < most
    if given.before:
        ratio, work = (now[name] / found[BEFORE][name] for name in ("seconds", "cpu"))
        good = good and (given.part > 1 or ratio <= WANTED_RATIO)
        print(f"time to time before: {ratio:.2f} (wanted: at most {WANTED_RATIO}); of processor {work:.2f}")
    print(
        f"{'holds' if good else 'BROKEN'}: {now['mb']:.0f} MB with 1 in {given.part} windows (wanted of all: < {most})"
    )
    return int(not good)


if __name__ == "__main__":
    raise SystemExit(main())
