"""A worker brings one run to its end: its data opened, its networks trained, its outcome measured."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from kdviz.errors import UserError
from kdviz.events import Failed
from kdviz.runs.datasets import reopen
from kdviz.runs.files import write_json
from kdviz.runs.home import at, home_of
from kdviz.runs.layout import FINAL, LOCK
from kdviz.runs.lock import Held, locked
from kdviz.runs.measure import measured
from kdviz.runs.store import Run, open_run
from kdviz.runs.work import DiskFull, work

FAILED, DISK_FULL, HELD = 2, 74, 75


def bring(folder: Path) -> int:
    """Work on the run in a directory; the exit status. What went wrong stands in its final record."""
    with at(home_of(folder)):
        return _bring(open_run(folder))


def _bring(run: Run) -> int:
    try:
        request = run.request
        for _ in work(run, reopen(run.recipe.data, request["source"], request["data"])):
            pass
    except Held:
        print(f"Another worker has {run.folder.name}.", file=sys.stderr)
        return HELD
    except DiskFull as sentence:
        print(sentence, file=sys.stderr)
        return DISK_FULL
    except UserError as sentence:
        _fail(run, str(sentence))
    if run.state == "failed":
        return FAILED
    _measure(run)
    return 0


def _fail(run: Run, sentence: str) -> None:
    with locked(run.folder / LOCK):
        if run.final is None:
            write_json(run.folder / FINAL, {**Failed(sentence).line(), "state": "failed"})


def _measure(run: Run) -> None:
    """Best effort: a run is done without its measures, and whoever compares takes them then."""
    try:
        measured(run)
    except (UserError, RuntimeError, OSError, MemoryError) as reason:
        logging.getLogger("kdviz").warning("Run %s was not measured: %s", run.folder.name, reason)
