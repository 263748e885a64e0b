"""Measuring a run for comparisons: its networks on the whole test set, once; the result is kept beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.files import write_json
from kdviz.metrics.agreement import agree
from kdviz.metrics.scores import Logits, fidelity, quality
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.nets.cost import cost
from kdviz.runs.analysis import opened_run
from kdviz.runs.store.measures import VERSION, Measures, kept, outcome_hash
from kdviz.runs.store.run import MEASURED, Run
from kdviz.training.encoded_data import encode

MEASURE = "pearson"
EXTRACTOR = "cam"
MOST_SERIES = 256
CHUNK = 256


def measured(run: Run) -> Measures:
    """The measures of a run that has ended, kept or taken now; raises UserError where it has no trained student."""
    known = kept(run)
    if known is not None:
        return known
    found = Measures(VERSION, outcome_hash(run), **_measured(opened_run.open_for_looking(run)))
    write_json(run.folder / MEASURED, asdict(found))
    return found


def _measured(opened: opened_run.OpenedRun) -> dict[str, Any]:
    test, labels = opened.data.test, opened.data.y[opened.data.test]
    nets = opened.networks
    logits = {role: _logits(opened, net, test) for role, net in nets.items()}
    teachers = {r.removeprefix("teacher."): z for r, z in logits.items() if r.startswith("teacher.")}
    return {
        "series": int(test.size),
        "learned_from": int(opened.data.train.size),
        "networks": {role: _finite(quality(z, labels)) for role, z in logits.items()},
        "fidelity": {name: _finite(fidelity(logits["student"], z, labels)) for name, z in teachers.items()},
        "cost": asdict(cost(nets["student"], opened.shapes)),
        "evidence": _evidence(opened, nets),
        "right": {role: "".join("01"[int(hit)] for hit in z.argmax(1) == labels) for role, z in logits.items()},
    }


def _logits(opened: opened_run.OpenedRun, net: Branch, series: NDArray[np.int64]) -> Logits:
    eyes = {m: opened.eyes[m] for m in net.modalities}
    with torch.no_grad():
        parts = [
            net(encode(eyes, opened.data.X[series[a : a + CHUNK]])).logits.numpy() for a in range(0, series.size, CHUNK)
        ]
    return np.concatenate(parts)


def _evidence(opened: opened_run.OpenedRun, nets: Mapping[str, Branch]) -> dict[str, Any]:
    test = opened.data.test
    some = evenly_spaced(test, MOST_SERIES)
    groups = None if opened.data.groups is None else opened.data.groups[some]
    times = {role: opened_run.look(opened, net, EXTRACTOR, some, None).times for role, net in nets.items()}
    own = _own(times["student"])
    found = {}
    for role, each in times.items():
        name = role.removeprefix("teacher.")
        if name == role or name not in each or own is None:
            continue
        control = _own(times["control"]) if "control" in times else None
        said = agree(MEASURE, own, each[name], opened.data.y[some], control, groups).plain()
        wanted = ("match", "by_chance", "by_control", "above", "transfer")
        found[name] = {key: said[key]["value"] for key in wanted if said[key] is not None} | {"p": said["p"]}
    return found


def _own(times: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32] | None:
    """A network's evidence in time: its signal branch's where it has one."""
    return times["signal"] if "signal" in times else next(iter(times.values()), None)


def _finite(scores: Mapping[str, float]) -> dict[str, float | None]:
    return {name: float(value) if np.isfinite(value) else None for name, value in scores.items()}
