"""Files that are whole or absent, JSON lines, and locks that die with their holder."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any


@contextmanager
def whole(path: Path, durable: bool = True, over: bool = True) -> Iterator[IO[bytes]]:
    """A file to write to, which becomes `path` when the block ends well, and vanishes otherwise.

    After a crash the old file or the new one is there, never half. What can be computed again need not be durable:
    flushing costs several milliseconds. Raises FileExistsError where `path` is there and may not be written over.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            if durable:
                os.fsync(file.fileno())
        if over:
            Path(name).replace(path)
        else:
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    if durable:
        _flush(path.parent)


def private(folder: Path) -> Path:
    """A folder to write into: made where it is not there, with all above it, for its owner alone."""
    if not folder.is_dir():
        private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def write(path: Path, content: bytes | memoryview, durable: bool = True) -> None:
    """Replace `path` by `content`, whole or not at all."""
    with whole(path, durable) as file:
        file.write(content)


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_json(path: Path, value: Mapping[str, Any], durable: bool = True) -> None:
    """Replace `path` by JSON; in one line where it need not be durable, for thousands are written so."""
    write(path, json.dumps(value, indent=1 if durable else None, sort_keys=True).encode(), durable)


def fingerprint(content: bytes) -> str:
    """sha256 in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def append_line(path: Path, value: Mapping[str, Any]) -> None:
    """Add one JSON line; whoever begins to write calls `cut_torn` first."""
    with path.open("ab") as file:
        file.write(as_line(value))


def as_line(value: Mapping[str, Any]) -> bytes:
    """One JSON line with its end."""
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


def sweep_up(folder: Path) -> None:
    """Remove what writers that died left half written in a folder and those in it; only for whoever holds its lock."""
    for stale in folder.rglob(".*.tmp"):
        stale.unlink(missing_ok=True)


def cut_torn(path: Path) -> None:
    """Cut what follows the last newline: a line that a dying writer did not finish."""
    if path.exists():
        content = path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with path.open("r+b") as file:
                file.truncate(whole)


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a JSON-lines file; a torn or foreign line is passed over."""
    if not path.exists():
        return
    content = path.read_bytes()
    for line in content[: content.rfind(b"\n") + 1].splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            yield value


class Held(Exception):
    """Somebody else works on this run."""


@contextmanager
def locked(path: Path, patience: float = 1.0) -> Iterator[None]:
    """Hold the lock for the block; raises Held after `patience` seconds (a probe may hold it for a moment)."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(handle, time.monotonic() + patience)
        yield
    finally:
        os.close(handle)


def _take(handle: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > until:
                raise Held from None
            time.sleep(0.05)


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
