"""A command of ours that runs in a process of its own and says how far it is: one JSON line at a time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.runs.store.home import CACHE_GIGABYTES, home, hosted


def child_environment() -> dict[str, str]:
    """The environment of every child: one thread, our package first, nothing asked of the network."""
    one = dict.fromkeys(ONE_THREAD, "1")
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {"KDVIZ_HOME": str(home().resolve()), "PYTHONPATH": path, "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
    if hosted():
        own["KDVIZ_CACHE_GB"] = os.environ.get("KDVIZ_CACHE_GB", CACHE_GIGABYTES)
    return {**os.environ, **one, **own}


ROOT = Path(__file__).resolve().parents[3]


ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


MOST = 2
FULL = "Two measurements run on this machine already. Try again when one has ended."
FAILED = "The measurement failed, and it was not you. Try again."


class BackgroundTask:
    """One such process."""

    def __init__(self, words: Sequence[str]) -> None:
        self.lines: list[dict[str, Any]] = []
        self.cancelled = False
        self.process = subprocess.Popen(
            [sys.executable, "-m", "kdviz", *words], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=child_environment(), cwd=ROOT,
        )  # fmt: skip
        self.complaint = b""
        self.readers = [threading.Thread(target=each, daemon=True) for each in (self._read, self._listen)]
        for reader in self.readers:
            reader.start()

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self.process.poll() is None or any(reader.is_alive() for reader in self.readers)

    @property
    def wrong(self) -> str | None:
        """What went wrong, in a sentence, once it has ended."""
        if self.running or self.cancelled or self.process.returncode == 0:
            return None
        said = self.complaint.decode(errors="replace").strip().splitlines()
        return said[-1] if self.process.returncode == 2 and said else FAILED

    def cancel(self) -> None:
        """End it at once; what it has said stays."""
        self.cancelled = True
        self.process.kill()

    def _read(self) -> None:
        for line in self.process.stdout or ():
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                continue

    def _listen(self) -> None:
        """The last kilobytes of what it complains about; a full pipe would stop it."""
        for line in self.process.stderr or ():
            self.complaint = (self.complaint + line)[-4096:]


class BackgroundTasks:
    """Those of this server, by what they are about; few at a time."""

    def __init__(self) -> None:
        self.known: dict[str, BackgroundTask] = {}
        self.turn = threading.Lock()

    def start(self, about: str, words: Sequence[str]) -> BackgroundTask:
        """Begin one, or join the one that runs; raises UserError where too many run."""
        with self.turn:
            mine = self.known.get(about)
            if mine is not None and mine.running:
                return mine
            self.known = {key: errand for key, errand in self.known.items() if errand.running}
            if len(self.known) >= MOST:
                raise UserError(FULL)
            self.known[about] = BackgroundTask(words)
            return self.known[about]

    def get(self, about: str) -> BackgroundTask | None:
        """The one about this, if there is one."""
        return self.known.get(about)

    def close(self) -> None:
        """End all of them."""
        for errand in self.known.values():
            errand.cancel()
