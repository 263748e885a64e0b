"""A run that was asked to stop stops: by itself, else it is told to, else it is killed. What was saved is kept."""

from __future__ import annotations

import contextlib
import os
import signal
import time

from kdviz.events import Finished
from kdviz.runs.attempts import worker
from kdviz.runs.files import write_json
from kdviz.runs.layout import CANCEL, FINAL
from kdviz.runs.store import Run

TELL_AFTER, KILL_AFTER = 4.0, 9.0


def asked_since(run: Run) -> float | None:
    """Seconds since the run was asked to stop; None where it was not."""
    try:
        return time.time() - (run.folder / CANCEL).stat().st_mtime
    except OSError:
        return None


def hurry(run: Run) -> None:
    """Tell the worker of a run that does not stop by itself to end (it then leaves a checkpoint), at last kill it."""
    since, process = asked_since(run), worker(run)
    if since is None or since < TELL_AFTER or process is None:
        return
    with contextlib.suppress(OSError):
        os.kill(process, signal.SIGKILL if since > KILL_AFTER else signal.SIGTERM)


def put_down(run: Run) -> bool:
    """End a run that was asked to stop and that nobody works on; whether that is so.

    One that was cut off is left to a worker, which makes an answer of what was learned, unless it did so in vain.
    """
    since = asked_since(run)
    if since is None or (run.state == "interrupted" and since < KILL_AFTER):
        return False
    recipe = run.recipe
    end = Finished(recipe.method, {}, 0, recipe.selection, 0.0, recipe.epochs, recipe.seed, "stopped")
    write_json(run.folder / FINAL, end.line())
    return True
