"""Runs in and out of the app as .zip, in a process of its own: the server neither imports torch nor trusts the file."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kdviz.core.errors import FileError
from kdviz.core.fair_gate import FairGate, Told
from kdviz.runs.engine.processes import BackgroundTask
from kdviz.runs.store.home import at, home, home_of
from kdviz.runs.store.run import Run

SECONDS = 60.0
GATE = FairGate(1)
"""One run at a time goes in or out: each can take a gigabyte and a half of memory."""

LATE = (
    f"This took longer than {SECONDS:.0f} s and was given up. Try it in a shell: `python -m kdviz export` or `import`."
)
DIED = "This file made its reader fail; nothing else was touched."


def exported(run: Run, with_epochs: bool = True, with_data: bool = False) -> bytes:
    """The archive of a run; raises FileError. Waits for a place."""
    whose = str(home())
    flags = [*([] if with_epochs else ["--without-epochs"]), *(["--with-data"] if with_data else [])]
    with at(home_of(run.folder)), tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run.zip"
        with GATE.place(whose):
            _child(["export", run.folder.name, "--out", str(out), *flags])
        return out.read_bytes()


def exported_student(run: Run) -> tuple[bytes, float]:
    """The student alone as ONNX, and the largest difference of its logits from torch's; raises FileError, also where
    the optional packages are not here. Waits for a place."""
    whose = str(home())
    with at(home_of(run.folder)), tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "student.onnx"
        with GATE.place(whose):
            said = _child(["export", run.folder.name, "--onnx", str(out)])
        return out.read_bytes(), float(said["parity"])


def imported(*contents: bytes, waits: Told | None = None) -> dict[str, Any]:
    """Keep the runs of archives: the last one's identity, whether it is `new` here, whether its data is.

    Raises FileError. Waits for a place; `waits` is called meanwhile.
    """
    with GATE.place(str(home()), waits), tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"run{number}.zip" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            path.write_bytes(content)
        return _child(["import", *map(str, paths)])


def _child(words: Sequence[str]) -> dict[str, Any]:
    task = BackgroundTask([*words, "--json"], DIED)
    with task.child.limited(SECONDS) as late:
        task.wait()
    if late.is_set():
        raise FileError(LATE)
    if task.wrong or not task.lines:
        raise FileError(task.wrong or DIED)
    return task.lines[-1]
