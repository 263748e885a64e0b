"""A finished watch opened again: one window of it, in every view, with why it stands out and the nearest normal one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.data.stretch import Stretch
from kdviz.methods.imitation import by_place
from kdviz.modalities.kernels.persistence_image import looked_up
from kdviz.modalities.persistence import Persistence
from kdviz.nets.maps import on_line, resized
from kdviz.runs.analysis.watch_answers import Floats, WhyHere, stretch_of_run
from kdviz.runs.store.measures import read_scores
from kdviz.runs.store.run import TEACHERS, Run, RunState
from kdviz.runs.store.weights import read_tensors
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_loop import Watcher, watcher
from kdviz.training.watched.watch_scores import nearest_normal
from kdviz.training.watched.watch_settings import layout_of, pairs_from, settings_of
from kdviz.training.watched.watch_views import WatchedWindows, windows_of

MODEL = "model-last.safetensors"
PIECES, ORDERS, MOST_PAIRS = 16, 8, 40


@dataclass(frozen=True, eq=False)
class OpenedWatch:
    """A watch with its networks, from its own folder alone."""

    run: Run
    recipe: Recipe
    stretch: Stretch
    windows: WatchedWindows
    watchers: tuple[Watcher, ...]
    scores: dict[str, NDArray[Any]]


def open_watch(run: Run) -> OpenedWatch:
    """A finished watch with its networks in memory; raises UserError where it has not finished."""
    if run.state != RunState.FINISHED:
        raise UserError(f"This run is {run.state}: only a finished one can be looked into.")
    recipe, stretch = run.recipe, stretch_of_run(run)
    layout = layout_of(stretch, recipe.window, recipe.step)
    windows = windows_of(stretch, layout, recipe.seed, settings_of(recipe).level)
    students, _ = read_tensors(run.folder / MODEL)
    found = []
    for number, pair in enumerate(pairs_from(recipe)):
        teacher, _ = read_tensors(run.folder / TEACHERS / f"{pair.key}.safetensors")
        one = watcher(recipe, number, windows, teacher)
        start = f"{pair.key}."
        one.student.load_state_dict({k.removeprefix(start): v for k, v in students.items() if k.startswith(start)})
        one.student.eval()
        found.append(one)
    return OpenedWatch(run, recipe, stretch, windows, tuple(found), read_scores(run.folder))


def why_here(opened: OpenedWatch, at: int) -> WhyHere:
    """Why the window around a sample stands out; raises UserError where the sample is not there."""
    stretch, size = opened.stretch, opened.windows.layout.window
    if not 0 <= at < stretch.length:
        raise UserError(f"Sample {at:,} lies outside of the recording: it has samples 0 to {stretch.length - 1:,}.")
    begin = int(np.clip(at - size // 2, 0, stretch.length - size))
    channel = int(opened.scores["fused.channel"][at])
    near, distance = nearest_normal(opened.windows, channel, begin)
    window, normal = (opened.windows.at(np.array([[channel, p]])) for p in (begin, near))
    words: dict[str, Any] = {
        "at": at, "from": begin, "to": begin + size - 1, "time": stretch.said_time(at),
        "channel": stretch.channels[channel], "normal": near, "distance": distance, "views": {},
    }  # fmt: skip
    row = stretch.values[channel]
    arrays: dict[str, Floats] = {"window": row[begin : begin + size], "normal": row[near : near + size]}
    for one in opened.watchers:
        key = one.pair.key
        told, found = _explained(one, window, normal)
        words["views"][key] = {
            **told, "view": one.pair.view, "method": one.pair.method, "z": float(opened.scores[f"{key}.z"][at])
        }  # fmt: skip
        arrays |= {f"{key}.{name}": value for name, value in found.items()}
    return WhyHere(words, arrays)


def _explained(one: Watcher, window: Floats, normal: Floats) -> tuple[dict[str, Any], dict[str, Floats]]:
    view = one.view.see(window)
    maps = one.apart(view)
    placed = type(one.student).placed
    found: dict[str, Floats] = {"view": view[0].numpy(), "time": one.view.to_time(maps, window)[0]}
    if placed:
        grid = tuple(view.shape[2:])
        found["map"] = resized(maps[:, None], grid)[0, 0].numpy()
        if isinstance(one.view.modality, Persistence):
            found["pairs"] = placed_pairs(one.view.modality, found["map"], window[0])
    drop, pieces = occlusion(lambda x: _one_number(one, x), window, normal)
    found["occlusion"] = drop
    order = np.argsort(-pieces, kind="stable")
    rng = np.random.default_rng(0)
    found["deletion"] = _deleted(one, window, normal, order)
    found["chance"] = np.mean([_deleted(one, window, normal, rng.permutation(order)) for _ in range(ORDERS)], 0)
    stage, feature, lines = parting_feature(one, window, normal)
    return {"placed": placed, "stage": stage, "feature": feature}, {**found, **lines}


def placed_pairs(eye: Persistence, apart: Floats, window: Floats) -> Floats:
    """Each pair of a window (1, W): samples of birth and death, and the discrepancy (h, w) where it lies: (P, 3)."""
    rows = []
    for look in range(len(eye.looks(1))):
        found, (across, up) = eye.pairs(window, look), eye.axes(look)
        value = looked_up(apart[None], np.zeros(found.birth.size, np.int64), up.share(found.persistence),
                          across.share(found.birth))  # fmt: skip
        rows.append(np.stack([found.birth_sample, found.death_sample, value], 1))
    every = np.concatenate(rows).astype(np.float64)
    return every[np.argsort(-every[:, 2], kind="stable")[:MOST_PAIRS]]


def _one_number(one: Watcher, windows: Floats) -> Floats:
    """The mean discrepancy of each window (N,)."""
    return np.asarray(one.apart(one.view.see(windows)).flatten(1).mean(1).numpy(), np.float64)


def _bounds(size: int) -> NDArray[np.int64]:
    return np.linspace(0, size, min(PIECES, size) + 1).astype(np.int64)


def occlusion(score: Callable[[Floats], Floats], window: Floats, normal: Floats) -> tuple[Floats, Floats]:
    """How much the score drops where a piece of window (1, 1, W) is the normal one's: on time (W,), and by piece."""
    edges = _bounds(window.shape[2])
    changed = np.repeat(window, edges.size - 1, 0)
    for k, (a, b) in enumerate(pairwise(edges)):
        changed[k, 0, a:b] = normal[0, 0, a:b]
    drop = score(window)[0] - score(changed)
    return np.repeat(drop, np.diff(edges)), drop


def _deleted(one: Watcher, window: Floats, normal: Floats, order: NDArray[np.int64]) -> Floats:
    """What is left of the discrepancy, as a share, as pieces are replaced in an order: (P + 1,)."""
    edges = _bounds(window.shape[2])
    changed = np.repeat(window, order.size + 1, 0)
    for k, piece in enumerate(order):
        changed[k + 1 :, 0, edges[piece] : edges[piece + 1]] = normal[0, 0, edges[piece] : edges[piece + 1]]
    left = _one_number(one, changed)
    return np.asarray(left / max(float(left[0]), 1e-12))


def parting_feature(one: Watcher, window: Floats, normal: Floats) -> tuple[int, int, dict[str, Floats]]:
    """The stage and channel in which teacher and student part most, against the normal window; their lines (W,)."""
    sides = []
    for series in (window, normal):
        view = one.view.see(series)
        with torch.no_grad():
            sides.append(one.student.eval().both(view, one.trace(view)))
    (theirs, mine), (theirs_normal, mine_normal) = sides
    gaps = [
        float(by_place(t, s).mean() - by_place(tn, sn).mean())
        for t, s, tn, sn in zip(theirs, mine, theirs_normal, mine_normal, strict=True)
    ]
    stage = int(np.argmax(gaps))
    t, s, tn, sn = (side[stage] for side in (theirs, mine, theirs_normal, mine_normal))
    apart = (_unit(t) - _unit(s)).square().flatten(2).mean(2)[0] - (_unit(tn) - _unit(sn)).square().flatten(2).mean(2)[
        0
    ]
    channel, size = int(apart.argmax()), window.shape[2]
    named = {"teacher": t, "student": s, "teacher_normal": tn, "student_normal": sn}
    return stage, channel, {name: _line(_unit(maps)[:, channel : channel + 1], size) for name, maps in named.items()}


def _unit(maps: Tensor) -> Tensor:
    return torch.nn.functional.normalize(maps, dim=1)


def _line(maps: Tensor, size: int) -> Floats:
    flat = on_line(maps) if maps.dim() == 4 else maps
    return np.asarray(resized(flat, (size,))[0, 0].numpy())
