"""What can befall runs, done to them for real: `make faults`, or `python -m benchmarks.faults [--kills 100] [ROW ...]`.

One line a row: what was done, how often, what came of it; exit 1 where a row does not hold. A run is unharmed only if
all its weights (the student's answers, control, teachers) are to the bit those of the same run that nobody disturbed.
Short versions of the rows are tests (tests/runs/worker/test_faults.py).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from kdviz.core.child_process import ROOT
from kdviz.core.files import lines
from kdviz.data.sources.samples import load
from kdviz.runs.store.attempts import POISON, worker
from kdviz.runs.store.home import child_environment
from kdviz.runs.store.run import ATTEMPTS, ENDED, EVENTS, IN_APP, Run, RunState, make
from kdviz.runs.worker import checkpoints
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.browser.server import Server, served

PATIENCE = 300.0
WISH: dict[str, Any] = {"teacher": "signal", "epochs": 300, "teacher.epochs": 60}
LONG = 2000  # epochs, so that a fast machine too saves more than once on the way


class Place:
    """A home of its own with one run in it, and the worker that the app would start for it."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.folder, self.home = folder, folder / "home"
        given, data = {**WISH, **settings}, load("gunpoint")
        self.epochs = int(given["epochs"])
        wish = Choices("kd", (given.pop("teacher"),), epochs=given.pop("epochs"))
        recipe = recipe_for(data, wish, given)
        self.run = make(recipe, data.name, dict(data.source), self.home / "runs" / recipe.identity, made=IN_APP)

    def work(self, **more: str) -> subprocess.Popen[bytes]:
        """A worker for the run."""
        words = [sys.executable, "-m", "kdviz", "worker", str(self.run.folder)]
        environment = {**child_environment(), "KDVIZ_HOME": str(self.home), **more}
        return subprocess.Popen(words, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL)

    @contextlib.contextmanager
    def served(self) -> Iterator[Server]:
        """The app over this home, which starts the worker by itself."""
        with served(self.folder) as app:
            yield app

    def unharmed(self) -> bool:
        """Whether the run has finished with the weights of one that nobody disturbed."""
        return self.run.state == "finished" and weights(self.run) == undisturbed(self.epochs)[0]


@contextlib.contextmanager
def place(under: str | None = None, **settings: Any) -> Iterator[Place]:
    """A place for the block."""
    folder = Path(tempfile.mkdtemp(prefix="kdviz-faults-", dir=under))
    try:
        yield Place(folder, **settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def weights(run: Run) -> dict[str, bytes]:
    """Every weight that an ended run holds, by file; a checkpoint is no result."""
    files = [path for path in run.folder.rglob("*.safetensors") if not path.name.startswith("ckpt-")]
    return {str(path.relative_to(run.folder)): path.read_bytes() for path in files}


@cache
def undisturbed(epochs: int = WISH["epochs"]) -> tuple[dict[str, bytes], float]:
    """What comes of the run that nobody disturbs, and the seconds that it takes."""
    with place(epochs=epochs) as here:
        began = time.monotonic()
        assert here.work().wait() == 0
        return weights(here.run), time.monotonic() - began


def until(what: Callable[[], Any], seconds: float = PATIENCE) -> float:
    """Wait for it; the seconds that it took. Raises TimeoutError."""
    began = time.monotonic()
    while not what():
        if time.monotonic() - began > seconds:
            raise TimeoutError
        time.sleep(0.02)
    return time.monotonic() - began


def starts(run: Run) -> int:
    return sum("pid" in each for each in lines(run.folder / ATTEMPTS))


def saved(run: Run) -> bool:
    return any(run.folder.glob("ckpt-*"))


def kill_worker(kills: int, seed: int) -> tuple[int, int]:
    """A run whose workers are killed so many times, at uniform random times of their work; kills made, runs harmed."""
    dice, made = random.Random(seed), 0
    with place() as here:
        while here.run.state not in ENDED:
            child = here.work()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(dice.uniform(0, undisturbed()[1]) if made < kills else PATIENCE)
            if child.poll() is None:
                child.kill()
                child.wait()
                made += 1
        return made, int(not here.unharmed())


def kill_server(both: bool, seed: int) -> tuple[int, int]:
    """The app killed twice at random times, alone or with its worker; kills made, runs harmed."""
    dice, made = random.Random(seed), 0
    with place() as here:
        while here.run.state not in ENDED:
            with here.served() as app:
                until(lambda: here.run.state in (RunState.RUNNING, *ENDED))
                time.sleep(dice.uniform(0, undisturbed()[1] / 2) if made < 2 else 0)
                if made < 2 and here.run.state not in ENDED:
                    process = worker(here.run)
                    os.kill(app.pid, signal.SIGKILL)
                    if both and process is not None and here.run.state == "running":
                        os.kill(process, signal.SIGKILL)
                    made += 1
                else:
                    until(lambda: here.run.state in ENDED)
        return made, int(not here.unharmed())


def killed(kills: int) -> tuple[bool, str]:
    """kill -9 at random times: worker (4 of 5), app (1 of 10), both (1 of 10)."""
    undisturbed()
    others = kills // 20
    with ThreadPoolExecutor(2) as pool:
        of_workers = [pool.submit(kill_worker, 4, n) for n in range((kills - 4 * others) // 4)]
        worker_made, worker_bad = map(sum, zip(*[f.result() for f in of_workers], strict=True))
    made, bad = [worker_made], [worker_bad]
    for both in (False, True):
        results = [kill_server(both, n) for n in range(others)] or [(0, 0)]
        made.append(sum(m for m, _ in results))
        bad.append(sum(b for _, b in results))
    runs = len(of_workers) + 2 * others
    said = f"{sum(made)} kills (worker {made[0]}, app {made[1]}, both {made[2]}) on {runs} runs: {sum(bad)} harmed"
    return sum(bad) == 0, said


def adopted(_: int) -> tuple[bool, str]:
    """The app killed and started again while its worker works on."""
    with place() as here:
        with here.served() as app:
            until(lambda: saved(here.run) or here.run.state in ENDED)
            os.kill(app.pid, signal.SIGKILL)
        began = time.monotonic()
        with here.served():
            up = time.monotonic() - began
            until(lambda: here.run.state in ENDED)
        good = here.unharmed() and starts(here.run) == 1
    return good, f"{starts_said(1)}, weights the same {good}; the app answered again after {up:.1f} s"


def starts_said(count: int) -> str:
    return f"worked on by {count} worker{'s' * (count > 1)}"


def worker_back(_: int) -> tuple[bool, str]:
    """The worker killed under the app: how soon another has the run."""
    with place() as here, here.served():
        until(lambda: saved(here.run) or here.run.state in ENDED)
        process = worker(here.run)
        assert process is not None
        os.kill(process, signal.SIGKILL)
        back = until(lambda: starts(here.run) == 2)
        until(lambda: here.run.state in ENDED)
        return here.unharmed(), f"another worker had the run after {back:.1f} s; weights the same {here.unharmed()}"


def told_to_end(_: int) -> tuple[bool, str]:
    """SIGTERM: five workers in turn (five deploys), and the app."""
    with place() as here:
        statuses = []
        for _ in range(5):
            child, begun = here.work(), starts(here.run)
            until(lambda begun=begun: starts(here.run) > begun)
            time.sleep(0.3)
            child.terminate()
            statuses.append(child.wait())
        with here.served() as app:
            until(lambda: here.run.state in (RunState.RUNNING, *ENDED))
            os.kill(app.pid, signal.SIGTERM)
            gone = until(lambda: not Path(f"/proc/{app.pid}").exists() or zombie(app.pid))
            orphans = spares(here)
            until(lambda: here.run.state in ENDED)
        good = here.unharmed() and orphans == 0
        return (
            good,
            f"workers ended with {statuses}, the app in {gone:.1f} s, {orphans} spares left; "
            f"weights the same {here.unharmed()}",
        )


def zombie(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def spares(here: Place) -> int:
    """Workers over this home that wait for a run; the one that was handed ours has the same command line."""
    found, busy = 0, worker(here.run)
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (each / "cmdline").read_bytes().split(b"\0")
            ours = f"KDVIZ_HOME={here.home}".encode() in (each / "environ").read_bytes().split(b"\0")
            waits = ours and b"worker" in words and b"-" in words and not zombie(int(each.name))
            found += waits and int(each.name) != busy
    return found


def disk_full(_: int) -> tuple[bool, str]:
    """No more may be written (RLIMIT_FSIZE), early and late; then there is space again."""
    with place(epochs=LONG) as here:
        statuses = []
        for enough in (lambda: starts(here.run) == 1, lambda: saved(here.run)):
            child = here.work()
            until(lambda enough=enough, child=child: enough() or child.poll() is not None)
            resource.prlimit(child.pid, resource.RLIMIT_FSIZE, (2048, resource.RLIM_INFINITY))
            statuses.append(child.wait())
        paused = here.run.state
        here.work().wait()
        return here.unharmed(), f"workers ended with {statuses}, the run {paused}; weights the same {here.unharmed()}"


def small_disk(_: int) -> tuple[bool, str]:
    """A disk of 1 MB (tmpfs) that is full; then there is space again. Needs the right to mount."""
    with tempfile.TemporaryDirectory() as folder:
        words = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder]
        if subprocess.run(words, capture_output=True, check=False).returncode:
            return True, "not tried: this user may not mount a tmpfs"
        try:
            with place(folder) as here:
                status = here.work().wait()
                paused = here.run.state
                subprocess.run(["mount", "-o", "remount,size=64m", folder], check=True)
                here.work().wait()
                good = here.unharmed() and status == 74
                return good, f"the worker ended with {status}, the run {paused}; weights the same {here.unharmed()}"
        finally:
            subprocess.run(["umount", folder], check=False)


def out_of_memory(_: int) -> tuple[bool, str]:
    """A run that wants more memory than the limit."""
    large = {"teacher": "gaf", "gaf.size": 256, "teacher.architecture": "wrn16-3", "teacher.batch": 64}
    with place(**large) as here:
        status = here.work(KDVIZ_MEMORY_GB="1.5").wait()
        said = (here.run.final or {}).get("sentence", "")
        return "more memory" in said, f"the worker ended with {status}, the run {here.run.state}: {said[:60]}"


def poison(_: int) -> tuple[bool, str]:
    """Three workers that die before they get anywhere, under the app."""
    with place() as here, here.served() as app:
        deaths = 0
        while here.run.state not in ENDED:
            process = worker(here.run)
            if here.run.state == "running" and process is not None and starts(here.run) > deaths:
                with contextlib.suppress(OSError):
                    os.kill(process, signal.SIGKILL)
                deaths += 1
            time.sleep(0.01)
        good = deaths == 3 and (here.run.final or {}).get("sentence") == POISON and Path(f"/proc/{app.pid}").exists()
        return good, f"after {deaths} deaths the run has {here.run.state}, with its reason; the app lives"


def twice(_: int) -> tuple[bool, str]:
    """The same run started twice."""
    with place() as here:
        first = here.work()
        until(lambda: here.run.state == "running")
        second = here.work().wait()
        status = first.wait()
        good = (second, status) == (75, 0) and here.unharmed()
        return good, f"the second ended with {second}, the first with {status}; weights the same {here.unharmed()}"


def torn(_: int) -> tuple[bool, str]:
    """A worker killed; then its log's last line is torn and its newest checkpoint damaged."""
    with place(epochs=LONG) as here:
        child = here.work()
        until(lambda: len(list(here.run.folder.glob("ckpt-*"))) == 2 or child.poll() is not None)
        child.kill()
        child.wait()
        told = max(here.run.folder.glob("ckpt-*"), key=lambda p: int(p.name.split("-")[1]))
        told.write_bytes(told.read_bytes()[:-9] + b"scratched")
        with (here.run.folder / EVENTS).open("ab") as file:
            file.write(b'{"event":"epo')
        state = checkpoints.newest(here.run.folder)
        here.work().wait()
        epochs = [e["epoch"] for e in here.run.events() if e["event"] == "epoch" and e["who"] == "student"]
        good = here.unharmed() and epochs == list(range(1, LONG + 1)) and state is not None
        return (
            good,
            f"went on from epoch {state.epoch if state else 0}; each epoch told once; "
            f"weights the same {here.unharmed()}",
        )


def stopped(_: int) -> tuple[bool, str]:
    """Stop, while it trains; then Continue."""
    with place(epochs=LONG) as here:
        child = here.work()
        until(lambda: saved(here.run) or child.poll() is not None)
        here.run.cancel()
        took = until(lambda: here.run.state in ENDED)
        child.wait()
        kept = bool((here.run.final or {}).get("accuracy"))
        for name in ("cancel", "final.json"):
            (here.run.folder / name).unlink(missing_ok=True)
        here.work().wait()
        good = took < 5 and kept and here.unharmed()
        return (
            good,
            f"stopped after {took:.1f} s, with what was learned {kept}; continued, weights the same {here.unharmed()}",
        )


def deterministic(_: int) -> tuple[bool, str]:
    """The same recipe twice, with one thread and with two."""
    found = []
    for threads in (1, 1, 2, 2):
        with place(threads=threads, epochs=5, control=False) as here:
            here.work().wait()
            final = here.run.final or {}
            assert {"torch", "threads", "device"} <= set(final) and final["threads"] == threads
            found.append(weights(here.run)["model-last.safetensors"])
    good = found[0] == found[1] and found[2] == found[3]
    return good, f"one thread the same {found[0] == found[1]}, two threads the same {found[2] == found[3]}"


ROWS: dict[str, Callable[[int], tuple[bool, str]]] = {
    row.__name__: row
    for row in (killed, adopted, worker_back, told_to_end, disk_full, small_disk, out_of_memory, poison, twice, torn,
                stopped, deterministic)
}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"some of: {', '.join(ROWS)}; else all")
    parser.add_argument("--kills", type=int, default=100, metavar="N")
    given = parser.parse_args()
    broken = 0
    for name in given.rows or ROWS:
        began = time.monotonic()
        try:
            good, said = ROWS[name](given.kills)
        except TimeoutError:
            good, said = False, f"it did not end within {PATIENCE:.0f} s"
        broken += not good
        took = time.monotonic() - began
        print(f"{'holds' if good else 'BROKEN':<7}{name:<14}{said}  [{took:.0f} s]", flush=True)
    return int(broken > 0)


if __name__ == "__main__":
    raise SystemExit(main())
