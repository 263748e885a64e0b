"""Are maps true to their networks? Deleting on the raw signal, and the same extractor on random weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.evidence.base import extractor
from kdviz.evidence.randomisation import survival
from kdviz.metrics.faithfulness import Faithfulness, by_class, faithfulness
from kdviz.metrics.intervals import interval
from kdviz.metrics.perturbations import BASELINES
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.runs.analysis.evidence_answers import ClassDeletion, DeletionAreas, DeletionCurves, WeightRandomisation
from kdviz.runs.analysis.evidence_match import counterpart, target_classes
from kdviz.runs.analysis.opened_run import OpenedRun, look
from kdviz.training.encoded_data import encode

ORDERS = 3
SEEDS = 3


def network(opened: OpenedRun, role: str) -> Branch:
    """The network in a role; raises UserError naming those there are."""
    if role not in opened.networks:
        raise UserError(f"There is no network {role[:40]!r} in this run. There are: {', '.join(opened.networks)}.")
    return opened.networks[role]


def deletion_curves(
    opened: OpenedRun, name: str, role: str, baseline: str, many: int, target: str | int = "true"
) -> DeletionCurves:
    """Deletion and insertion on the raw signal by the maps of extractor `name`, over `many` test series.

    Every view is made anew; curves are means over series, beside what random orders give. Raises UserError where the
    map cannot be told in time.
    """
    net, series = network(opened, role), evenly_spaced(opened.data.test, many)
    classes = target_classes(opened, series, target)
    refusal = extractor(name).refusal(net)
    maps = None if refusal else counterpart(look(opened, net, name, series, classes).times, "signal")
    if maps is None:
        raise UserError(refusal or "This map has no axis of time, so nothing can be deleted by it.")
    mine = opened.input(net)
    modalities = {m: mine.modalities[m] for m in net.modalities}

    def predict(views: Any) -> NDArray[np.floating[Any]]:
        with torch.no_grad():
            logits: NDArray[np.floating[Any]] = net(views).logits.numpy()
        return logits

    raw = mine.series(series)
    found = faithfulness(lambda x: encode(modalities, x), predict, raw, maps, classes, baseline, orders=ORDERS)
    groups = None if opened.data.groups is None else opened.data.groups[series]
    return DeletionCurves(
        found.shares,
        found.deletion.mean(0),
        found.insertion.mean(0),
        found.random.mean((0, 1)),
        _areas(found, groups),
        found.verdict(groups),
        {
            opened.data.classes[label]: _of_class(each, None if groups is None else groups[classes == label])
            for label, each in by_class(found, classes).items()
        },
    )


def every_filling(opened: OpenedRun, name: str, role: str, many: int) -> dict[str, DeletionCurves]:
    """`deletion_curves` under each of `BASELINES`; raises UserError as it does."""
    return {baseline: deletion_curves(opened, name, role, baseline, many) for baseline in BASELINES}


def _of_class(found: Faithfulness, groups: NDArray[np.str_] | None) -> ClassDeletion:
    areas = _areas(found, groups)
    return ClassDeletion(len(found.deletion), areas.deletion_gain, areas.insertion_gain, found.verdict(groups))


def _areas(found: Faithfulness, groups: NDArray[np.str_] | None) -> DeletionAreas:
    """Areas under the curves, each against random orders of the same series."""
    values = (
        found.deletion_auc,
        found.insertion_auc,
        found.random_auc,
        found.random_auc - found.deletion_auc,
        found.insertion_auc - found.random_auc,
        found.comprehensiveness(),
        found.sufficiency(),
    )
    return DeletionAreas(*(interval(value, groups).known() for value in values))


def weight_randomisation(opened: OpenedRun, name: str, role: str, many: int) -> WeightRandomisation:
    """The rank correlation of maps with those of the same network with random weights, over `many` test series."""
    net, series = network(opened, role), evenly_spaced(opened.data.test, many)
    refusal = extractor(name).refusal(net)
    if refusal:
        raise UserError(refusal)
    views = opened.input(net).views(series, names=net.modalities)
    found = survival(extractor(name), net, views, torch.from_numpy(opened.data.y[series]), seeds=SEEDS)
    correlations = {modality: interval(_mean_over_seeds(each)).known() for modality, each in found.items()}
    return WeightRandomisation(correlations, int(series.size), SEEDS)


def _mean_over_seeds(each: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean (N,) over seeds of those that have a value."""
    known = np.isfinite(each)
    return np.asarray(
        np.divide(np.where(known, each, 0).sum(0), known.sum(0), out=np.full(each.shape[1], np.nan), where=known.any(0))
    )
