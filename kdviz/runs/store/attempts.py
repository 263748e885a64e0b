"""Who began to work on a run, and how far it was then: it tells a run that kills its workers."""

from __future__ import annotations

import contextlib
import os
import time

from kdviz.core.errors import UserError
from kdviz.core.files import append_line, lines, write_json
from kdviz.runs.store.home import run_folder, run_seconds
from kdviz.runs.store.lineage import parents
from kdviz.runs.store.run import ATTEMPTS, FINAL, TEACHERS, Run, RunState

FAILED, DISK_FULL, HELD, TOLD_TO_END = 2, 74, 75, 76
"""With what status a worker leaves a run, where all did not go well."""

FRUITLESS = 3
REST = 10.0
POISON = (
    "This run was started three times and its worker died each time at the same place. It is not started again. "
    "Choose a smaller network or batch; what the worker said last is in the log of the server."
)


def record_start(run: Run) -> None:
    """Note that this process begins to work on the run; whoever holds its lock calls this."""
    place = {"pid": os.getpid(), "node": os.uname().nodename}
    append_line(run.folder / ATTEMPTS, {**place, "at": time.time(), "reached": reached(run)})


def record_leave(run: Run, why: str) -> None:
    """Note that this process leaves the run, which is not to blame: the start does not count as fruitless."""
    append_line(run.folder / ATTEMPTS, {"let_go": why, "at": time.time()})


def reached(run: Run) -> str:
    """A mark of how far a run has come: it changes with every checkpoint, also of the networks that it stands on."""
    folders = [run.folder, run.folder / TEACHERS]
    with contextlib.suppress(UserError):
        folders += [run_folder(parent.identity) for parent in parents(run.recipe)]
    return ",".join(sorted(path.name for folder in folders for path in folder.glob("*.safetensors")))


def poisoned(run: Run) -> bool:
    """Whether the last three starts all died without getting anywhere."""
    marks: list[object] = []
    for each in lines(run.folder / ATTEMPTS):
        marks = [*marks, each["reached"]] if "reached" in each else []
    last = marks[-FRUITLESS:]
    return len(last) == FRUITLESS and {*last} == {reached(run)}


def cooling_down(run: Run) -> bool:
    """Whether the last worker left of its own accord just now: at once, the next would meet what that one met."""
    last = [*lines(run.folder / ATTEMPTS)][-1:]
    return any("let_go" in a and time.time() - float(a["at"]) < REST for a in last)


def seconds_left(run: Run) -> float | None:
    """How long the worker that has a run may still train, on a host that limits it."""
    most = run_seconds()
    begun = [float(a["at"]) for a in lines(run.folder / ATTEMPTS) if "reached" in a and "at" in a]
    return None if most is None or not begun else most - (time.time() - begun[-1])


def give_up(run: Run) -> None:
    """The end of a poisoned run."""
    write_json(run.folder / FINAL, {"event": "failed", "state": RunState.FAILED, "sentence": POISON})


def worker(run: Run) -> int | None:
    """The process that began to work on the run last, if that was on this machine."""
    begun_here = [a for a in lines(run.folder / ATTEMPTS) if "pid" in a]
    last = begun_here[-1] if begun_here else {}
    return int(last["pid"]) if last.get("node") == os.uname().nodename else None
