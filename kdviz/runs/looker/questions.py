"""The questions that pages ask the looker, and the type of each answer: one row a question. Nothing imports torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from kdviz.runs.analysis.evidence_answers import (
    DeletionCurves,
    EpochMaps,
    EvidenceMatch,
    InstanceEvidence,
    MethodMaps,
    SharedFrequencies,
    WeightRandomisation,
)
from kdviz.runs.analysis.network_answers import CutoffAccuracy, FrequencyContent, Predictions, RunFidelity, RunNetworks
from kdviz.runs.analysis.watch_answers import JudgedWatch, WatchMeans, WhyHere
from kdviz.runs.comparison.comparison_answers import Comparison
from kdviz.runs.publication.figure_sheet import FigureNames, PublicationFigure
from kdviz.runs.store.measures import Measures
from kdviz.runs.store.snapshot_file import Snapshots
from kdviz.runs.sweeps.plan import SweepForecast

A = TypeVar("A")


@dataclass(frozen=True)
class Question(Generic[A]):
    """One thing that can be asked, and the type of its answer; kdviz.runs.looker.functions says what it takes."""

    id: str
    answer: type[A]


@dataclass(frozen=True)
class PlannedRecipe:
    """A whole recipe in plain values, and its identity."""

    recipe: dict[str, Any]
    identity: str


@dataclass(frozen=True)
class NetworkCost:
    """Weights, multiply-adds of one series, and milliseconds of one forward pass on this machine."""

    weights: int
    macs: int
    milliseconds: float


@dataclass(frozen=True)
class ArchitectureCosts:
    """What each architecture costs on a data set."""

    architectures: dict[str, NetworkCost]


@dataclass(frozen=True)
class CreatedSweep:
    """The identity of a sweep whose folders were made."""

    identity: str


NETWORKS = Question("networks", RunNetworks)
PREDICTIONS = Question("predictions", Predictions)
BOARD = Question("board", InstanceEvidence)
FILM = Question("film", EpochMaps)
METHOD_MAPS = Question("method_maps", MethodMaps)
MATCH = Question("match", EvidenceMatch)
SNAPSHOTS = Question("snapshots", Snapshots)
DELETION = Question("deletion", DeletionCurves)
RANDOMISATION = Question("randomisation", WeightRandomisation)
FIDELITY = Question("fidelity", RunFidelity)
FREQUENCY = Question("frequency", FrequencyContent)
CUTOFFS = Question("cutoffs", CutoffAccuracy)
COHERENCE = Question("coherence", SharedFrequencies)
MEASURES = Question("measures", Measures)
COMPARISON = Question("comparison", Comparison)
CATALOGUE: Question[dict[str, Any]] = Question("catalogue", dict)
PUBLICATION = Question("publication", PublicationFigure)
FIGURE_KINDS = Question("figure_kinds", FigureNames)
COSTS = Question("costs", ArchitectureCosts)
RECIPE = Question("recipe", PlannedRecipe)
SWEEP = Question("sweep", SweepForecast)
WATCH_RECIPE = Question("watch_recipe", PlannedRecipe)
WATCH_OPTIONS: Question[dict[str, Any]] = Question("watch_options", dict)
WHY_HERE = Question("why_here", WhyHere)
JUDGED = Question("judged", JudgedWatch)
WATCHES_COMPARED = Question("watches_compared", WatchMeans)
CREATE_SWEEP = Question("create_sweep", CreatedSweep)
