"""The measures that lie beside a run, read without torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.files import fingerprint, write
from kdviz.core.json_types import made
from kdviz.runs.store.run import FINAL, MEASURED, Run, read_record

VERSION = 2
"""2: a fusion student's branch beside the teacher of its own view; whole subjects change places for p."""
Scores = dict[str, float | None]


@dataclass(frozen=True)
class Measures:
    """What comparisons need of a run beside its accuracy.

    mark      of the outcome that was measured
    series    in the test set; `learned_from` in the training set
    networks  by role: accuracy, macro_f1, nll, ece on the test set
    fidelity  by teacher: agreement, kappa, ... of the student with it on the test set
    cost      weights, macs and milliseconds of the student
    evidence  by teacher: how alike CAMs in time are (Pearson), beside chance and control, and evidence transfer
    right     by role: 1 or 0 for each test series, in the order of the test set
    reference the teacher that the method hands on, whose numbers stand for the run where only one may
    """

    version: int
    mark: str
    series: int
    learned_from: int
    networks: dict[str, Scores]
    fidelity: dict[str, Scores]
    cost: dict[str, float]
    evidence: dict[str, Scores]
    right: dict[str, str]
    reference: str = ""

    @property
    def teacher(self) -> str:
        """The reference teacher; of files of before, the first."""
        return self.reference or next(iter(self.fidelity), "")


def kept(run: Run) -> Measures | None:
    """The measures of a run's present outcome, if they were taken and can be read."""
    try:
        found = sound(read_record(run.folder / MEASURED))
        return found if (found.version, found.mark) == (VERSION, outcome_hash(run)) else None
    except UserError:
        return None


def sound(given: Mapping[str, object]) -> Measures:
    """Measures from JSON values; raises UserError where they are none."""
    return made(Measures, given, "measured.json")


def outcome_hash(run: Run) -> str:
    """Changes with the outcome of a run; raises UserError while there is none."""
    path = run.folder / FINAL
    if not path.exists():
        raise UserError(f"This run is {run.state}: only what has ended can be measured.")
    return fingerprint(path.read_bytes())[:16]


SCORES = "scores.safetensors"
Z, RAW, CHANNEL = "z", "raw", "channel"


def write_scores(folder: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Arrays (T,) called `signal.z`, `signal.raw`, `fused.channel` ...: numbers as float32, channels as int32."""
    from safetensors.numpy import save

    kinds = {CHANNEL: np.int32}
    plain = {n: np.ascontiguousarray(a, kinds.get(n.rpartition(".")[2], np.float32)) for n, a in arrays.items()}
    write(folder / SCORES, save(plain))


def read_scores(folder: Path) -> dict[str, NDArray[Any]]:
    """The arrays by name; raises UserError where there are none, or none that can be read."""
    from safetensors.numpy import load

    path = folder / SCORES
    if not path.exists():
        raise UserError("This run has no scores: it has not ended, or watched no recording.")
    try:
        found: dict[str, NDArray[Any]] = load(path.read_bytes())
    except Exception as reason:
        raise UserError(f"{SCORES} cannot be read ({type(reason).__name__}). Watch the recording again.") from None
    return found


def z_scores(arrays: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """z (T,) by score."""
    return {name.removesuffix(f".{Z}"): a for name, a in arrays.items() if name.endswith(f".{Z}")}
