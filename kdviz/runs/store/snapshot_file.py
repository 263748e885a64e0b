"""What the scrubber shows of a run, and the file that keeps it: a JSON head with arrays beside it, never unpickled."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Snapshots:
    """Where networks looked after each kept epoch: of n series, E epochs and B bins of `length` samples.

    stages             [name, last epoch] of each stage of the training
    student, control   the modalities that each sees; none where there is no control
    arrays             named as in the file and in the browser: `series` (n,); `student/m`, `control/m` int8 (n, E, B)
                       with `.../scale` (n, E): value = int8 * scale; `teacher/m` int8 (n, B) with scale (n,);
                       `WHO/answer` and `WHO/sure`; `match/t`, `control_match/t` (n, E) and `chance/t` (E,)
    answer             the epoch whose weights are the student; the last where nothing else is said
    """

    epochs: tuple[int, ...]
    stages: tuple[tuple[str, int], ...]
    student: tuple[str, ...]
    control: tuple[str, ...]
    teachers: tuple[str, ...]
    bins: int
    length: int
    arrays: dict[str, NDArray[Any]]
    answer: int | None = None

    @property
    def series(self) -> NDArray[np.int64]:
        """The series (n,) that are shown, counted over the whole data set."""
        return self.arrays["series"]

    def head(self) -> dict[str, Any]:
        """All but the arrays, as JSON values."""
        return {
            "epochs": list(self.epochs),
            "stages": [list(each) for each in self.stages],
            "student": list(self.student),
            "control": list(self.control),
            "teachers": list(self.teachers),
            "bins": self.bins,
            "length": self.length,
            "answer": self.epochs[-1] if self.answer is None else self.answer,
        }


def snapshots_from(head: Mapping[str, Any], arrays: Arrays) -> Snapshots:
    """What `head` gave, with its arrays; raises KeyError, TypeError or ValueError where it is none."""
    return Snapshots(
        tuple(int(each) for each in head["epochs"]),
        tuple((str(name), int(end)) for name, end in head["stages"]),
        tuple(map(str, head["student"])),
        tuple(map(str, head["control"])),
        tuple(map(str, head["teachers"])),
        int(head["bins"]),
        int(head["length"]),
        dict(arrays),
        int(head["answer"]) if head.get("answer") is not None else None,
    )


def to_npz(head: Mapping[str, Any], arrays: Arrays) -> bytes:
    """A file's bytes: the head as JSON, the arrays beside it."""
    file, said = io.BytesIO(), json.dumps(head, sort_keys=True)
    np.savez_compressed(file, allow_pickle=False, head=np.frombuffer(said.encode(), np.uint8), **arrays)
    return file.getvalue()


def read_npz(path: Path, largest: int) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """The head and the arrays of such a file; None where there is none, or none that can be read."""
    try:
        if path.stat().st_size > largest:
            return None
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        return dict(json.loads(arrays.pop("head").tobytes())), arrays
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
