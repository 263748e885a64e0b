"""What can be said of an opened run's networks, typed. Nothing here imports torch, because pages read it.

Names of networks are roles (`teacher.gaf`, `student`, `control`); a teacher alone is named by its modality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.metrics.intervals import Estimate

Array = NDArray[Any]
Floats = NDArray[np.floating[Any]]
Index = NDArray[np.int64]
Scores = dict[str, float | None]


@dataclass(frozen=True)
class NetworkFacts:
    """What one network sees, how many stages it has, and its weights."""

    modalities: tuple[str, ...]
    stages: int
    weights: int


@dataclass(frozen=True)
class RunNetworks:
    """Who there is to look at, by role; the epochs kept; whether the method has maps of its own; the teacher that it
    hands on; the epoch, of those kept, whose weights are the student; and the evidence to open with, where that is not
    the usual one."""

    roles: dict[str, NetworkFacts]
    epochs: tuple[int, ...]
    own_maps: bool
    reference: str
    answer: int | None
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Predictions:
    """Class probabilities (n_test, classes) by role."""

    probability: dict[str, Floats]


@dataclass(frozen=True)
class WhomFollowed:
    """Shares of the series that teachers dispute; see kdviz.metrics.scores.Followed."""

    disputed: int
    each: Scores
    only: Scores
    nobody: float | None


@dataclass(frozen=True)
class SplitFidelity:
    """On so many series of a split: scores by role; of student and control beside each teacher; whom they followed."""

    series: int
    networks: dict[str, Scores]
    fidelity: dict[str, dict[str, Scores]]
    followed: dict[str, WhomFollowed]


@dataclass(frozen=True)
class Cka:
    """Every stage of one network with every stage of another (stages, stages)."""

    linear: Floats
    unbiased: Floats


@dataclass(frozen=True)
class LayerSimilarity:
    """CKA of student and control (`tables` by whose) with each teacher, on so many test series."""

    series: int
    features: str
    tables: dict[str, dict[str, Cka]]


@dataclass(frozen=True)
class EpochFidelity:
    """A student beside one teacher over the kept epochs (E,)."""

    agreement: Floats
    predictive_kl: Floats


@dataclass(frozen=True)
class FidelityByEpoch:
    """Over the kept epochs (E,): accuracy of student and control, and each beside every teacher."""

    epochs: Index
    accuracy: dict[str, Floats]
    teachers: dict[str, dict[str, EpochFidelity]]


@dataclass(frozen=True)
class RunFidelity:
    """How faithful a student is: answers by split, features layer by layer, and by epoch."""

    splits: dict[str, SplitFidelity]
    layers: LayerSimilarity
    by_epoch: FidelityByEpoch


@dataclass(frozen=True)
class MapSpectrum:
    """What feature maps are made of: see kdviz.runs.analysis.frequency_content.spectra."""

    grid: tuple[int, ...]
    high: Estimate
    rings: Floats
    radial: Floats
    map: Floats
    power: Floats


@dataclass(frozen=True)
class FrequencyFilter:
    """What a frequency method does to the student's maps: see kdviz.runs.analysis.frequency_content.filters."""

    side: int
    radius: int
    rates: dict[str, float]
    energy: dict[str, float]
    distance: Scores
    pictures: dict[str, Array]
    rate_lines: dict[str, Floats]


@dataclass(frozen=True)
class FrequencyContent:
    """Spectra by role and modality over so many series; filters by name, with the epochs (E,) of their rates."""

    series: int
    spectra: dict[str, dict[str, MapSpectrum]]
    filters: dict[str, FrequencyFilter]
    epochs: Index | None


@dataclass(frozen=True)
class CutoffAccuracy:
    """Accuracy by role: of untouched series, and with only frequencies below or above each of `cuts` (k,)."""

    series: int
    whole: dict[str, float]
    cuts: Floats
    low: dict[str, Floats]
    high: dict[str, Floats]
