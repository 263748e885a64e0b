"""What of old runs can go: what a page can make again, or does without; nothing that an answer rests on.

Kept for good are a run's request, log, record, measures, name, and the weights of its student, teachers and control.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.core.files import is_held
from kdviz.runs.index.opened_indexes import level
from kdviz.runs.store import trash
from kdviz.runs.store.home import runs_home
from kdviz.runs.store.lineage import size
from kdviz.runs.store.run import CHANGED, EPOCHS, FINAL, LOCK, Run
from kdviz.runs.store.run_table import about

DAYS = 30.0
SPARED = "keep"
"""A tag: whatever bears it is left as it is."""

WEIGHTS, SNAPSHOTS, TRASH, HALVES = "weights of epochs", "snapshots of maps", "trash", "half-written files"


@dataclass(frozen=True)
class Leftover:
    """A file, or a folder of the trash, that can go: what it is, whose, and its bytes."""

    what: str
    run: str
    path: Path
    bytes: int


def leftovers(days: float = DAYS) -> list[Leftover]:
    """What has outlived its use: of runs that ended so many days ago, and of the trash after its own days."""
    before = time.time() - days * 86400
    place = runs_home()
    found: list[Leftover] = []
    for (identity,) in level(3600.0, 3600.0).rows("SELECT id FROM runs WHERE open = 0 ORDER BY asked"):
        found += _of_run(Run(place / identity), before)
    gone = [each for each in trash.discarded() if each.at <= time.time() - trash.DAYS * 86400]
    return found + [Leftover(TRASH, each.identity, each.run.folder, size(each.run.folder)) for each in gone]


def remove(found: list[Leftover]) -> int:
    """Take them away; how many bytes that made free."""
    freed = 0
    for each in found:
        if each.path.is_dir():
            shutil.rmtree(each.path, ignore_errors=True)
        else:
            each.path.unlink(missing_ok=True)
            CHANGED.add(runs_home() / each.run)
        freed += 0 if each.path.exists() else each.bytes
    level()
    return freed


def _of_run(run: Run, before: float) -> Iterator[Leftover]:
    folder = run.folder
    try:
        if (folder / FINAL).stat().st_mtime > before or is_held(folder / LOCK) or SPARED in about(run).tags:
            return
    except OSError:
        return
    for what, paths in (
        (WEIGHTS, _between(run)),
        (SNAPSHOTS, sorted(folder.glob("snapshots-*.npz"))),
        (HALVES, sorted(folder.rglob(".*.tmp"))),
    ):
        for path in paths:
            yield Leftover(what, folder.name, path, path.stat().st_size)


def _between(run: Run) -> list[Path]:
    """The weights of epochs but the first and last that were kept and the answer's."""
    kept = sorted(run.folder.joinpath(EPOCHS).glob("*.safetensors"))
    try:
        answer = (run.final or {}).get("best_epoch")
    except UserError:
        return []
    return [path for path in kept[1:-1] if not (path.stem.isdecimal() and int(path.stem) == answer)]
