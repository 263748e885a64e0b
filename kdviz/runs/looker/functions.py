"""What answers each question: one row a question. Arguments come as JSON; runs and data sets asked about stay open."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any, TypeVar

from kdviz.core.errors import UserError
from kdviz.core.json_types import made
from kdviz.data.dataset import Dataset
from kdviz.metrics.hypothesis_tests import pairs_for_any
from kdviz.metrics.perturbations import Change, changed
from kdviz.nets.cost import costs
from kdviz.runs.analysis import evidence_match, fidelity, opened_run, sanity_checks, series_evidence
from kdviz.runs.analysis.evaluate import measured
from kdviz.runs.analysis.evidence_answers import (
    DeletionCurves,
    EvidenceMatch,
    InstanceEvidence,
    MethodMaps,
    SharedFrequencies,
    UsualPeaks,
    WeightRandomisation,
)
from kdviz.runs.analysis.frequency_content import frequency
from kdviz.runs.analysis.frequency_importance import accuracy_by_cutoff, coherence_by_frequency, usual_cuts
from kdviz.runs.analysis.method_maps import compared
from kdviz.runs.analysis.network_answers import CutoffAccuracy, FrequencyContent, Predictions, RunFidelity, RunNetworks
from kdviz.runs.analysis.snapshots import snapshots
from kdviz.runs.comparison.compare import comparison
from kdviz.runs.comparison.comparison_answers import Comparison
from kdviz.runs.looker import questions as asked
from kdviz.runs.looker import watch_functions
from kdviz.runs.looker.questions import ArchitectureCosts, CreatedSweep, NetworkCost, PlannedRecipe, Question
from kdviz.runs.publication import base as publication
from kdviz.runs.recorded.answers import ANSWERS, answer
from kdviz.runs.store.catalogue import remembered
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.home import home
from kdviz.runs.store.lineage import teachers_from
from kdviz.runs.store.measures import Measures
from kdviz.runs.store.run import by_identity
from kdviz.runs.store.snapshot_file import Snapshots
from kdviz.runs.sweeps.estimate import PATIENCE, estimate
from kdviz.runs.sweeps.grid import create, expand
from kdviz.runs.sweeps.plan import Plan, SweepForecast
from kdviz.training.defaults import Choices, view_settings
from kdviz.training.encoded_data import encode, fitted
from kdviz.training.knowledge import knowledge_from
from kdviz.training.recipe_builder import recipe_for

A = TypeVar("A")
MOST_CUTS, MOST_SERIES = 16, 64


def answered(question: str, given: Mapping[str, Any]) -> Any:
    """The answer to the question of this id; raises UserError where there is none of that name."""
    found = {each.id: function for each, function in FUNCTIONS.items()}
    if question not in found:
        raise UserError(f"There is no question {str(question)[:40]!r}. There are: {', '.join(sorted(found))}.")
    if question in ANSWERS and by_identity(given["run"]).recipe.recorded:
        return answer(by_identity(given["run"]), question, {k: v for k, v in given.items() if k != "run"})
    return found[question](**given)


def opened(run: str) -> opened_run.OpenedRun:
    """The run of this identity, opened; kept open until its networks change."""
    return _opened(str(home()), run, weights_version(run))


@lru_cache(maxsize=6)
def _opened(place: str, run: str, version: float) -> opened_run.OpenedRun:
    return opened_run.open_for_looking(by_identity(run))


def weights_version(run: str) -> float:
    """Changes when the run's networks change, so that nothing stale is shown."""
    folder = by_identity(run).folder
    return max((p.stat().st_mtime for p in folder.glob("*.safetensors")), default=0.0)


def reopened(sha256: str, source: Mapping[str, Any], name: str) -> Dataset:
    """The data set of this fingerprint, kept open."""
    return _reopened(str(home()), sha256, json.dumps(source), name)


@lru_cache(maxsize=4)
def _reopened(place: str, sha256: str, source: str, name: str) -> Dataset:
    return reopen(sha256, json.loads(source), name)


def _networks(run: str) -> RunNetworks:
    return opened_run.networks(opened(run))


def _predictions(run: str) -> Predictions:
    return _predictions_kept(run, weights_version(run))


@lru_cache(maxsize=6)
def _predictions_kept(run: str, version: float) -> Predictions:
    return opened_run.predictions(opened(run))


def _board(
    run: str, extractors: Sequence[str], series: int, target: int, epoch: int | None = None,
    change: Mapping[str, Any] | None = None,
) -> InstanceEvidence:  # fmt: skip
    """One series before all networks; perhaps after something was done to it."""
    one, version = opened(run), weights_version(run)
    opened_run.check_series(one, series)
    raw = one.data.X[series : series + 1]
    if change is not None:
        raw = changed(one.data.X, series, Change(**change))
    usual = {name: _usual(run, version, name) for name in extractors}
    return series_evidence.board(one, series, raw, extractors, target, epoch, usual)


@lru_cache(maxsize=64)
def _usual(run: str, version: float, extractor: str) -> dict[str, UsualPeaks]:
    return series_evidence.usual(opened(run), extractor)


def _method_maps(run: str, series: int) -> MethodMaps:
    return compared(opened(run), series)


def _match(run: str, extractor: str, target: str | int = "true", extractors: int = 1) -> EvidenceMatch:
    """p corrected for so many extractors shown together."""
    return evidence_match.corrected(_match_kept(run, weights_version(run), extractor, target), max(int(extractors), 1))


@lru_cache(maxsize=16)
def _match_kept(run: str, version: float, extractor: str, target: str | int) -> EvidenceMatch:
    return evidence_match.match(opened(run), extractor, target)


def _snapshots(run: str, extractor: str = "cam") -> Snapshots:
    return snapshots(opened(run), extractor)


def _deletion(
    run: str, extractor: str, role: str, baseline: str, many: int, target: str | int = "true"
) -> DeletionCurves:
    return sanity_checks.deletion_curves(opened(run), extractor, role, baseline, _some(many), target)


def _randomisation(run: str, extractor: str, role: str, many: int = 32) -> WeightRandomisation:
    return sanity_checks.weight_randomisation(opened(run), extractor, role, _some(many))


def _some(many: int) -> int:
    return min(max(int(many), 1), MOST_SERIES)


def _fidelity(run: str) -> RunFidelity:
    return _fidelity_kept(run, weights_version(run))


@lru_cache(maxsize=8)
def _fidelity_kept(run: str, version: float) -> RunFidelity:
    return fidelity.fidelity_of(opened(run))


def _frequency(run: str, series: int, stage: int = -1) -> FrequencyContent:
    return frequency(opened(run), series, stage)


def _cutoffs(run: str, cuts: Sequence[float] | None = None) -> CutoffAccuracy:
    one = opened(run)
    if cuts is None:
        return accuracy_by_cutoff(one, usual_cuts(one.data.length))
    return accuracy_by_cutoff(one, [min(max(float(cut), 0.0), 1.0) for cut in cuts][:MOST_CUTS])


def _coherence(run: str, extractor: str, teacher: str) -> SharedFrequencies:
    return coherence_by_frequency(opened(run), extractor, teacher)


def _measures(run: str) -> Measures:
    return measured(by_identity(run))


def _comparison(runs: Sequence[str], baseline: str = "", most: int | None = None) -> Comparison:
    return comparison([by_identity(run) for run in runs], baseline, most)


def _costs(data: str, source: Mapping[str, Any], name: str, student: str, sees: Sequence[str]) -> ArchitectureCosts:
    found = reopened(data, source, name)
    modalities = fitted(found, view_settings(sees, {}))
    shapes = {m: tuple(v.shape[1:]) for m, v in encode(modalities, found.X[:1]).items()}
    each = costs(student, tuple(sees), shapes, max(len(found.classes), 2)).items()
    return ArchitectureCosts({name: NetworkCost(**asdict(cost)) for name, cost in each})


def _recipe(
    data: str, source: Mapping[str, Any], name: str, wish: Mapping[str, Any], settings: Mapping[str, Any]
) -> PlannedRecipe:
    """The whole recipe of a wish; raises UserError where it cannot run."""
    teachers, knows = wish.get("teachers"), knowledge_from(wish.get("knows"))
    choices = Choices(**{**wish, "teachers": None if teachers is None else tuple(teachers), "knows": knows})
    found = reopened(data, source, name)
    recipe = recipe_for(found, choices, settings, teachers_from(knows.teacher_runs, found))
    return PlannedRecipe(recipe.as_dict(), recipe.identity)


def _sweep(plan: Mapping[str, Any], patience: float = PATIENCE) -> SweepForecast:
    """What a plan comes to, at most `patience` seconds spent on trying."""
    given, data = _plan(plan)
    found, recipes = expand(given, data)
    methods = [name for name in given.methods if name != "supervised"] or ["supervised"]
    return SweepForecast(
        given.identity, len(found.cells), len(found.ancestors), tuple(found.left_out), pairs_for_any(len(methods)),
        **asdict(estimate(found, recipes, patience)),
    )  # fmt: skip


def _create_sweep(plan: Mapping[str, Any]) -> CreatedSweep:
    return CreatedSweep(create(*_plan(plan)).plan.identity)


def _plan(plan: Mapping[str, Any]) -> tuple[Plan, list[Dataset]]:
    given = made(Plan, plan, "The sweep")
    return given, [reopened(d["sha256"], d["source"], d["name"]) for d in given.data]


def _row(question: Question[A], function: Callable[..., A]) -> tuple[Question[Any], Callable[..., Any]]:
    return question, function


FUNCTIONS: dict[Question[Any], Callable[..., Any]] = dict(
    (
        _row(asked.NETWORKS, _networks),
        _row(asked.PREDICTIONS, _predictions),
        _row(asked.BOARD, _board),
        _row(asked.FILM, lambda run, **given: series_evidence.by_epoch(opened(run), **given)),
        _row(asked.METHOD_MAPS, _method_maps),
        _row(asked.MATCH, _match),
        _row(asked.SNAPSHOTS, _snapshots),
        _row(asked.DELETION, _deletion),
        _row(asked.RANDOMISATION, _randomisation),
        _row(asked.FIDELITY, _fidelity),
        _row(asked.FREQUENCY, _frequency),
        _row(asked.CUTOFFS, _cutoffs),
        _row(asked.COHERENCE, _coherence),
        _row(asked.MEASURES, _measures),
        _row(asked.COMPARISON, _comparison),
        _row(asked.CATALOGUE, remembered),
        _row(asked.PUBLICATION, lambda **given: publication.of_runs(**given, opening=opened)),
        _row(asked.FIGURE_KINDS, publication.figure_names),
        _row(asked.COSTS, _costs),
        _row(asked.RECIPE, _recipe),
        _row(asked.SWEEP, _sweep),
        *watch_functions.ROWS,
        _row(asked.CREATE_SWEEP, _create_sweep),
    )
)
