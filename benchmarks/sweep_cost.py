"""What a large sweep costs: `python -m benchmarks.sweep_cost [SWEEP_DIR] [--runs 10000]`.

Seconds, megabytes and files of a run are measured, on a sweep of yours or on a small one that is run now; what so many
runs take on so many workers is computed from them, and says so.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from kdviz.data.sources.samples import load
from kdviz.runs.engine.executors import local
from kdviz.runs.store.lineage import size
from kdviz.runs.store.run import Run
from kdviz.runs.sweeps.grid import create, plan_for
from kdviz.runs.sweeps.plan import Sweep, open_sweep
from kdviz.runs.sweeps.scheduler import ForegroundSweep

WORKERS = (1, 16, 64, 256)


def small() -> tuple[Sweep, float]:
    """Three methods, two seeds, run now; and the seconds that laying out one of its runs takes."""
    data = [load("gunpoint")]
    plan = plan_for(data, methods=("kd", "aver", "supervised"), seeds=(0, 1), students=("signal:tiny",),
                    teachers=("signal", "gaf"), epochs=60)  # fmt: skip
    began = time.monotonic()
    found = create(plan, data)
    each = (time.monotonic() - began) / len(found.runs())
    with local() as (pool, bring, count):
        for _ in ForegroundSweep(found, pool, bring, count).lines():
            pass
    return found, each


def measured(runs: list[Run]) -> tuple[float, float, float]:
    """Seconds, bytes and files of a run: medians."""
    ended = [run for run in runs if run.state == "finished"]
    if not ended:
        raise SystemExit("No run of this sweep has finished: nothing is measured, so nothing can be computed.")
    seconds = statistics.median(float((run.final or {})["seconds"]) for run in ended)
    room = statistics.median(size(run.folder) for run in ended)
    return seconds, room, statistics.median(sum(1 for _ in run.folder.rglob("*")) for run in ended)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sweep", nargs="?", type=Path, metavar="SWEEP_DIR")
    parser.add_argument("--runs", type=int, default=10_000, metavar="N")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if given.sweep is None:
            os.environ["KDVIZ_HOME"] = folder
        found, laying = (open_sweep(given.sweep), None) if given.sweep else small()
        runs = found.runs()
        cells = [runs[cell.id] for cell in found.cells]
        seconds, room, files = measured(cells)
        print(
            f"measured on {len(cells)} runs, medians: {seconds:.1f} s, {room / 1e6:.2f} MB and {files:.0f} files a run"
        )
        if laying is not None:
            print(f"measured: {1000 * laying:.0f} ms to lay out a run", end="; ")
            print(f"computed: {laying * given.runs / 60:.1f} minutes for {given.runs:,}")
        print(
            f"computed for {given.runs:,} such runs: {room * given.runs / 1e9:.0f} GB, {files * given.runs:,.0f} files"
        )
        for workers in WORKERS:
            minutes = seconds * given.runs / workers / 60
            said = f"{minutes / 60:8.1f} hours  " if minutes >= 60 else f"{minutes:8.1f} minutes"
            print(f"computed: {said} on {workers:3d} workers (cores)")


if __name__ == "__main__":
    main()
