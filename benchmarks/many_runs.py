"""A home of ten thousand runs beside one of a hundred: `python -m benchmarks.many_runs [--runs 10000] [--few 100]`.

Both homes hold clones of one trained run: 40 sweeps whose cells have records, measures and weights, the last as links
to the same bytes. Two servers on loopback answer websocket clients in turn, so that busy neighbours disturb both alike.
What counts is the 95th percentile with many and its ratio to that with few; then the list as JSON, the supervisor's
round, the server's memory, a cold start, and what is done to many runs at once.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from benchmarks.load import Session, megabytes, stream
from kdviz.core.files import fingerprint
from kdviz.data.sources.samples import load
from kdviz.runs.comparison.compare import comparison
from kdviz.runs.engine.supervisor import Supervisor
from kdviz.runs.engine.workers import Engine
from kdviz.runs.index.opened_indexes import level
from kdviz.runs.index.run_facts import distilled, those
from kdviz.runs.index.run_list import Filter, ids, page
from kdviz.runs.store import run_table, trash
from kdviz.runs.store.home import run_folder
from kdviz.runs.store.run import FINAL, MEASURED, Run, by_identity
from kdviz.runs.sweeps.grid import create, plan_for
from kdviz.runs.sweeps.plan import all_sweeps
from kdviz.runs.worker.run_worker import bring
from tests.browser.server import Server, served

PAGES = {"runs": "", "compare": "of=all", "start": "", "evidence": ""}
METHODS, SWEEPS = ("kd", "at", "dkd", "fitnet", "sp"), 40
WANTED_MS, WANTED_RATIO, WANTED_JSON, WANTED_ROUND, WANTED_MB, WANTED_COLD, WANTED_DEED = (
    300,
    2.0,
    1.5,
    20,
    450,
    3.0,
    1.0,
)
Say = Callable[[str, bool, str], None]


@contextmanager
def at_home(place: Path) -> Iterator[None]:
    """Within, KDVIZ_HOME is this one."""
    before = os.environ.get("KDVIZ_HOME")
    os.environ["KDVIZ_HOME"] = str(place)
    try:
        yield
    finally:
        os.environ["KDVIZ_HOME"] = before or ""


def filled(place: Path, runs: int, sweeps: int) -> float:
    """A home of so many runs in so many sweeps; the seconds that laying them out took."""
    data = load("gunpoint")
    seeds = tuple(range(max(1, runs // sweeps // len(METHODS))))
    rng, spent = np.random.default_rng(0), 0.0
    with at_home(place):
        model: Run | None = None
        for number in range(sweeps):
            plan = plan_for(
                [data], methods=METHODS, seeds=seeds, students=("signal:tiny",), teachers=("signal",), epochs=2,
                settings={"control": False, "teacher.epochs": 2, "rate": 0.001 + number / 10_000},
            )  # fmt: skip
            began = time.monotonic()
            found = create(plan, [data])
            spent += time.monotonic() - began
            if model is None:
                model = Run(run_folder(found.cells[0].id))
                bring(model.folder)
            for identity in found.identities:
                if not (run_folder(identity) / FINAL).exists():
                    clone(model, Run(run_folder(identity)), float(rng.uniform(0.7, 1.0)))
    return spent


def clone(model: Run, run: Run, accuracy: float) -> None:
    """A run with the records of another, its own accuracy, and its weights as links."""
    for path in model.folder.rglob("*"):
        target = run.folder / path.relative_to(model.folder)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        elif path.suffix in (".safetensors", ".npz", ".jsonl") and not target.exists():
            os.link(path, target)
    final = json.loads((model.folder / FINAL).read_bytes())
    final["accuracy"] = {**final["accuracy"], "test": accuracy}
    content = json.dumps(final).encode()
    (run.folder / FINAL).write_bytes(content)
    measured = json.loads((model.folder / MEASURED).read_bytes())
    measured["mark"] = fingerprint(content)[:16]
    (run.folder / MEASURED).write_text(json.dumps(measured))


async def visits(servers: dict[str, Server], times: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of each rerun by page and home, in turn."""
    found: dict[tuple[str, str], list[float]] = {}
    async with asyncio.timeout(1500):
        for name, query in PAGES.items():
            async with stream(servers["few"]) as one, stream(servers["many"]) as other:
                sessions = {"few": Session(one, query, name), "many": Session(other, query, name)}
                for session in sessions.values():
                    await session.rerun()
                    await session.rerun()
                for _ in range(times):
                    for home, session in sessions.items():
                        found.setdefault((name, home), []).append(1000 * await session.rerun())
                    await asyncio.sleep(0.05)
                if faults := sum(s.faults for s in sessions.values()):
                    raise SystemExit(f"{faults} faults on the page {name}.")
    return found


async def first_page(server: Server) -> float:
    """Seconds until the first Runs page is done."""
    began = time.monotonic()
    async with stream(server) as socket:
        await Session(socket, "", "runs").rerun()
    return time.monotonic() - began


def round_ms(rounds: int = 40) -> float:
    """Milliseconds of processor that a supervisor's round takes, once it knows the home."""

    class NoEngine(Engine):
        def warm(self) -> None:
            """No spare."""

    keeper = Supervisor(NoEngine())
    for _ in range(3):
        keeper.look()
    began = time.process_time()
    for _ in range(rounds):
        keeper.look()
    return 1000 * (time.process_time() - began) / rounds


def deeds(say: Say) -> None:
    """What a visitor does to many runs, as the pages do it."""

    def timed(name: str, deed: Callable[[], object]) -> None:
        began, before = time.monotonic(), time.process_time()
        deed()
        took, worked = time.monotonic() - began, time.process_time() - before
        say(name, took < WANTED_DEED, f"{took:.2f} s, {worked:.2f} of processor (wanted: < {WANTED_DEED:g})")

    level()
    timed("filter", lambda: page(Filter("kd 7")))
    timed("sort", lambda: page(Filter(), "accuracy"))
    timed("page", lambda: page(Filter(), "newest", 5000, 100))
    some = ids(Filter("dkd"), 500)
    timed("tag", lambda: (run_table.write(by_identity(some[0]), "", ["marked"]), page(Filter(tags=("marked",)))))
    gone: list[str] = []
    timed("delete", lambda: (gone.extend(trash.discard(by_identity(i)).key for i in some), page(Filter())))
    timed("undo", lambda: ([trash.take_back(key) for key in gone], page(Filter())))
    cells = [c.id for sweep in all_sweeps()[:4] for c in sweep.cells][:1000]
    timed("compare", lambda: comparison([each.run for each in those(cells)], "kd", 0))
    timed("distilled", lambda: distilled(2000))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=10_000, metavar="N")
    parser.add_argument("--few", type=int, default=100, metavar="N")
    parser.add_argument("--times", type=int, default=20, metavar="N", help="reruns of each page")
    parser.add_argument("--homes", type=Path, metavar="FOLDER", help="keep the homes there, and take them from there")
    parser.add_argument("--fill", action="store_true", help="fill the homes, and measure no page")
    given = parser.parse_args()
    folder, broken = given.homes or Path(tempfile.mkdtemp(prefix="kdviz-many-")), list[str]()

    def say(name: str, good: bool, words: str) -> None:
        broken.extend([name] * (not good))
        print(f"{'holds' if good else 'BROKEN':<7}{name:<12}{words}", flush=True)

    try:
        measure(given, folder, say)
    finally:
        if given.homes is None:
            shutil.rmtree(folder, ignore_errors=True)
    return int(bool(broken))


def measure(given: argparse.Namespace, folder: Path, say: Say) -> None:
    few, many = folder / "few", folder / "many"
    if not many.exists():
        for place in (few, many):
            (place / "home").mkdir(parents=True)
        filled(few / "home", given.few, 1)
        took = filled(many / "home", given.runs, SWEEPS)
        say("lay out", took < 10 * given.runs / 10_000, f"{given.runs} cells in {took:.1f} s (wanted: < 10 for 10,000)")
    if given.fill:
        return
    with at_home(many / "home"):
        began = time.monotonic()
        level(3600, 3600)
        took = time.monotonic() - began
        print(f"       made anew   the index of {page(Filter()).of} runs in {took:.1f} s", flush=True)
        spent = round_ms()
        say("round", spent < WANTED_ROUND, f"{spent:.1f} ms of processor (wanted: < {WANTED_ROUND})")
        began, before = time.monotonic(), sum(os.times()[2:4])
        line = [sys.executable, "-m", "kdviz", "runs", "--json"]
        subprocess.run(line, check=True, stdout=subprocess.DEVNULL, env=dict(os.environ))
        took = time.monotonic() - began
        worked = sum(os.times()[2:4]) - before
        told = f"{took:.2f} s with the start of Python, {worked:.2f} of processor (wanted: < {WANTED_JSON:g})"
        say("as JSON", took < WANTED_JSON, told)
        deeds(say)
    with ExitStack() as open_:
        servers = {}
        for name, place in (("few", few), ("many", many)):
            with at_home(place / "home"):
                servers[name] = open_.enter_context(served(place))
        few_cold, cold = (asyncio.run(first_page(servers[name])) for name in ("few", "many"))
        told = f"{cold:.2f} s to the first list, with few {few_cold:.2f} (wanted: < {WANTED_COLD:g})"
        say("cold start", cold < WANTED_COLD, told)
        time.sleep(8)
        found = asyncio.run(visits(servers, given.times))
        for name in PAGES:
            low, high = (float(np.percentile(found[name, home], 95)) for home in ("few", "many"))
            middle = float(np.median(found[name, "many"]) / np.median(found[name, "few"]))
            good = high < WANTED_MS and high / low <= WANTED_RATIO
            say(
                name, good, f"p95 {high:.0f} ms, with few {low:.0f}: {high / low:.2f} times, medians {middle:.2f} times"
            )
        memory = megabytes(servers["many"])
        say("memory", memory < WANTED_MB, f"{memory:.0f} MB (wanted: < {WANTED_MB})")


if __name__ == "__main__":
    raise SystemExit(main())
