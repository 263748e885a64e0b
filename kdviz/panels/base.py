"""A panel: arrays, and the Python lines that make arrays of the same names."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
Scale = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture.

    name     its title
    arrays   what it shows, by name
    code     Python lines that leave arrays of the same names behind, after `imports`
    call     how kdviz.panels.drawing draws it: the function's name, and what it is given beside the arrays
    """

    name: str
    arrays: Arrays
    imports: tuple[str, ...]
    code: tuple[str, ...]
    call: str
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def mark(self) -> str:
        """A fingerprint of all that is shown."""
        digest = hashlib.sha256(repr((self.name, self.code, self.call, sorted(self.given.items()))).encode())
        for name, array in self.arrays.items():
            digest.update(f"{name}{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()
