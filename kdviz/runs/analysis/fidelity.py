"""How faithful a student is to its teachers: answers, errors, features; on training and test series, and by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.cka import linear_cka, unbiased_cka
from kdviz.metrics.scores import Followed, fidelity, followed, quality
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.runs.analysis.opened_run import OpenedRun, open_for_looking
from kdviz.runs.store.run import by_identity
from kdviz.training.encoded_data import encode

MOST = 1024
MOST_FEATURES = 256
Index = NDArray[np.int64]
Arrays = dict[str, NDArray[Any]]


def answers(opened: OpenedRun) -> dict[str, Any]:
    """By split: `series`, scores of every network, and of student and control beside each teacher; whom it followed."""
    out: dict[str, Any] = {}
    for split in ("train", "test"):
        series = evenly_spaced(opened.data.splits[split], MOST)
        logits = {role: opened.logits(role, series) for role in opened.networks}
        y = opened.data.y[series]
        teachers = {role.removeprefix("teacher."): z for role, z in logits.items() if role.startswith("teacher.")}
        out[split] = {
            "series": int(series.size),
            "networks": {role: _plain(quality(z, y)) for role, z in logits.items()},
            "fidelity": {
                who: {name: _plain(fidelity(logits[who], z, y)) for name, z in teachers.items()}
                for who in ("student", "control")
                if who in logits
            },
            "followed": {
                who: _told(followed(logits[who], teachers))
                for who in ("student", "control")
                if who in logits and len(teachers) > 1
            },
        }
    return out


def _told(found: Followed) -> dict[str, Any]:
    said = asdict(found)
    return {**said, "each": _plain(found.each), "only": _plain(found.only), "nobody": _finite(found.nobody)}


def features(opened: OpenedRun, net: Branch, series: Index) -> list[NDArray[np.float32]]:
    """What each stage of a network holds of some series, averaged over places: (n, K) each."""
    eyes = {m: opened.eyes[m] for m in net.modalities}
    with torch.no_grad():
        stages = net(encode(eyes, opened.data.X[series])).stages
    return [stage.flatten(2).mean(2).numpy() for stage in stages]


def layers(opened: OpenedRun) -> tuple[dict[str, Any], Arrays]:
    """CKA of every stage of student and control with every stage of each teacher, on test series.

    Arrays `WHO/TEACHER/linear` and `.../unbiased` (stages of WHO, stages of the teacher). Features are averaged over
    places; the linear one is inflated where there are few series, so read the unbiased.
    """
    series = evenly_spaced(opened.data.test, MOST_FEATURES)
    found = {role: features(opened, net, series) for role, net in opened.networks.items()}
    arrays: Arrays = {}
    for who in ("student", "control"):
        for role in found:
            if role.startswith("teacher.") and who in found:
                name = f"{who}/{role.removeprefix('teacher.')}"
                arrays[f"{name}/linear"] = _table(linear_cka, found[who], found[role])
                arrays[f"{name}/unbiased"] = _table(unbiased_cka, found[who], found[role])
    return {"series": int(series.size), "features": "averaged over places"}, arrays


def _table(how: Any, one: list[NDArray[np.float32]], other: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    return np.array([[how(a, b) for b in other] for a in one])


def by_epoch(opened: OpenedRun) -> Arrays:
    """Over the kept epochs: `epochs` (E,), and `WHO/TEACHER/agreement` and `.../predictive_kl` (E,) on test series.

    The control's lines are there where its own run is still here with the same epochs.
    """
    series, epochs = evenly_spaced(opened.data.test, MOST), opened.kept_epochs()
    y = opened.data.y[series]
    teachers = {
        r.removeprefix("teacher."): opened.logits(r, series) for r in opened.networks if r.startswith("teacher.")
    }
    arrays: Arrays = {"epochs": np.array(epochs)}
    for who, run in {"student": opened, "control": twin(opened, epochs)}.items():
        if run is None or not epochs:
            continue
        logits = [run.logits(run.at_epoch(e), series) for e in epochs]
        arrays[f"{who}/accuracy"] = np.array([quality(z, y)["accuracy"] for z in logits])
        for name, other in teachers.items():
            found = [fidelity(z, other, y) for z in logits]
            arrays[f"{who}/{name}/agreement"] = np.array([each["agreement"] for each in found])
            arrays[f"{who}/{name}/predictive_kl"] = np.array([each["predictive_kl"] for each in found])
    return arrays


def twin(opened: OpenedRun, epochs: list[int]) -> OpenedRun | None:
    """The control's own run, where it is still here and kept all of these epochs."""
    try:
        found = open_for_looking(by_identity(opened.recipe.scratch().identity))
    except UserError:
        return None
    return found if set(epochs) <= set(found.kept_epochs()) else None


def _plain(scores: Mapping[str, float]) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in scores.items()}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
