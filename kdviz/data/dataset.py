"""A data set is a value: series, labels and names, splits, and the fingerprint of it all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.errors import UserError

Index = NDArray[np.int64]
UNLABELLED = "unlabelled"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Labelled series of one length, ready to be seen.

    X         (N, C, T) float32, finite
    y         (N,) int64, index into `classes`
    classes   the labels as they were written, as text; (UNLABELLED,) and y all 0 where the file has none
    channels  C names
    rate      samples per second, None where unknown
    groups    (N,) text: the subject or recording of each series, None where unknown
    train, validation, test   disjoint indices into N
    source    how to get it again: {"sample": id} or {"file": sha256 of the bytes, "name": ..., "mapping": {...}}
    warnings  sentences that a reader should see beside it
    """

    X: NDArray[np.float32]
    y: Index
    classes: tuple[str, ...]
    channels: tuple[str, ...]
    train: Index
    validation: Index
    test: Index
    name: str
    rate: float | None = None
    groups: NDArray[np.str_] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def series(self) -> int:
        """How many series there are."""
        return int(self.X.shape[0])

    @property
    def length(self) -> int:
        """Samples per series."""
        return int(self.X.shape[2])

    @property
    def splits(self) -> dict[str, Index]:
        """The three index sets by name."""
        return {"train": self.train, "validation": self.validation, "test": self.test}

    @property
    def labelled(self) -> bool:
        """Whether the series have labels at all."""
        return self.classes != (UNLABELLED,)

    def need_two_classes(self) -> None:
        """Raises UserError where there is nothing to tell apart: one class, or no labels."""
        if len(self.classes) > 1:
            return
        what = f"All series have class {self.classes[0][:40]}." if self.labelled else "The series have no labels."
        raise UserError(f"{what} Encoding works; distillation needs two classes.")

    @property
    def counts(self) -> dict[str, int]:
        """Series per class label."""
        found = np.bincount(self.y, minlength=len(self.classes))
        return {label: int(n) for label, n in zip(self.classes, found, strict=True)}

    @cached_property
    def sha256(self) -> str:
        """Fingerprint of the content (values, labels, names, rate, groups, splits); not of its name."""
        digest = hashlib.sha256()
        words = [list(self.X.shape), list(self.classes), list(self.channels), self.rate]
        groups = None if self.groups is None else [str(g) for g in self.groups]
        digest.update(json.dumps([*words, groups]).encode())
        for part in (self.X, self.y, self.train, self.validation, self.test):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()

    def times(self) -> NDArray[np.float64]:
        """The time of each sample: seconds where the rate is known, sample numbers otherwise."""
        return np.arange(self.length) / (self.rate or 1.0)
