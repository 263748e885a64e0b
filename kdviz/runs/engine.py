"""Starting workers: a process of its own per run, one torch thread, out of everybody's way."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from kdviz.errors import UserError
from kdviz.runs.home import runs_home
from kdviz.runs.layout import LOCK
from kdviz.runs.lock import is_held
from kdviz.runs.store import Run

FREE_BYTES = 500 << 20
ROOT = Path(__file__).resolve().parents[2]
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def child_environment() -> dict[str, str]:
    """The environment of every child: one thread, our package first, nothing asked of the network."""
    one = dict.fromkeys(ONE_THREAD, "1")
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, **one, "PYTHONPATH": path, "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}


def start(run: Run) -> None:
    """Start a worker for the run, unless one works on it or it has ended; raises UserError without space."""
    if run.final is not None or is_held(run.folder / LOCK):
        return
    refuse_full_disk(run.folder)
    log = (run.folder / "worker.log").open("ab")
    try:
        subprocess.Popen(
            [sys.executable, "-m", "kdviz", "worker", str(run.folder)],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=child_environment(), start_new_session=True,
            preexec_fn=None, cwd=ROOT,
        )  # fmt: skip
    finally:
        log.close()


def refuse_full_disk(folder: Path) -> None:
    """Raise UserError under 500 MB of free space."""
    space = os.statvfs(folder if folder.exists() else runs_home())
    if space.f_bavail * space.f_frsize < FREE_BYTES:
        raise UserError("Less than 500 MB are free on this disk. Delete old runs on the Runs page, then start again.")
