"""What an opened run's networks show, and how alike it is, typed. Nothing here imports torch, because pages read it.

Names of networks are roles (`teacher.gaf`, `student`, `control`); a teacher alone is named by its modality.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.metrics.agreement import AgreementSummary
from kdviz.metrics.intervals import Estimate

Array = NDArray[Any]
Floats = NDArray[np.floating[Any]]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class NetworkMaps:
    """One network's evidence of one series by modality: native (*grid), and in time (T,) where that can be told."""

    maps: dict[str, Array]
    times: dict[str, Array]


@dataclass(frozen=True)
class UsualPeaks:
    """The mean largest magnitude of a network's maps over some test series, by modality: native and in time."""

    maps: dict[str, float]
    times: dict[str, float]


@dataclass(frozen=True)
class ExtractorEvidence:
    """What one extractor shows of one series, by role.

    networks   their maps; `refused` says why others have none
    usual      how strong maps of each network usually are: one unit for evidence that has none in common
    """

    title: str
    signed: bool
    networks: dict[str, NetworkMaps]
    refused: dict[str, str]
    usual: dict[str, UsualPeaks]


@dataclass(frozen=True)
class FeatureSpectrum:
    """What one series' last feature maps are made of: frequencies (R,) in cycles per sample, and power (R,).

    Power is in decibels of the strongest frequency, zero frequency left out.
    """

    cycles: Floats
    decibels: Floats


@dataclass(frozen=True)
class InstanceEvidence:
    """One series (C, T) before all networks: views (C, *grid) and answers (classes,) by role, and evidence.

    spectra   by role and modality, of the maps that have an axis of time
    """

    raw: Array
    views: dict[str, dict[str, Array]]
    probability: dict[str, Floats]
    extractors: dict[str, ExtractorEvidence]
    spectra: dict[str, dict[str, FeatureSpectrum]]


@dataclass(frozen=True)
class EpochMaps:
    """Maps in time (E, T) of student and control after each kept epoch (E,): by extractor, role and modality.

    probability   (E, classes) by role, of one series
    """

    epochs: tuple[int, ...]
    maps: dict[str, dict[str, dict[str, Array]]]
    probability: dict[str, Floats]


@dataclass(frozen=True)
class MethodMaps:
    """The maps that a method compared while it taught, of one series, by whose they are.

    sides     `student`, and `teacher` or `teachers` for what it is held against; of a frequency method the student's
              map after the learned filter, and the teacher's that it must be
    views     (C, *grid) of every modality that has a map
    spectra   of a frequency method: `before`, `after` the filter, `teacher`, `filter`
    """

    title: str
    sides: dict[str, NetworkMaps]
    views: dict[str, Array]
    spectra: dict[str, FeatureSpectrum]


@dataclass(frozen=True)
class MeasuredMatch:
    """One measure between student and teacher: its words, `each` test series (n,), and what may be said of it.

    `adjusted` is its p after Holm's correction for all the comparisons that are shown together.
    """

    title: str
    unit: str
    higher_is_better: bool
    numbers: AgreementSummary
    each: Floats
    adjusted: float | None
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class EvidenceMatch:
    """How alike evidence is over the test set, by teacher and measure.

    series, asked   (n,) which series of the data set were looked at, of how many test series (`test`), and the class
    grouped         whether subjects or recordings are known, and the `unit` that is independent
    comparisons     for how many p is corrected: measures times teachers, times the extractors shown
    """

    title: str
    teachers: dict[str, dict[str, MeasuredMatch]]
    series: Index
    asked: Index
    test: int
    grouped: bool
    unit: str
    comparisons: int


@dataclass(frozen=True)
class DeletionAreas:
    """Areas under the curves, and their gains over random orders."""

    deletion: Estimate
    insertion: Estimate
    random: Estimate
    deletion_gain: Estimate
    insertion_gain: Estimate
    comprehensiveness: Estimate
    sufficiency: Estimate


@dataclass(frozen=True)
class ClassDeletion:
    """The gains over random orders in the series of one class; `verdict` as in DeletionCurves."""

    series: int
    deletion_gain: Estimate
    insertion_gain: Estimate
    verdict: bool | None


@dataclass(frozen=True)
class DeletionCurves:
    """The class's mean probability (k,) as `shares` (k,) of segments go or come back, and what it sums to.

    verdict   whether both curves beat random orders; None where there are too few series
    classes   the same by the class that was asked about: a pooled curve can hide one whose maps are false
    """

    shares: Floats
    deletion: Floats
    insertion: Floats
    random: Floats
    areas: DeletionAreas
    verdict: bool | None
    classes: dict[str, ClassDeletion]


@dataclass(frozen=True)
class WeightRandomisation:
    """By modality: the rank correlation of maps with those of the same network with random weights."""

    modalities: dict[str, Estimate]
    series: int
    seeds: int


@dataclass(frozen=True)
class SharedFrequencies:
    """Coherence (F,) with a teacher by frequency, in cycles per sample: the student's, chance's, the control's."""

    series: int
    match: float | None
    frequencies: Floats
    student: Floats
    chance: Floats
    control: Floats | None

    def lines(self) -> dict[str, Floats]:
        """Those that are there, by whose."""
        found = {"student": self.student, "chance": self.chance, "control": self.control}
        return {who: values for who, values in found.items() if values is not None}
