"""The questions that the looker answers, one function each: plain values and arrays in and out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.data.dataset import Dataset
from kdviz.evidence.base import extractors
from kdviz.nets.build import build
from kdviz.nets.cost import cost
from kdviz.runs import look
from kdviz.runs.catalogue import remembered
from kdviz.runs.datasets import reopen
from kdviz.runs.store import by_identity
from kdviz.training.material import fitted, seen
from kdviz.training.plan import ARCHITECTURES, Wish, view_settings
from kdviz.training.wish import recipe_for

Arrays = dict[str, NDArray[Any]]
Answer = tuple[dict[str, Any], Arrays]


def evidence(run: str, extractor: str, series: int, target: int | None = None) -> Answer:
    """Where every network of a run looked in one series: maps, time axis, probabilities by role."""
    opened = _opened(run, _mark(run))
    look.check_series(opened, series)
    asked = None if target is None else np.array([target])
    found = look.evidence(opened, extractor, np.array([series]), asked)
    arrays: Arrays = {}
    for role, seen_ in found.items():
        arrays |= {f"{role}/map/{m}": value[0] for m, value in seen_.maps.items()}
        arrays |= {f"{role}/time/{m}": value[0] for m, value in seen_.times.items()}
        arrays[f"{role}/probability"] = seen_.probability[0]
    views = seen(opened.eyes, opened.data.X[series : series + 1])
    arrays |= {f"view/{m}": v[0].numpy() for m, v in views.items()}
    words = {"roles": list(found), "signed": extractors()[extractor].signed}
    return words, arrays


def catalogue() -> Answer:
    """Methods and extractors in plain values."""
    return remembered(), {}


def plan(data: str, source: dict[str, Any], name: str, wish: dict[str, Any], settings: dict[str, Any]) -> Answer:
    """The whole recipe of a wish, its identity and that of its parts; raises UserError where it cannot run."""
    teachers = wish.get("teachers")
    asked = Wish(**{**wish, "teachers": None if teachers is None else tuple(teachers)})
    recipe = recipe_for(_data(data, json.dumps(source), name), asked, settings)
    return {"recipe": recipe.plain(), "identity": recipe.identity}, {}


@lru_cache(maxsize=4)
def _data(sha256: str, source: str, name: str) -> Dataset:
    return reopen(sha256, json.loads(source), name)


def predictions(run: str) -> Answer:
    """Class probabilities (n_test, classes) of every network on the test set, by role."""
    opened = _opened(run, _mark(run))
    return {"roles": list(opened.networks)}, _predicted(run, _mark(run))


def costs(data: str, source: dict[str, Any], name: str, student: str, sees: list[str]) -> Answer:
    """Weights, MACs and latency of every architecture on this data."""
    opened = _data(data, json.dumps(source), name)
    eyes = fitted(opened, view_settings(sees, {}))
    shapes = {m: tuple(v.shape[1:]) for m, v in seen(eyes, opened.X[:1]).items()}
    classes = max(len(opened.classes), 2)
    found = {a: asdict(cost(build(student, a, tuple(sees), shapes, classes), shapes)) for a in ARCHITECTURES}
    return {"costs": found}, {}


@lru_cache(maxsize=6)
def _opened(run: str, mark: float) -> look.Opened:
    return look.open_for_looking(by_identity(run))


@lru_cache(maxsize=6)
def _predicted(run: str, mark: float) -> Arrays:
    opened = _opened(run, mark)
    test = opened.data.test
    views = seen(opened.eyes, opened.data.X[test])
    with torch.no_grad():
        return {
            role: net({m: views[m] for m in net.modalities}).logits.softmax(1).numpy()
            for role, net in opened.networks.items()
        }


def _mark(run: str) -> float:
    """Changes when the run's networks change, so that nothing stale is shown."""
    folder = by_identity(run).folder
    return max((p.stat().st_mtime for p in folder.glob("*.safetensors")), default=0.0)


ANSWERS: Mapping[str, Callable[..., Answer]] = {
    "catalogue": catalogue,
    "plan": plan,
    "costs": costs,
    "evidence": evidence,
    "predictions": predictions,
}

__all__ = ["ANSWERS", "Answer", "Arrays"]
