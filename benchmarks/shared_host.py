"""A host that many share: `python -m benchmarks.shared_host idle soak fair` (any of them; each says what it wants).

idle   what the supervisors' loop costs where nobody trains: its share of a core at 1,000 and at 5,000 folders
soak   2,000 sessions of as many visitors, half with an upload of 1 MB, a third broken off: errors, memory
fair   50 visitors (`--visitors`) with a run each, five of them with three: in which order workers began
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.load import megabytes
from kdviz.core.files import lines
from kdviz.data.sources.samples import load
from kdviz.runs.hosting.fair_share import FairShareSupervisor, QuotaEngine
from kdviz.runs.store.home import SWITCH, at, home_for
from kdviz.runs.store.run import ATTEMPTS, FINAL, IN_APP, Run, make
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.browser.server import served
from tests.ui.visitor import Visitor

Say = Callable[[str, bool, str], None]
IDLE_SHARE, GROWTH_MB = 0.01, 60
LOOKS, AT_ONCE = 200, 8
GONE = 100
"""Seconds: sessions that ended are kept for a minute, and forgotten and collected every half."""
VISITORS, GREEDY = 50, 5


class IdleEngine(QuotaEngine):
    """Keeps no spare: its cost is not the loop's."""

    def warm(self) -> None:
        """Nothing to keep."""


def asked(visitor: str, seed: int) -> Run:
    """A run of a visitor, small."""
    data = load("gunpoint")
    recipe = recipe_for(
        data, Choices("kd", ("signal",), epochs=2, seed=seed, budget="quick"), {"teacher.epochs": 2, "control": False}
    )
    with at(home_for(visitor)):
        return make(recipe, data.name, dict(data.source), made=IN_APP, visitor=visitor)


def idle(folder: Path, say: Say) -> None:
    """The loop over folders whose runs have all ended."""
    for count in (1_000, 5_000):
        os.environ["KDVIZ_HOME"] = str(folder / str(count))
        first = asked(f"{0:032x}", 0)
        (first.folder / FINAL).write_text(json.dumps({"event": "finished", "state": "finished"}))
        for number in range(1, count):
            shutil.copytree(first.folder.parents[1], home_for(f"{number:032x}"))
        turns, began = FairShareSupervisor(IdleEngine()), time.process_time()
        turns.look()
        start = time.process_time() - began
        began = time.process_time()
        for _ in range(LOOKS):
            turns.look()
        share = (time.process_time() - began) / LOOKS / turns.tick
        say("idle", share < IDLE_SHARE, f"{count:,} folders: {share:.4%} of a core (wanted: < {IDLE_SHARE:.0%}); "
            f"{start:.1f} s of a core once an hour and at the start")  # fmt: skip


def soak(folder: Path, say: Say, sessions: int) -> None:
    """Visitors who come, bring something, and go."""
    rows = "\n".join(",".join(f"{(n * 7 + k) % 91}" for k in range(100)) for n in range(3_600))
    content = rows.encode()
    with served(folder, **{SWITCH: "1"}) as server:
        faults: Counter[str] = Counter()

        def one(number: int) -> None:
            try:
                visitor = Visitor(server.url).come()
                if number % 3 == 2:  # gone while the page is drawn
                    with visitor.socket() as socket:
                        socket.send(BackMsg(rerun_script={"page_name": "encode"}).SerializeToString())
                    return
                with visitor.session() as session:
                    if number % 2 and visitor.drop(session, content).status != 204:
                        faults["upload refused"] += 1
            except Exception as wrong:
                faults[type(wrong).__name__] += 1

        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(one, range(100)))  # what the first visitors warm is no growth
            time.sleep(GONE)
            before, began = megabytes(server), time.monotonic()
            list(pool.map(one, range(sessions)))
        took = time.monotonic() - began
        time.sleep(GONE)
        with suppress(OSError):
            Visitor(server.url).come()
        grown = megabytes(server) - before
        words = f"{sessions:,} sessions in {took:.0f} s, {faults.total()} errors {dict(faults) or ''}; "
        say("soak", not faults and grown < GROWTH_MB, f"{words}memory grew by {grown:.0f} MB (wanted: 0 errors, < 60)")


def fair(folder: Path, say: Say, visitors: int) -> None:
    """Who is served when: real workers, on whatever cores there are. Nobody has a second run before all had a first."""
    os.environ["KDVIZ_HOME"] = str(folder / "home")
    names = [f"{number:032x}" for number in range(visitors)]
    runs = [asked(name, seed) for n, name in enumerate(names) for seed in range(3 if n < GREEDY else 1)]
    with served(folder, **{SWITCH: "1"}):
        began = time.monotonic()
        while any(run.final is None for run in runs) and time.monotonic() - began < 1_800:
            time.sleep(1)
    begun = {run: next((float(a["at"]) for a in lines(run.folder / ATTEMPTS) if "at" in a), None) for run in runs}
    order = [run.folder.parents[1].name for run in sorted((r for r in runs if begun[r]), key=lambda r: begun[r] or 0)]
    ended, first, one_each = sum(run.final is not None for run in runs), order[:visitors], min(len(order), visitors)
    say("fair", len({*first}) == one_each and ended == len(runs), f"{ended} of {len(runs)} runs ended in "
        f"{time.monotonic() - began:.0f} s; the first {one_each} that began are of {len({*first})} visitors "
        f"(wanted: of as many)")  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", nargs="+", choices=("idle", "soak", "fair"))
    parser.add_argument("--sessions", type=int, default=2_000, metavar="N")
    parser.add_argument("--visitors", type=int, default=VISITORS, metavar="N", help=f"{GREEDY} of them greedy")
    given = parser.parse_args()
    os.environ[SWITCH] = "1"
    broken: list[str] = []

    def say(name: str, good: bool, words: str) -> None:
        broken.extend([name] * (not good))
        print(f"{'holds' if good else 'BROKEN':<7}{name:<6}{words}", flush=True)

    for what in given.what:
        with tempfile.TemporaryDirectory(prefix="kdviz-host-", ignore_cleanup_errors=True) as folder:
            {
                "idle": idle,
                "soak": partial(soak, sessions=given.sessions),
                "fair": partial(fair, visitors=given.visitors),
            }[what](Path(folder), say)
    return int(bool(broken))


if __name__ == "__main__":
    raise SystemExit(main())
