"""The throw-away process that reads one upload: bytes to a data set. What trusts its files may call `opened` itself.

It is started as `python -m kdviz.data.sources.parser_child`, with a request on its standard input:
{"files": [[path, name], ...], "mapping": {...}, "out": folder}. Progress goes to standard output, a number a line; the
answer to out/answer.json, and the data set to out/dataset.npz. With "train_end" in the request (text, maybe empty) the
file is one recording to watch: it goes to out/recording.npz, its marks beside it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.core.reading_bounds import bounds_of
from kdviz.core.sandbox import confine, fence
from kdviz.data import dataset, limits, stretch, unpack
from kdviz.data.arrays import array_bytes
from kdviz.data.file_parts import dropped, part_of_name
from kdviz.data.mapping import Mapping, mapping_from
from kdviz.data.prepare.assemble import AssembledData, open_raw, understood
from kdviz.data.prepare.marked import stretch_of
from kdviz.data.prepare.second_best import surety_of
from kdviz.data.raw import File, Recording, shown
from kdviz.data.readers import base, bundle
from kdviz.data.sources import file_facts
from kdviz.data.stretch import Stretch

ANSWER = "answer.json"
DATASET = "dataset.npz"
RECORDING = "recording.npz"
STEP = 0.02
BEGINNING = 1 << 20
SAID = "!"


def opened(files: Sequence[File], mapping: Mapping) -> AssembledData:
    """One file, or several that belong together, under a mapping; raises FileError or UserError."""
    encoded = [replace(f, encoding=mapping.encoding) for f in files]
    raw = base.read(encoded[0], mapping) if len(encoded) == 1 else bundle.read(encoded, mapping)
    found = open_raw(raw, mapping, name_of(files), source_of(files, mapping))
    return replace(found, surety=surety_of(raw, found.understood, mapping).as_dict())


def recording(files: Sequence[File], mapping: Mapping, train_end: str) -> Stretch:
    """One file as one long recording, or several as its parts; raises FileError or UserError."""
    name, source = name_of(files), source_of(files, mapping)
    plain = _plain_arrays(files[0]) if len(files) == 1 else {}
    if "x" in plain:
        x = np.atleast_2d(np.asarray(plain["x"], np.float64))
        marks = plain.get("label")
        if x.ndim != 2 or (marks is not None and marks.shape != (x.shape[1],)):
            raise FileError(f"{name!r} holds x of the shape {x.shape}; a recording has x (C, T), and label (T,).")
        said = int(plain["train_end"]) if "train_end" in plain else None
        bits = None if marks is None else (marks > 0).astype(np.uint8)
        return stretch_of(Recording(x, ()), name, mapping, train_end, source, bits, said)
    encoded = [replace(f, encoding=mapping.encoding) for f in files]
    raw = base.read(encoded[0], mapping) if len(encoded) == 1 else bundle.read(encoded, mapping)
    found = understood(raw, mapping)
    watched = stretch_of(found.content, name, mapping, train_end, source)
    return replace(watched, warnings=(*watched.warnings, *found.warnings))


def _plain_arrays(file: File) -> dict[str, Any]:
    """The arrays x, label and train_end of an npz of one recording; none for any other file."""
    if not unpack.first_member(file.head).endswith(".npy"):
        return {}
    wanted = ("x", "label", "train_end")
    held = {name.removesuffix(".npy"): data for name, data in unpack.members(file.data)}
    if set(held) - set(wanted) or "x" not in held:
        return {}
    found = {name: array_bytes.array_of(held[name], name) for name in wanted if name in held}
    return found if found["x"].ndim <= 2 else {}


def name_of(files: Sequence[File]) -> str:
    """What the data are called: the first file's name, as it may be shown."""
    return shown(files[0].name)


def source_of(files: Sequence[File], mapping: Mapping) -> dict[str, Any]:
    """How to get the data set again; `parts` are the files' names where there were several, in the order of a line."""
    marks = [_mark(f) for f in files]
    whole = marks[0] if len(marks) == 1 else hashlib.sha256("".join(marks).encode()).hexdigest()
    several = dropped(files[0].name, files[0].data) if len(files) == 1 else tuple(f.name for f in files)
    parts = sorted(several, key=lambda name: (part_of_name(name)[1] != "train", name))
    found = {"file": whole, "name": name_of(files), "mapping": mapping.as_dict()}
    return {**found, "parts": [shown(name) for name in parts]} if parts else found


def _mark(file: File) -> str:
    """sha256 of all its bytes."""
    if file.path is None:
        return hashlib.sha256(file.data).hexdigest()
    with file.path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def main() -> int:
    """Read the request, give up every right, read the files, answer."""
    request = json.loads(sys.stdin.read())
    sys.stdin.close()
    out = Path(request["out"])
    confine(bounds_of(sum(Path(path).stat().st_size for path, _ in request["files"])))
    fence([Path(path) for path, _ in request["files"]], [out])
    answer = _answer(request, out)
    (out / ANSWER).write_text(json.dumps(answer))
    return 0


def _answer(request: dict[str, Any], out: Path) -> dict[str, Any]:
    try:
        return {"report": _read(request, out)}
    except UserError as why:
        place = {"line": why.line, "column": why.column} if isinstance(why, FileError) else None
        return {"error": str(why), "place": place}
    except MemoryError:
        return {"error": "The file needs more memory to read than there is for one file (2 GB). Keep fewer series.",
                "place": {}}  # fmt: skip
    except RecursionError:
        return {"error": "The file is nested too deeply to be data.", "place": {}}
    except Exception as why:  # whatever a hostile file brings about ends here, as a sentence
        if os.environ.get("KDVIZ_DEBUG"):
            raise
        return {"error": f"The file could not be read: the reader did not understand it ({type(why).__name__}). "
                "Save it as CSV and try again.", "place": {}}  # fmt: skip


def _read(request: dict[str, Any], out: Path) -> dict[str, Any]:
    mapping = mapping_from(request["mapping"])
    tell = _Telling()
    files = [_held(Path(path), name, tell) for path, name in request["files"]]
    if "train_end" in request:
        watched = recording(files, mapping, str(request["train_end"]))
        tell(1.0)
        stretch.write(watched, out / RECORDING)
        return {"warnings": list(watched.warnings)}
    found = opened(files, mapping)
    tell(1.0)
    with (out / DATASET).open("wb") as file:
        dataset.write(found.dataset, file)
    return file_facts.of_file(found, mapping)


def _held(path: Path, name: str, tell: _Telling) -> File:
    """A file with its bytes; of a large one the beginning."""
    if path.stat().st_size <= limits.RAW_BYTES:
        return File(name, path.read_bytes(), tell)
    with path.open("rb") as stream:
        return File(name, stream.read(BEGINNING), tell, path=path, told=tell.sentence)


class _Telling:
    """Progress on standard output, every two per cent; sentences behind a mark."""

    def __init__(self) -> None:
        self.last = 0.0

    def __call__(self, done: float) -> None:
        if done >= self.last + STEP or done >= 1.0:
            self.last = done
            sys.stdout.write(f"{done:.2f}\n")
            sys.stdout.flush()

    def sentence(self, said: str) -> None:
        """What the beginning of a file says."""
        sys.stdout.write(f"{SAID}{' '.join(said.split())[:300]}\n")
        sys.stdout.flush()


def request(files: Sequence[tuple[str, str]], mapping: dict[str, Any], out: str, train_end: str | None = None) -> str:
    """The request as text."""
    asked = {"files": [list(f) for f in files], "mapping": mapping, "out": out}
    return json.dumps(asked if train_end is None else {**asked, "train_end": train_end})


if __name__ == "__main__":
    sys.exit(main())
