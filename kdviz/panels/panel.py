"""A panel: arrays, and the Python lines that make them again; most begin with one series through one modality."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.params import Value
from kdviz.core.plain_text import one_line
from kdviz.data.dataset import Dataset
from kdviz.metrics.perturbations import transformed
from kdviz.modalities.base import Array, Modality

Arrays = Mapping[str, NDArray[Any]]
Scale = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Panel:
    """One picture.

    name     its title
    arrays   what it shows, by name
    code     Python lines that leave arrays of the same names behind, after `imports` and `import kdviz`
    call     how kdviz.draw draws it: as what, and what it is given beside the arrays
    """

    name: str
    arrays: Arrays
    imports: tuple[str, ...]
    code: tuple[str, ...]
    call: str
    given: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """A fingerprint of all that is shown."""
        digest = hashlib.sha256(repr((self.name, self.code, self.call, sorted(self.given.items()))).encode())
        for name, array in self.arrays.items():
            digest.update(f"{name}{array.dtype}{array.shape}".encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()


KDVIZ = "import kdviz"
NUMPY = "import numpy as np"


@dataclass(frozen=True, eq=False)
class SeriesView:
    """Series `number` and `channel` of data through the fitted modality `name` with these settings.

    change   what was done to the series first (see kdviz.metrics.perturbations), empty for nothing
    """

    data: Dataset
    number: int
    channel: int
    name: str
    settings: Mapping[str, Value]
    eye: Modality
    change: str = ""

    @property
    def series(self) -> Array:
        """The series (C, T)."""
        series: Array = self.data.X[self.number]
        return transformed(series, self.change) if self.change else series

    @property
    def view(self) -> Array:
        """Its view (C', *grid)."""
        view: Array = self.eye.see(self.series[None])[0]
        return view

    @property
    def looks(self) -> range:
        """Which channels of the view show this channel of the series."""
        return range(self.channel, self.eye.shape(*self.series.shape)[0], len(self.data.channels))

    @property
    def names(self) -> tuple[str, ...]:
        """What each channel of the view shows, as one short line each."""
        return self.eye.names(tuple(one_line(c, 40) for c in self.data.channels))

    @property
    def title(self) -> str:
        """The channel and the series, as one short line."""
        return f"{one_line(self.data.channels[self.channel], 40)}, series {self.number}"

    @property
    def unit(self) -> str:
        """What the time axis counts."""
        return "seconds" if self.data.rate else "sample"

    @property
    def opened(self) -> tuple[str, ...]:
        """The line that opens the data again: a sample by name, a file by its fingerprint on this machine."""
        if "sample" in self.data.source:
            return (f'data = kdviz.open_data("sample:{self.data.source["sample"]}")',)
        source = self.data.source
        names = [one_line(str(name), 60) for name in source.get("parts", ())]
        files = repr(names) if names else repr(one_line(str(source.get("name", self.data.name)), 60))
        how = f", {dict(source['mapping'])!r}" if source.get("mapping") else ""
        return (f'data = kdviz.stored("{self.data.sha256}")', f"# Elsewhere: data = kdviz.open_data({files}{how})")

    @property
    def asked(self) -> str:
        """The series (1, C, T), as an expression."""
        series = f"data.X[[{self.number}]]"
        return f'kdviz.transformed({series}, "{self.change}")' if self.change else series

    def fitted(self, called: str = "eye") -> tuple[str, ...]:
        """The lines that make the modality and fit it to the training series."""
        given = "".join(f", {knob}={value!r}" for knob, value in self.settings.items())
        return f'{called} = kdviz.modality("{self.name}"{given})', f"{called}.fit(data.X[data.train])"

    def after(self, change: str) -> SeriesView:
        """The same, with the series changed."""
        return replace(self, change=change)
