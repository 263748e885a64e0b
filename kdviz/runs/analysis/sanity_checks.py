"""Are maps true to their networks? Deleting on the raw signal, and the same extractor on random weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.evidence.base import extractor
from kdviz.evidence.randomisation import survival
from kdviz.metrics.faithfulness import Faithfulness, faithfulness
from kdviz.metrics.intervals import interval
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.runs.analysis.evidence_match import counterpart, target_classes
from kdviz.runs.analysis.opened_run import OpenedRun, look
from kdviz.training.encoded_data import encode

ORDERS = 3
SEEDS = 3
Arrays = dict[str, NDArray[Any]]


def network(opened: OpenedRun, role: str) -> Branch:
    """The network in a role; raises UserError naming those there are."""
    if role not in opened.networks:
        raise UserError(f"There is no network {role[:40]!r} in this run. There are: {', '.join(opened.networks)}.")
    return opened.networks[role]


def deletion_curves(
    opened: OpenedRun, sight: str, role: str, baseline: str, many: int, target: str | int = "true"
) -> tuple[dict[str, Any], Arrays]:
    """Deletion and insertion on the raw signal, every view recomputed, over `many` test series.

    Words: areas with intervals, and what random orders give. Arrays: mean curves over `shares` of segments.
    Raises UserError where the map cannot be told in time.
    """
    net, series = network(opened, role), evenly_spaced(opened.data.test, many)
    classes = target_classes(opened, series, target)
    refusal = extractor(sight).refusal(net)
    maps = None if refusal else counterpart(look(opened, net, sight, series, classes).times, "signal")
    if maps is None:
        raise UserError(refusal or "This map has no axis of time, so nothing can be deleted by it.")
    eyes = {m: opened.eyes[m] for m in net.modalities}

    def predict(views: Any) -> NDArray[np.floating[Any]]:
        with torch.no_grad():
            logits: NDArray[np.floating[Any]] = net(views).logits.numpy()
        return logits

    raw = opened.data.X[series]
    found = faithfulness(lambda x: encode(eyes, x), predict, raw, maps, classes, baseline, orders=ORDERS)
    groups = None if opened.data.groups is None else opened.data.groups[series]
    return _areas(found, groups), {
        "shares": found.shares,
        "deletion": found.deletion.mean(0),
        "insertion": found.insertion.mean(0),
        "random": found.random.mean((0, 1)),
    }


def _areas(found: Faithfulness, groups: NDArray[np.str_] | None) -> dict[str, Any]:
    """Areas under the curves, each against random orders of the same series."""
    values = {
        "deletion": found.deletion_auc,
        "insertion": found.insertion_auc,
        "random": found.random_auc,
        "deletion_gain": found.random_auc - found.deletion_auc,
        "insertion_gain": found.insertion_auc - found.random_auc,
        "comprehensiveness": found.comprehensiveness(),
        "sufficiency": found.sufficiency(),
    }
    told = {name: interval(value, groups) for name, value in values.items()}
    return {
        name: {"value": _or_none(i.value), "low": _or_none(i.low), "high": _or_none(i.high), "series": i.series}
        for name, i in told.items()
    }


def weight_randomisation(opened: OpenedRun, sight: str, role: str, many: int) -> dict[str, Any]:
    """By modality: the rank correlation of maps with those of the same network with random weights, over series."""
    net, series = network(opened, role), evenly_spaced(opened.data.test, many)
    refusal = extractor(sight).refusal(net)
    if refusal:
        raise UserError(refusal)
    views = encode({m: opened.eyes[m] for m in net.modalities}, opened.data.X[series])
    found = survival(extractor(sight), net, views, torch.from_numpy(opened.data.y[series]), seeds=SEEDS)
    out: dict[str, Any] = {}
    for modality, each in found.items():
        told = interval(_mean(each))
        out[modality] = {"value": _or_none(told.value), "low": _or_none(told.low), "high": _or_none(told.high)}
    return {"modalities": out, "series": int(series.size), "seeds": SEEDS}


def _mean(each: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean (N,) over seeds of those that have a value."""
    known = np.isfinite(each)
    return np.asarray(
        np.divide(np.where(known, each, 0).sum(0), known.sum(0), out=np.full(each.shape[1], np.nan), where=known.any(0))
    )


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
