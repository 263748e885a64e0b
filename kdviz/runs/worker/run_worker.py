"""A worker brings one run to its end: its data opened, its networks trained, its outcome measured."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.events import Failed
from kdviz.core.files import Held, locked, write_json
from kdviz.data.dataset import Dataset
from kdviz.data.stretch import Stretch
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.analysis.opened_run import open_for_looking
from kdviz.runs.analysis.snapshots import snapshots
from kdviz.runs.index.opened_indexes import note
from kdviz.runs.store.attempts import DISK_FULL, FAILED, HELD
from kdviz.runs.store.datasets import reopen, reopen_stretch
from kdviz.runs.store.home import at, home_of
from kdviz.runs.store.run import FINAL, IN_APP, LOCK, Run, RunState, open_run
from kdviz.runs.worker.job import DiskFull, plan_of, work
from kdviz.runs.worker.second_worker import told_beside
from kdviz.training.watched.watch_settings import TASK


def bring(folder: Path) -> int:
    """Work on the run in a directory; the exit status. What went wrong stands in its final record."""
    with at(home_of(folder)):
        run = open_run(folder)
        try:
            return _bring(run)
        finally:
            note(run)


def bring_parts(folder: Path, roles: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Train some networks of a run whose worker trains the others; all that is said of them, line by line."""
    with at(home_of(folder)):
        run = open_run(folder)
        data = _opened(run)
        if isinstance(data, Dataset):
            yield from told_beside(run, data, plan_of(run)[0], roles)


def _bring(run: Run) -> int:
    try:
        for _ in work(run, _opened(run)):
            pass
    except Held:
        print(f"Another worker has {run.folder.name}.", file=sys.stderr)
        return HELD
    except DiskFull as sentence:
        print(sentence, file=sys.stderr)
        return DISK_FULL
    except UserError as sentence:
        _fail(run, str(sentence))
    if run.state == RunState.FAILED:
        return FAILED
    if run.recipe.task == TASK:
        return 0
    _at_leisure(measured, run)
    _at_leisure(_watch, run)
    return 0


def _opened(run: Run) -> Dataset | Stretch:
    request, recipe = run.request, run.recipe
    if recipe.task == TASK:
        return reopen_stretch(recipe.data, request["source"], request["data"], recipe.train_end)
    return reopen(recipe.data, request["source"], request["data"])


def _fail(run: Run, sentence: str) -> None:
    with locked(run.folder / LOCK):
        if run.final is None:
            write_json(run.folder / FINAL, {**Failed(sentence).line(), "state": RunState.FAILED})


def _watch(run: Run) -> None:
    """Snapshots for the page that will ask; those of sweeps, which would be more than the runs, wait for a visitor."""
    if run.state == RunState.FINISHED and run.request.get("made") == IN_APP and run.recipe.teachers:
        snapshots(open_for_looking(run))


def _at_leisure(take: Callable[[Run], object], run: Run) -> None:
    """Best effort: a run is done without its measures and snapshots, and whoever asks for them takes them then."""
    try:
        take(run)
    except Exception as reason:
        logging.getLogger("kdviz").warning("Run %s has ended, but not this: %s", run.folder.name, reason)
