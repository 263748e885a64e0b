"""Which runs a person means: a sweep's, or one by its folder or identity."""

from __future__ import annotations

import contextlib
from pathlib import Path

from kdviz.errors import UserError
from kdviz.runs import sweep
from kdviz.runs.home import run_folder
from kdviz.runs.store import Run, all_runs, named

EVERY = "all"


def sweep_of(word: str) -> sweep.Sweep | None:
    """The sweep in a folder or of an identity, if the word names one."""
    for place in (Path(word), sweep.sweeps_home() / word):
        if word and (place / sweep.RECORD).is_file():
            return sweep.open_sweep(place)
    return None


def cells(found: sweep.Sweep) -> list[Run]:
    """The runs of a sweep that are here, without those that they stand on."""
    runs = [Run(run_folder(cell.id)) for cell in found.cells]
    return [run for run in runs if run.folder.is_dir()]


def distilled() -> list[Run]:
    """Every finished run here that was taught by anybody, newest first."""
    found = []
    for run in all_runs():
        with contextlib.suppress(UserError):
            if run.state == "finished" and run.recipe.method != "supervised":
                found.append(run)
    return found


def runs_of(word: str) -> list[Run]:
    """The runs that a word names: a sweep, a run, or `all` that were distilled here; raises UserError."""
    found = sweep_of(word)
    if word == EVERY:
        return distilled()
    if found is not None:
        return cells(found)
    try:
        return [named(word)]
    except UserError:
        raise UserError(f"{word[:80]} is no folder and no identity of a sweep or a run.") from None
