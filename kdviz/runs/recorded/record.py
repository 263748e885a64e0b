"""What is recorded of networks that stay with their owner: typed answers and their arrays, in one file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.core.named_values import from_named, to_named
from kdviz.runs.analysis.evidence_answers import (
    DeletionCurves,
    EvidenceMatch,
    FeatureSpectrum,
    SharedFrequencies,
    UsualPeaks,
    WeightRandomisation,
)
from kdviz.runs.analysis.network_answers import CutoffAccuracy, FrequencyContent, Predictions, RunFidelity, RunNetworks
from kdviz.runs.store.run import Run
from kdviz.runs.store.snapshot_file import Snapshots, read_npz, to_npz

FILE = "recorded.npz"
VERSION = 1
LARGEST_FILE = 128 << 20
Array = NDArray[Any]
Index = NDArray[np.int64]


@dataclass(frozen=True)
class ProbeMaps:
    """One network's evidence of all probes by modality: native (n, *grid), and in time (n, T) where it has that."""

    maps: dict[str, Array]
    times: dict[str, Array]


@dataclass(frozen=True)
class RecordedExtractor:
    """What one extractor shows of the probes, by class asked about (`true`, or a class's number) and role."""

    title: str
    signed: bool
    asked: dict[str, dict[str, ProbeMaps]]
    refused: dict[str, str]
    usual: dict[str, UsualPeaks]


@dataclass(frozen=True)
class RecordedEpochs:
    """What was recorded while the student learned, by role, after each of E epochs.

    maps         (n, E, T) by modality: maps in time of one `extractor`, for the true class, of the probes
    probability  (E, n, classes) of the probes
    """

    epochs: tuple[int, ...]
    extractor: str
    maps: dict[str, dict[str, Array]]
    probability: dict[str, Array]


@dataclass(frozen=True)
class Record:
    """Everything that a recorded run can answer; see kdviz.runs.recorded.answers.

    series     (n,) the probes: the test series of which every map was kept, counted over the whole data set
    views      (n, C, *grid) of the probes, by modality
    spectra    of each probe's last feature maps, by its number, role and modality
    matches    by extractor and class asked about
    frequency  by probe's number, of the last stage; `coherence` by extractor and teacher
    deletion   by extractor, role and filling; `randomisation` by extractor and role
    lacks      what can never be told of this run, in sentences
    """

    version: int
    networks: RunNetworks
    predictions: Predictions
    series: Index
    views: dict[str, Array]
    spectra: dict[str, dict[str, dict[str, FeatureSpectrum]]]
    extractors: dict[str, RecordedExtractor]
    matches: dict[str, dict[str, EvidenceMatch]]
    fidelity: RunFidelity
    frequency: dict[str, FrequencyContent]
    cutoffs: CutoffAccuracy | None
    coherence: dict[str, dict[str, SharedFrequencies]]
    deletion: dict[str, dict[str, dict[str, DeletionCurves]]]
    randomisation: dict[str, dict[str, WeightRandomisation]]
    snapshots: Snapshots | None
    epochs: RecordedEpochs | None
    lacks: tuple[str, ...]


def to_bytes(record: Record) -> bytes:
    """The file."""
    plain, arrays = to_named(record)
    return to_npz({"record": plain}, arrays)


def read(run: Run) -> Record:
    """What was recorded; raises UserError where the file is not there or holds none."""
    return read_file(run.folder / FILE)


def read_file(path: Path) -> Record:
    """The same from its file."""
    found = read_npz(path, LARGEST_FILE)
    try:
        if found is not None:
            return from_named(Record, found[0]["record"], found[1])
    except (KeyError, TypeError, ValueError, RecursionError):
        pass
    raise UserError(
        f"What was recorded of these networks ({path.name}) cannot be read. Record it again with kdviz.compare."
    )


def refuse_odd_record(record: Record) -> None:
    """Raise FileError where arrays that a page draws together are not of one size."""
    said, n = record.predictions.probability, record.series.size
    good = record.version == VERSION and record.series.ndim == 1 and record.series.dtype.kind == "i"
    good = good and "student" in said and set(said) == set(record.networks.roles)
    good = good and all(each.ndim == 2 and each.shape == said["student"].shape for each in said.values())
    probes = [*record.views.values()]
    for found in record.extractors.values():
        for by_role in found.asked.values():
            probes += [v for each in by_role.values() for v in (*each.maps.values(), *each.times.values())]
    good = good and all(each.ndim > 1 and len(each) == n and each.dtype.kind == "f" for each in probes)
    if held := record.epochs:
        maps = [v for by in held.maps.values() for v in by.values()]
        good = good and all(v.ndim == 3 and v.shape[:2] == (n, len(held.epochs)) for v in maps)
        good = good and all(p.ndim == 3 and p.shape[:2] == (len(held.epochs), n) for p in held.probability.values())
    if not good:
        raise FileError("The record in the archive is not of networks before one data set. It is not opened.")
