"""One series of a data set through one modality: what every panel of it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kdviz.data.dataset import Dataset
from kdviz.modalities.base import Array, Modality
from kdviz.params import Value

OPEN = "from kdviz.data.open import open_data"
STORE = "from kdviz.runs.datasets import store"
MODALITY = "from kdviz.modalities.base import modality"


@dataclass(frozen=True, eq=False)
class Seen:
    """Series `number` and `channel` of data through the fitted modality `name` with these settings."""

    data: Dataset
    number: int
    channel: int
    name: str
    settings: Mapping[str, Value]
    eye: Modality

    @property
    def series(self) -> Array:
        """The series (C, T)."""
        series: Array = self.data.X[self.number]
        return series

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
        return self.eye.names(tuple(one_line(c) for c in self.data.channels))

    @property
    def unit(self) -> str:
        """What the time axis counts."""
        return "seconds" if self.data.rate else "sample"

    def at(self, number: int) -> Seen:
        """The same for another series."""
        return replace(self, number=number)


def one_line(name: str, most: int = 40) -> str:
    """A name from a file as one short printable line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def opening(data: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Imports, and the line that opens this data set again: a sample by name, a file by its fingerprint here."""
    if "sample" in data.source:
        return (OPEN,), (f'data = open_data("sample:{data.source["sample"]}")',)
    name = one_line(str(data.source.get("name", data.name)), 60)
    elsewhere = f"# elsewhere: from kdviz.data.open import open_data; data = open_data({name!r})"
    return (STORE,), (f'data = store().get("{data.sha256}")', elsewhere)


def fitting(name: str, settings: Mapping[str, Value], called: str = "eye") -> tuple[str, ...]:
    """The lines that make a modality and fit it to the training series."""
    given = f", {dict(settings)!r}" if settings else ""
    return f'{called} = modality("{name}"{given})', f"{called}.fit(data.X[data.train])"
