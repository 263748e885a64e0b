"""Asking the looker: it is started when first needed, and started again when it has died."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from typing import Any

from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.runs.engine.processes import ROOT, child_environment
from kdviz.runs.looker.serve import read_reply
from kdviz.runs.store.home import at, home, root

PATIENCE = 60.0
SLOW = "The answer took longer than a minute and was given up. Try again, or choose a smaller network."
DIED = "The process that looks at networks died on this question. It has been started again: try once more."


class Looker:
    """A handle on the looker process; one question at a time.

    started  whether it was ever started: who can wait waits for that, and leaves the machine to the first page
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.started = threading.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def warm(self) -> None:
        """Start the process, if it does not run, without waiting for it."""
        with self.turn:
            self._alive()

    def ask(self, question: str, **given: Any) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """Words and arrays of the answer; raises UserError with the looker's sentence."""
        place = home()
        with self.turn:
            process = self._alive()
            watch = threading.Timer(PATIENCE, process.kill)
            watch.start()
            try:
                streams(process)[0].write(json.dumps({"ask": question, "home": str(place), **given}).encode() + b"\n")
                streams(process)[0].flush()
                words, arrays = read_reply(streams(process)[1])
                while words.get("ready"):
                    words, arrays = read_reply(streams(process)[1])
            except (OSError, EOFError, ValueError):
                late = not watch.is_alive()
                self.close()
                raise UserError(SLOW if late else DIED) from None
            finally:
                watch.cancel()
        if not words.get("ok"):
            raise UserError(str(words.get("sentence", DIED)))
        return words, arrays

    def close(self) -> None:
        """End the process."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def _alive(self) -> subprocess.Popen[bytes]:
        if self.process is None or self.process.poll() is not None:
            with at(root()), (root() / "looker.log").open("ab") as log:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "kdviz", "looker"],
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=child_environment(), cwd=ROOT,
                )  # fmt: skip
            self.started.set()
        return self.process


def streams(process: subprocess.Popen[bytes]) -> tuple[Any, Any]:
    """The process's standard streams, which are always piped here."""
    if process.stdin is None or process.stdout is None:
        raise EOFError
    return process.stdin, process.stdout
