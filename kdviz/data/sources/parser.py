"""Uploads are read in a process of their own, which is thrown away: whatever a file does to it, this one goes on."""

from __future__ import annotations

import hashlib
import json
import os
import re
import select
import signal
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kdviz.core.child_process import ONE_THREAD, ROOT, Child
from kdviz.core.errors import FileError, UserError
from kdviz.core.reading_bounds import WALL_SECONDS, Bounds, bounds_of
from kdviz.data import dataset, limits, stretch
from kdviz.data.dataset import Dataset
from kdviz.data.mapping import Mapping
from kdviz.data.raw import written
from kdviz.data.sources import parser_child
from kdviz.data.stretch import Stretch

AT_ONCE = threading.BoundedSemaphore(2)
WORDS = ("-P", "-m", "kdviz.data.sources.parser_child")
Progress = Callable[[float], None]
Heard = Callable[[str], None]


@dataclass(frozen=True, eq=False)
class Parsed:
    """A data set and the facts about the file it came from, in plain values."""

    dataset: Dataset
    report: dict[str, Any]


def parse_paths(
    paths: Sequence[Path], mapping: Mapping, progress: Progress | None = None, heard: Heard | None = None
) -> Parsed:
    """Files of this machine as one data set; raises FileError or UserError in sentences."""
    paths = [_at_home(path) for path in paths]
    for path in paths:
        _readable(path)
    files = [(str(path.resolve()), path.name) for path in paths]
    with tempfile.TemporaryDirectory(prefix="kdviz-", ignore_cleanup_errors=True) as folder:
        return _parse(files, mapping, Path(folder), progress, heard)


def parse_bytes(
    uploads: Sequence[tuple[str, bytes]], mapping: Mapping, progress: Progress | None = None, heard: Heard | None = None
) -> Parsed:
    """Uploads (name, content) as one data set; their names never become paths. Raises FileError or UserError."""
    with tempfile.TemporaryDirectory(prefix="kdviz-", ignore_cleanup_errors=True) as folder:
        files = []
        for name, data in uploads:
            _small_enough(name, len(data))
            path = Path(folder) / f"{hashlib.sha256(data).hexdigest()}.bin"
            path.write_bytes(data)
            files.append((str(path), name))
        return _parse(files, mapping, Path(folder), progress, heard)


def parse_recording(
    paths: Sequence[Path], mapping: Mapping, train_end: str, progress: Progress | None = None
) -> Stretch:
    """Files of this machine as one recording to watch, its marks with it; raises FileError or UserError."""
    paths = [_at_home(path) for path in paths]
    for path in paths:
        _readable(path)
        if path.stat().st_size > limits.RAW_BYTES:
            most = limits.RAW_BYTES // 2**20
            raise FileError(f"{written(path.name)!r} is larger than the {most} MB that a recording to watch may have.")
    files = [(str(path.resolve()), path.name) for path in paths]
    with tempfile.TemporaryDirectory(prefix="kdviz-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        _answer(files, mapping, place, progress, None, train_end)
        path = place / parser_child.RECORDING
        found = stretch.read(path)
        return replace(found, marks=stretch.read_marks(path, found.length))


def _at_home(path: Path) -> Path:
    """A path that begins with ~ in the user's home, as a shell has it; raises UserError where that is not known."""
    if not str(path).startswith("~") or path.exists():
        return path
    try:
        return path.expanduser()
    except RuntimeError:
        raise UserError(f"The home folder of {str(path)[:80]!r} is not known. Give the whole path.") from None


def _readable(path: Path) -> None:
    name = written(str(path))
    try:
        there = path.stat()
    except (OSError, ValueError):
        if re.match(r"(https?|ftp|s3):/", str(path)):
            raise UserError(
                f"{name!r} is an address; nothing is downloaded. Save the file, and give its path."
            ) from None
        raise UserError(f"There is no file {name!r}. Give the path of a file, or sample:basic_motions.") from None
    if path.is_dir():
        raise UserError(f"{name!r} is a folder. Give one file in it, or pack the folder as .zip.")
    if not path.is_file():
        raise UserError(f"{name!r} is no ordinary file, so it is not read.")
    if not os.access(path, os.R_OK):
        raise UserError(f"{name!r} may not be read by this user. Change its permissions.")
    _small_enough(name, there.st_size)


def _small_enough(name: str, size: int) -> None:
    name = Path(name).name  # where an upload lies on the host is nobody's business
    if size > limits.LARGE_BYTES:
        raise FileError(
            f"{written(name)!r} has {size / 2**20:,.0f} MB; at most {limits.LARGE_BYTES // 2**20:,} MB are read. "
            "Cut it into parts."
        )
    if not size:
        raise FileError(f"{written(name)!r} is empty. Choose a file that has series in it.")


def _parse(
    files: Sequence[tuple[str, str]], mapping: Mapping, folder: Path, progress: Progress | None, heard: Heard | None
) -> Parsed:
    report = _answer(files, mapping, folder, progress, heard)["report"]
    return Parsed(dataset.read(folder / parser_child.DATASET), report)


def _answer(
    files: Sequence[tuple[str, str]], mapping: Mapping, folder: Path, progress: Progress | None, heard: Heard | None,
    train_end: str | None = None,
) -> dict[str, Any]:  # fmt: skip
    bounds = bounds_of(sum(Path(path).stat().st_size for path, _ in files))
    seconds = WALL_SECONDS + bounds.wall - Bounds().wall
    with AT_ONCE:
        asked = parser_child.request(files, mapping.as_dict(), str(folder), train_end)
        code = _run(asked, folder, progress, heard, seconds)
    try:
        answer: dict[str, Any] = json.loads((folder / parser_child.ANSWER).read_text())
    except (OSError, ValueError):
        raise FileError(_ended(code, seconds, bounds.cpu)) from None
    if "error" in answer:
        place = answer.get("place")
        if place is None:
            raise UserError(answer["error"])
        raise FileError(answer["error"], place.get("line"), place.get("column"))
    return answer


def _environment(folder: Path) -> dict[str, str]:
    """As little as the child needs: nothing of the server's own."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONHASHSEED": "0",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        **ONE_THREAD,
    }


def _run(request: str, folder: Path, progress: Progress | None, heard: Heard | None, seconds: float) -> int:
    """Start the child, pass on its progress and what it says, end it when its time is up; its exit code."""
    end, share = time.monotonic() + seconds, 0.0
    with Child(WORDS, _environment(folder), folder, hears=True, leads=True, dies=True) as child:
        try:
            child.tell(request, last=True)
        except BrokenPipeError:
            return child.wait()
        while (left := end - time.monotonic()) > 0:
            ready, _, _ = select.select([child.says], [], [], min(left, 0.25))
            if ready:
                said = os.read(child.says.fileno(), 4096)
                if not said:
                    return child.wait()
                share = _share(said, share)
                if heard is not None and parser_child.SAID.encode() in said:
                    heard(said.partition(parser_child.SAID.encode())[2].split(b"\n")[0].decode("utf-8", "replace"))
            if progress is not None:
                progress(share)  # also without news: whoever waits may want to do something else by now
    return -signal.SIGALRM


def _share(said: bytes, before: float) -> float:
    """The last number that the child said; what it said before where that is none."""
    try:
        numbers = [line for line in said.strip().split(b"\n") if not line.startswith(parser_child.SAID.encode())]
        return min(1.0, max(before, float(numbers[-1])))
    except (ValueError, IndexError):
        return before


def _ended(code: int, seconds: float, cpu: int) -> str:
    """Why a child that gave no answer ended, in words."""
    if code == -signal.SIGALRM:
        return f"Reading this file took longer than {seconds:.0f} seconds, so it was given up. Keep fewer series."
    if code in (-signal.SIGXCPU, -signal.SIGKILL):
        return (
            f"Reading this file took {cpu} seconds of computing, or all memory, so it was given up. "
            "Keep fewer series, or save it as CSV."
        )
    if code == -signal.SIGXFSZ:
        return "The series of this file take too much room. Keep fewer series."
    if code < 0:
        return (
            "The file crashed the reader, so it is not opened; nothing else was harmed. Save it as CSV and try again."
        )
    return "The file could not be read: the reader stopped without an answer. Save it as CSV and try again."
