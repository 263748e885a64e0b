"""A run's method as it was when its training ended: its own layers, and what it attends with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.flow import Batch, Clock, Scene, Step, Trace
from kdviz.core.params import fill
from kdviz.methods.base import Method, method
from kdviz.metrics.spectra import along_last
from kdviz.runs.analysis.evidence_answers import FeatureSpectrum, MethodMaps, NetworkMaps
from kdviz.runs.analysis.opened_run import OpenedRun, check_series
from kdviz.runs.store.weights import read_tensors

SIDES = ("student", "teacher", "teachers")


@lru_cache(maxsize=2)
def method_of(opened: OpenedRun) -> Method:
    """The method with its layers; raises UserError where it shows none, or this run does not hold them."""
    kind, recipe = method(opened.recipe.method), opened.recipe
    if not opened.own_maps:
        raise UserError(f"{kind.title} has no maps of its own: there is nothing more to show than its networks.")
    path = opened.run.folder / f"method-{recipe.selection}.safetensors"
    if not path.exists():
        raise UserError(f"This run does not hold the layers of {kind.title}: it is older than that. Train it again.")
    how = kind(fill(kind.Params, recipe.knobs))
    few, labels = opened.data.train[:2], torch.from_numpy(opened.data.y[opened.data.train])
    student, teachers = traces(opened, few)
    classes = len(opened.data.classes)
    how.build(Scene(student, teachers, labels, classes, recipe.student_kind, opened.shapes))
    try:
        how.load_state_dict(read_tensors(path)[0])
    except RuntimeError:
        raise UserError(f"{path.name} of this run are not the layers of the method that its recipe says.") from None
    return how.eval().requires_grad_(False)


def traces(opened: OpenedRun, series: NDArray[np.int64]) -> tuple[Trace, Mapping[str, Trace]]:
    """What the student and each teacher show of some series."""
    views = opened.views_by_role(series)
    with torch.no_grad():
        found = {role: net(views[role]) for role, net in opened.networks.items() if role != "control"}
    student = found.pop("student")
    return student, {role.removeprefix("teacher."): trace for role, trace in found.items()}


def attended(opened: OpenedRun, series: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    """The method's own maps of some series, (n, *grid) by name."""
    how = method_of(opened)
    student, teachers = traces(opened, series)
    views, labels = opened.views_by_role(series)["student"], torch.from_numpy(opened.data.y[series])
    epochs = opened.recipe.epochs
    step = Step(Batch(views, labels, torch.from_numpy(series)), student, teachers, Clock(epochs, epochs, ""))
    with torch.no_grad():
        return {name: each.numpy() for name, each in how.maps(step).items()}


def compared(opened: OpenedRun, series: int) -> MethodMaps:
    """Of the method's own maps those that lie on a view, of one series; all for the true class. Of a frequency method
    the student's map after its filter and the teacher's, on the line of time. Raises UserError as method_of.
    """
    check_series(opened, series)
    asked, sides = np.array([series]), dict[str, NetworkMaps]()
    own = attended(opened, asked)
    if (filtered := _filtered(opened, own)) is not None:
        return filtered
    for name, maps in own.items():
        who, _, modality = name.partition(".")
        if who not in SIDES or modality not in opened.modalities:
            continue
        side = sides.setdefault(who, NetworkMaps({}, {}))
        side.maps[modality] = maps[0]
        time = opened.inputs["student"].to_time(modality, np.asarray(maps, np.float32), asked)
        if time is not None:
            side.times[modality] = time[0]
    names = dict.fromkeys(m for side in sides.values() for m in side.maps)
    views = {m: view[0].numpy() for m, view in opened.inputs["student"].views(asked, names=names).items()}
    return MethodMaps(method(opened.recipe.method).title, sides, views, {})


def _filtered(opened: OpenedRun, own: Mapping[str, NDArray[Any]]) -> MethodMaps | None:
    """The last filter beside the teacher of reference, as lines over time and over frequency; None where none is."""
    keys = [name.removeprefix("filter.") for name in own if name.startswith("filter.")]
    if not keys:
        return None
    key = next((each for each in reversed(keys) if each.partition(" ")[0] == opened.reference), keys[-1])
    length, lifted = opened.data.length, opened.recipe.knobs.get("lift") == "repeat"
    modality = next(iter(opened.recipe.sees))
    sides = {
        who: NetworkMaps({}, {modality: _over_time(own[f"{what}.{key}"][0], length, lifted)})
        for who, what in (("student", "rebuilt"), ("teacher", "wanted"))
    }
    spectra = {
        what: _over_frequency(own[f"{what}.{key}"][0], length) for what in ("before", "after", "teacher", "filter")
    }
    return MethodMaps(method(opened.recipe.method).title, sides, {}, spectra)


def _over_time(maps: NDArray[Any], length: int, lifted: bool) -> NDArray[np.float32]:
    """A line, or a plane of time by time, on T samples: repeated rows by their mean, another plane by both axes."""
    if maps.ndim == 2:
        maps = maps.mean(0) if lifted else (maps.mean(0) + maps.mean(1)) / 2
    places = (np.arange(length) + 0.5) * maps.size / length - 0.5
    return np.asarray(np.interp(places, np.arange(maps.size), maps), np.float32)


def _over_frequency(picture: NDArray[Any], length: int) -> FeatureSpectrum:
    """A picture of a spectrum as a line over the frequencies of time."""
    found = along_last(picture)
    return FeatureSpectrum(np.arange(1, found.size + 1) / length, found)
