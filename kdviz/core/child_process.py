"""The one way to a process of our own: started, spoken to line by line, given its time, ended with all it started."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import IO

PARENT = "KDVIZ_PARENT"
"""In a child's environment: the process that it is not to outlive."""
PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent
SERVED = PACKAGE / "served" if (PACKAGE / "served").is_dir() else ROOT
"""The folder with app.py, pages/ and .streamlit: beside the package in a checkout, inside it where it is installed."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")
PIPE, NOWHERE = subprocess.PIPE, subprocess.DEVNULL
_STARTER = ThreadPoolExecutor(1, "kdviz-starter")
"""The kernel ends a child with the thread that started it, and a page's thread ends with each rerun."""


class Child(subprocess.Popen[bytes]):
    """This Python on `words`; what it says is piped, what it complains of goes nowhere unless told where.

    leads   it has a session of its own: it may outlive us, and whatever kills it kills all that it started
    dies    it ends with us whatever ends us, and first when memory is short (it says `sandbox.depend`)
    """

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], folder: Path = ROOT, *, hears: bool = False,
        stdout: int | IO[bytes] = PIPE, stderr: int | IO[bytes] = NOWHERE, leads: bool = False,
        dies: bool = False,
    ) -> None:  # fmt: skip
        self.leads = leads
        begin = partial(
            super().__init__, [sys.executable, *words], stdin=PIPE if hears else NOWHERE, stdout=stdout, stderr=stderr,
            env={**environment, PARENT: str(os.getpid())} if dies else environment, cwd=folder, start_new_session=leads,
        )  # fmt: skip
        if dies:
            _STARTER.submit(begin).result()
        else:
            begin()

    @property
    def alive(self) -> bool:
        """Whether it lives."""
        return self.poll() is None

    @property
    def says(self) -> IO[bytes]:
        """What it writes; raises OSError where that is not piped."""
        return _piped(self.stdout)

    def tell(self, line: str, last: bool = False) -> None:
        """Write it one line, and no more after the last; raises OSError where it does not hear."""
        stream = _piped(self.stdin)
        stream.write(f"{line}\n".encode())
        if last:
            stream.close()
        else:
            stream.flush()

    @contextlib.contextmanager
    def limited(self, seconds: float) -> Iterator[threading.Event]:
        """Kill it where the block takes longer; the event is then set."""
        late = threading.Event()

        def end() -> None:
            late.set()
            self.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        try:
            yield late
        finally:
            timer.cancel()

    def kill(self) -> None:
        """Kill it, with its whole session where it leads one."""
        if not self.leads:
            super().kill()
        elif self.alive:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def end(self, patience: float = 0.0) -> int:
        """Its exit status: it is asked to end where there is patience, and killed where that does not help."""
        if patience:
            self.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                return self.wait(patience)
        self.kill()
        return self.wait()

    def __exit__(self, *_: object) -> None:
        """It does not outlive the block."""
        self.end()
        with contextlib.suppress(OSError):  # it died before it had heard all
            super().__exit__(None, None, None)


def _piped(stream: IO[bytes] | None) -> IO[bytes]:
    if stream is None:
        raise OSError("There is no pipe to this process.")
    return stream
