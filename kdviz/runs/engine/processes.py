"""A command of ours that runs in a process of its own and says how far it is: one JSON line at a time."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from typing import Any

from kdviz.core.child_process import PIPE, Child
from kdviz.core.errors import UserError
from kdviz.runs.store.home import child_environment

MOST = 2
FULL = "Two measurements run on this machine already. Try again when one has ended."
MINE = "A measurement of yours runs already. Wait for its end, or cancel it."
LATE = "This took longer than {minutes:.0f} minutes and was given up. Try it with fewer settings, or in a shell."
SECONDS = 600.0
FAILED = "The measurement failed, and it was not you. Try again."


class BackgroundTask:
    """One such process; `failed` is what is said where it ends without a sentence of its own.

    seconds   how long it may take; None: as long as it likes
    """

    def __init__(self, words: Sequence[str], failed: str = FAILED, seconds: float | None = None) -> None:
        self.lines: list[dict[str, Any]] = []
        self.failed, self.complaint, self.cancelled = failed, b"", False
        self.child = Child(["-m", "kdviz", *words], child_environment(), stderr=PIPE, dies=True)
        self.late = ""
        self.timer = threading.Timer(seconds or 0.0, self._give_up, (seconds,))
        self.timer.daemon = True
        if seconds is not None:
            self.timer.start()
        self.readers = [threading.Thread(target=each, daemon=True) for each in (self._read, self._listen)]
        for reader in self.readers:
            reader.start()

    @property
    def running(self) -> bool:
        """Whether there is more to come."""
        return self.child.alive or any(reader.is_alive() for reader in self.readers)

    @property
    def wrong(self) -> str | None:
        """What went wrong, in a sentence, once it has ended."""
        if self.late:
            return self.late
        if self.running or self.cancelled or self.child.returncode == 0:
            return None
        said = self.complaint.decode(errors="replace").strip().splitlines()
        return said[-1] if self.child.returncode == 2 and said else self.failed

    def wait(self) -> None:
        """Until nothing more is to come."""
        self.child.wait()
        for reader in self.readers:
            reader.join()

    def cancel(self) -> None:
        """End it at once; what it has said stays."""
        self.cancelled = True
        self.child.kill()

    def _read(self) -> None:
        for line in self.child.says:
            try:
                self.lines.append(json.loads(line))
            except ValueError:
                continue
        self.timer.cancel()

    def _give_up(self, seconds: float) -> None:
        if self.child.alive:
            self.late = LATE.format(minutes=seconds / 60)
            self.child.kill()

    def _listen(self) -> None:
        """The last kilobytes of what it complains about; a full pipe would stop it."""
        for line in self.child.stderr or ():
            self.complaint = (self.complaint + line)[-4096:]


class BackgroundTasks:
    """Those of this server, by whose they are and what they are about; few at a time.

    `whose` is a visitor's folder on a shared host: nobody sees, or ends, another's, and each has one at a time.
    """

    def __init__(self) -> None:
        self.known: dict[tuple[str, str], BackgroundTask] = {}
        self.turn = threading.Lock()

    def start(self, about: str, words: Sequence[str], whose: str = "") -> BackgroundTask:
        """Begin one, or join the one that runs; raises UserError where too many run."""
        with self.turn:
            mine = self.known.get((whose, about))
            if mine is not None and mine.running:
                return mine
            self.known = {key: task for key, task in self.known.items() if task.running}
            if whose and any(other == whose for other, _ in self.known):
                raise UserError(MINE)
            if len(self.known) >= MOST:
                raise UserError(FULL)
            self.known[whose, about] = BackgroundTask(words, seconds=SECONDS if whose else None)
            return self.known[whose, about]

    def get(self, about: str, whose: str = "") -> BackgroundTask | None:
        """The one about this, if there is one."""
        return self.known.get((whose, about))

    def close(self) -> None:
        """End all of them."""
        for task in self.known.values():
            task.cancel()
