"""Visitors who look at a run that trains: `make load`, or `python -m benchmarks.load [--sessions 25] [--seconds 12]`.

Websocket clients speak Streamlit's protocol to a server of its own on loopback. Each looks at the same run in the midst
of its training, ticks once a second as a browser does, and reruns the whole page every eighth time. The run's log does
not change, so every rerun has the same work; in a last stretch it grows once a second ("grown": all draw it anew).
Stretches without and with a worker training beside them follow each other, so that busy neighbours disturb both alike;
what counts is the 95th percentile on a quiet machine, and the ratio of both anywhere (wanted: at most 1.5).
Then: a click on Start until the first loss, Stop, the server's memory, and sessions that come and go.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from kdviz.core.events import EpochEnded
from kdviz.core.files import append_line, locked
from kdviz.data.sources.samples import load
from kdviz.runs.engine.workers import slots, spawn
from kdviz.runs.store.run import EVENTS, IN_APP, LOCK, Run, all_runs, make
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.browser.server import Server, served

WANTED = {"fragment": 300.0, "page": 500.0, "grown": 500.0}
"""Milliseconds that 95 of 100 reruns stay below."""
WANTED_RATIO, WANTED_MB, WANTED_START, WANTED_STOP = 1.5, 400, 1.0, 5.0
WANTED_BYTES = 3_000
WHOLE_EVERY = 8
Times = dict[tuple[str, bool], list[float]]


@dataclass(frozen=True, eq=False)
class Stretch:
    """Some seconds in which all is alike: whether a worker trains beside, whether the run's log grows."""

    trains: bool = False
    grows: bool = False


class Session:
    """One open page."""

    def __init__(self, socket: ClientConnection, query: str, page: str = "distill") -> None:
        self.socket, self.query, self.page = socket, query, page
        self.fragment = ""
        self.buttons: dict[str, str] = {}
        self.faults = 0
        self.bytes: list[int] = []

    async def rerun(self, fragment: str = "", click: str = "") -> float:
        """Run the page, or its live fragment; the seconds until the server is done."""
        asked = BackMsg()
        state = asked.rerun_script
        state.query_string, state.page_name, state.fragment_id = self.query, self.page, fragment
        state.is_auto_rerun = bool(fragment)
        if click:
            state.widget_states.widgets.add(id=self.buttons[click], trigger_value=True)
        began = time.perf_counter()
        self.bytes.append(0)
        await self.socket.send(asked.SerializeToString())
        while not self._done(await asyncio.wait_for(self.socket.recv(), 120)):
            pass
        return time.perf_counter() - began

    def _done(self, content: bytes | str) -> bool:
        told = ForwardMsg.FromString(content if isinstance(content, bytes) else content.encode())
        kind = told.WhichOneof("type")
        self.bytes[-1] += len(content)
        if kind == "auto_rerun":
            self.fragment = told.auto_rerun.fragment_id
        elif kind == "delta" and told.delta.new_element.HasField("button"):
            self.buttons[told.delta.new_element.button.label] = told.delta.new_element.button.id
        elif kind == "delta" and told.delta.new_element.HasField("exception"):
            self.faults += 1
        return kind == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


def stream(server: Server) -> connect:
    return connect(
        f"{server.url.replace('http', 'ws')}/_stcore/stream",
        subprotocols=["streamlit"],
        max_size=None,
        open_timeout=120,
    )  # type: ignore[list-item]


async def look(server: Server, query: str, times: Times, training: Callable[[], Stretch | None]) -> Session:
    """One visitor, until `training` says None; his page."""
    async with stream(server) as socket:
        page = Session(socket, query)
        await page.rerun()
        await asyncio.sleep(random.random())
        turn = random.randrange(WHOLE_EVERY)
        while (stretch := training()) is not None:
            turn += 1
            whole = turn % WHOLE_EVERY == 0 and not stretch.grows
            took = await page.rerun("" if whole else page.fragment)
            if training() is stretch:
                kind = "grown" if stretch.grows else "page" if whole else "fragment"
                times.setdefault((kind, stretch.trains), []).append(took)
            await asyncio.sleep(max(0.0, 1.0 - took))
        return page


async def many(
    server: Server, seen: Run, query: str, sessions: int, seconds: float, trainee: Run
) -> tuple[Times, list[Session], float]:
    """All visitors through stretches without and with a trainer; times, their pages, the server's MB at the end."""
    times: Times = {}
    now: list[Stretch | None] = [Stretch()]
    looking = [asyncio.create_task(look(server, query, times, lambda: now[0])) for _ in range(sessions)]
    await asyncio.sleep(3 + sessions * 0.1)
    while len(times.get(("fragment", False), ())) < 2 * sessions:  # until all are there
        await asyncio.sleep(0.1)
    times.clear()
    for _ in range(2):
        now[0] = Stretch()
        await asyncio.sleep(seconds)
        child = spawn(str(trainee.folder))
        told = len(list(trainee.events()))
        while len(list(trainee.events())) <= told + 2 and child.poll() is None:
            await asyncio.sleep(0.1)
        now[0] = Stretch(trains=True)
        await asyncio.sleep(seconds)
        if child.poll() is not None:
            raise SystemExit("The trainer ended before its time: give it a larger network.")
        child.send_signal(signal.SIGTERM)
        child.wait()
    now[0], last = Stretch(grows=True), [e for e in seen.events() if e.get("event") == "epoch"][-1]
    for _ in range(int(seconds)):
        append_line(seen.folder / EVENTS, last)
        await asyncio.sleep(1.0)
    memory = megabytes(server)
    now[0] = None
    return times, await asyncio.gather(*looking), memory


async def click(server: Server, known: set[str]) -> tuple[float, float]:
    """Start, clicked on the page: seconds until the first loss is in the run's log; Stop: until it has stopped."""
    async with stream(server) as socket:
        page = Session(socket, "data=gunpoint&method=at")
        await page.rerun()
        rerun, began = asyncio.create_task(page.rerun(click="Start")), time.monotonic()
        run = None
        while run is None or not any(e.get("event") == "epoch" for e in run.events()):
            run = next((r for r in all_runs() if r.folder.name not in known and r.request["made"] == IN_APP), None)
            await asyncio.sleep(0.01)
        started = time.monotonic() - began
        await rerun
    began = time.monotonic()
    run.cancel()
    while run.final is None:
        await asyncio.sleep(0.02)
    return started, time.monotonic() - began


async def come_and_go(server: Server, query: str, seconds: float) -> tuple[int, int]:
    """Sessions that open the page and leave, every third while it is still drawn; how many, and how many failed."""
    end, counted = time.monotonic() + seconds, [0, 0]

    async def visitor() -> None:
        while time.monotonic() < end:
            counted[0] += 1
            leaves = counted[0] % 3 == 0
            try:
                async with stream(server) as socket:
                    page = Session(socket, query)
                    await asyncio.wait_for(page.rerun(), 0.05 if leaves else 60)
                counted[1] += page.faults
            except TimeoutError:
                counted[1] += not leaves

    await asyncio.gather(*(visitor() for _ in range(8)))
    return counted[0], counted[1]


def megabytes(server: Server) -> float:
    """What the server holds in memory."""
    said = Path(f"/proc/{server.pid}/status").read_text().split("VmRSS:")[1]
    return int(said.split()[0]) / 1024


def handles(server: Server) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


@contextmanager
def in_the_midst(run: Run) -> Iterator[None]:
    """The run as it looks while somebody trains it: its log is there, its lock is held, its end is not known."""
    with locked(run.folder / LOCK):
        yield


def looked_at() -> Run:
    """What the page itself would start, in the midst of it: a rerun by a client without widgets asks for nothing else.

    Nobody trained it; its log is written here.
    """
    data = load("gunpoint")
    run = make(recipe_for(data, Choices("kd"), {}), data.name, dict(data.source), made="to look at")
    shares = {"train": 0.5, "validation": 0.5, "test": 0.5}
    for who in ("signal", "student"):
        for epoch in range(1, 41):
            said = EpochEnded(who, epoch, 60, "kd", {"task": 1 / epoch}, {}, shares, 0.1)
            append_line(run.folder / EVENTS, said.line())
    return run


def asked(epochs: int, made: str, **more: str) -> Run:
    data = load("gunpoint")
    recipe = recipe_for(
        data, Choices("kd", ("signal",), epochs=epochs), {"teacher.epochs": 40, "control": False, **more}
    )
    return make(recipe, data.name, dict(data.source), made=made)


def percentiles(times: Times, kind: str) -> tuple[str, float, float]:
    """A line, the larger of the 95th percentiles in milliseconds, and their ratio."""
    without, beside = (np.array(times[(kind, t)]) * 1000 for t in (False, True))
    low, high = np.percentile(without, 95), np.percentile(beside, 95)
    words = f"p95 {low:.0f} ms without, {high:.0f} ms with a trainer ({len(without)} and {len(beside)} times)"
    return words, float(max(low, high)), float(high / low)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=25, metavar="N")
    parser.add_argument("--seconds", type=float, default=12.0, metavar="S", help="of each of four stretches")
    parser.add_argument("--soak", type=float, default=30.0, metavar="S", help="how long sessions come and go")
    parser.add_argument("--warming", type=float, default=15.0, metavar="S", help="until the spare worker is warm")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="kdviz-load-"))
    os.environ["KDVIZ_HOME"] = str(folder / "home")
    broken: list[str] = []

    def say(name: str, good: bool, words: str) -> None:
        broken.extend([name] * (not good))
        print(f"{'holds' if good else 'BROKEN':<7}{name:<10}{words}", flush=True)

    try:
        measure(given, folder, say)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(broken))


def measure(given: argparse.Namespace, folder: Path, say: Callable[[str, bool, str], None]) -> None:
    print(f"{given.sessions} sessions, 1 tick a second, {slots()} run at a time, {os.cpu_count()} cores")
    seen, trainee = looked_at(), asked(500, "beside", architecture="resnet")
    with served(folder) as server, ExitStack() as midst:
        query = f"data=gunpoint&method=kd&run={seen.folder.name}"
        time.sleep(given.warming)
        idle = megabytes(server), handles(server)
        started, stopped = asyncio.run(click(server, {seen.folder.name, trainee.folder.name}))
        midst.enter_context(in_the_midst(seen))
        say("start", started < WANTED_START, f"{started:.2f} s from the click to the first loss (wanted: < 1)")
        say("stop", stopped < WANTED_STOP, f"{stopped:.2f} s from Stop to the end (wanted: < 5)")
        times, pages, memory = asyncio.run(many(server, seen, query, given.sessions, given.seconds, trainee))
        for kind in ("fragment", "page"):
            words, most, ratio = percentiles(times, kind)
            good, wanted = ratio <= WANTED_RATIO and most < WANTED[kind], f"< {WANTED[kind]:.0f} ms and {WANTED_RATIO}"
            say(kind, good, f"{words}: {ratio:.2f} times (wanted: {wanted})")
        drawn = float(np.percentile(times[("grown", False)], 95)) * 1000
        say(
            "grown",
            drawn < WANTED["grown"],
            f"p95 {drawn:.0f} ms where the log grows (wanted: < {WANTED['grown']:.0f})",
        )
        quiet = min(n for page in pages for n in page.bytes)
        say("tick", quiet < WANTED_BYTES, f"{quiet:,} bytes where it did not (wanted: < {WANTED_BYTES:,})")
        faults = sum(page.faults for page in pages)
        say("faults", faults == 0, f"{faults} on the visitors' pages")
        say("memory", memory < WANTED_MB, f"{idle[0]:.0f} MB idle, {memory:.0f} MB with all sessions (wanted: < 400)")
        say("torch", "libtorch" not in server.libraries(), "not loaded by the server")
        before = megabytes(server)
        came, failed = asyncio.run(come_and_go(server, query, given.soak))
        time.sleep(2)
        grown = megabytes(server) - before
        words = f"{came} sessions came and went, {failed} failed; memory grew by {grown:.0f} MB (wanted: < 60)"
        say("soak", failed == 0 and grown < 60, f"{words}; files open {handles(server)}, idle {idle[1]}")
        began = time.monotonic()
        os.kill(server.pid, signal.SIGTERM)
        while server_lives(server):
            time.sleep(0.05)
        say("shutdown", time.monotonic() - began < 5, f"{time.monotonic() - began:.1f} s after SIGTERM (wanted: < 5)")


def server_lives(server: Server) -> bool:
    words = subprocess.run(["ps", "-o", "stat=", "-p", str(server.pid)], capture_output=True, text=True, check=False)
    return words.stdout.strip()[:1] not in ("", "Z")


if __name__ == "__main__":
    raise SystemExit(main())
