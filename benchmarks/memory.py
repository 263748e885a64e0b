"""What training takes of memory: `python -m benchmarks.memory [--part 4] [--epochs 2] [--long] [--quick]`.

A data set of 7,352 + 2,947 windows of 9 x 128, or with `--long` one of 50,000 of 6 x 256, three teachers, student and
control, each in a process of its own: once with all views held whole, as before, and once as they come. `--part 4`
takes a quarter of the windows: what is held shrinks with them, what Python and torch need does not. The peak is the
kernel's (ru_maxrss, as /usr/bin/time -v tells it).
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

import numpy as np

from kdviz.data.dataset import Dataset
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import make
from kdviz.runs.worker.job import work
from kdviz.training import streamed_views
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for

WAYS = ("held", "as they come")
WANTED_MB, WANTED_LONG_MB, WANTED_RATIO = 1500, 2500, 0.6


def windows(train: int, test: int, channels: int, length: int, classes: int = 6) -> Dataset:
    """Noise with a rhythm that tells the class."""
    rng, series = np.random.default_rng(0), train + test
    y = np.arange(series) % classes
    X = rng.standard_normal((series, channels, length), dtype=np.float32)
    X += np.sin(np.arange(length, dtype=np.float32) * (0.05 + 0.05 * y[:, None]))[:, None]
    cut = train - train // 5
    names = tuple(str(c) for c in range(classes)), tuple(f"channel {c}" for c in range(channels))
    order = rng.permutation(train)
    parts = order[:cut], order[cut:], np.arange(train, series)
    return Dataset(X, y, *names, *(np.sort(part).astype(np.int64) for part in parts), "windows", 50.0)


def child(given: argparse.Namespace) -> None:
    """Train, and say what it took."""
    if given.child == WAYS[0]:
        streamed_views.LARGE = 1 << 60
    size = (50_000, 0, 6, 256) if given.long else (7352, 2947, 9, 128)
    train, test = (n // given.part for n in size[:2])
    data = windows(train, test or train // 10, *size[2:])
    keep(data)
    settings: dict[str, object] = {"teacher.epochs": given.epochs}
    if given.quick:
        settings["budget"] = "quick"
    recipe = recipe_for(data, Choices("aver", epochs=given.epochs), settings)
    began = time.monotonic()
    events = list(work(make(recipe, data.name, {}), data))
    said = {"seconds": time.monotonic() - began, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    print(json.dumps({**said, "end": str(events[-1].line().get("state", ""))}))


def taken(given: argparse.Namespace, way: str) -> dict[str, float]:
    folder = tempfile.mkdtemp(prefix="kdviz-memory-")
    words = [sys.executable, "-m", "benchmarks.memory", "--child", way, "--part", str(given.part)]
    words += ["--epochs", str(given.epochs), *(["--long"] if given.long else [])]
    words += ["--quick"] if given.quick else []
    try:
        environment = {**os.environ, "KDVIZ_HOME": folder}
        told = subprocess.run(words, check=True, capture_output=True, text=True, env=environment).stdout
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    found: dict[str, float] = json.loads(told.splitlines()[-1])
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--part", type=int, default=1, metavar="N", help="one in so many windows")
    parser.add_argument("--epochs", type=int, default=2, metavar="E")
    parser.add_argument("--long", action="store_true", help="50,000 windows of 6 x 256, as they come alone")
    parser.add_argument("--quick", action="store_true", help="the smaller teachers of the quick budget")
    parser.add_argument("--child", choices=WAYS, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        child(given)
        return 0
    found = {way: taken(given, way) for way in (WAYS[1:] if given.long else WAYS)}
    for way, one in found.items():
        print(f"{way:<13} {one['mb']:6.0f} MB  {one['seconds']:6.1f} s", flush=True)
    now, most = found[WAYS[1]], WANTED_LONG_MB if given.long else WANTED_MB
    good = now["mb"] < most
    if not given.long:
        ratio = now["seconds"] / found[WAYS[0]]["seconds"]
        good = good and (given.part > 1 or ratio <= WANTED_RATIO)
        print(f"time as they come to time held: {ratio:.2f} (wanted: at most {WANTED_RATIO})")
    print(
        f"{'holds' if good else 'BROKEN'}: {now['mb']:.0f} MB with 1 in {given.part} windows (wanted of all: < {most})"
    )
    return int(not good)


if __name__ == "__main__":
    raise SystemExit(main())
