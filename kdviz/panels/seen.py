"""One series of a data set through one modality: what every panel of it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kdviz.changes import changed
from kdviz.data.dataset import Dataset
from kdviz.modalities.base import Array, Modality
from kdviz.params import Value

OPEN = "from kdviz.data.open import open_data"
STORE = "from kdviz.runs.datasets import store"
MODALITY = "from kdviz.modalities.base import modality"
CHANGED = "from kdviz.changes import changed"


@dataclass(frozen=True, eq=False)
class Seen:
    """Series `number` and `channel` of data through the fitted modality `name` with these settings.

    change   what was done to the series first (see kdviz.changes), empty for nothing
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
        return changed(series, self.change) if self.change else series

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
    def title(self) -> str:
        """The channel and the series, as one short line."""
        return f"{one_line(self.data.channels[self.channel])}, series {self.number}"

    @property
    def unit(self) -> str:
        """What the time axis counts."""
        return "seconds" if self.data.rate else "sample"

    @property
    def imports(self) -> tuple[str, ...]:
        """What the lines below need."""
        source = OPEN if "sample" in self.data.source else STORE
        return (source, MODALITY, *([CHANGED] if self.change else []))

    @property
    def opened(self) -> tuple[str, ...]:
        """The line that opens the data again: a sample by name, a file by its fingerprint on this machine."""
        if "sample" in self.data.source:
            return (f'data = open_data("sample:{self.data.source["sample"]}")',)
        name = one_line(str(self.data.source.get("name", self.data.name)), 60)
        elsewhere = f"# Elsewhere: from kdviz.data.open import open_data; data = open_data({name!r})"
        return (f'data = store().get("{self.data.sha256}")', elsewhere)

    @property
    def asked(self) -> str:
        """The series (1, C, T), as an expression."""
        series = f"data.X[[{self.number}]]"
        return f'changed({series}, "{self.change}")' if self.change else series

    def fitted(self, called: str = "eye") -> tuple[str, ...]:
        """The lines that make the modality and fit it to the training series."""
        given = f", {dict(self.settings)!r}" if self.settings else ""
        return f'{called} = modality("{self.name}"{given})', f"{called}.fit(data.X[data.train])"

    def after(self, change: str) -> Seen:
        """The same, with the series changed."""
        return replace(self, change=change)


def one_line(name: str, most: int = 40) -> str:
    """A name from a file as one short printable line."""
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    return line if len(line) <= most else line[: most - 1] + "…"
