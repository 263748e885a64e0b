"""The app as a visitor meets it: a process on a port of its own, with a home of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0


@dataclass(frozen=True)
class Server:
    """A running app."""

    url: str
    home: Path
    log: Path
    pid: int

    def said(self) -> str:
        """Everything the server wrote."""
        return self.log.read_text(errors="replace")

    def libraries(self) -> str:
        """The shared libraries of the server process (Linux)."""
        return Path(f"/proc/{self.pid}/maps").read_text()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(folder: Path, **more: str) -> Iterator[Server]:
    """The app from a cold start to its end; a traceback in its log fails whoever used it."""
    port, home, log = free_port(), folder / "home", folder / "server.log"
    words = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    environment = {**os.environ, "KDVIZ_HOME": str(home), "PYTHONUNBUFFERED": "1", **more}
    with log.open("wb") as out:
        process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=out, stderr=out)
    server = Server(f"http://127.0.0.1:{port}", home, log, process.pid)
    try:
        _wait(server, process)
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
    assert "Traceback" not in server.said(), server.said()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{server.url}/_stcore/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{server.said()}")
