"""A worker's task where a recording is watched: students trained, all scored, controls beside; no mark is read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.events import Event, Noted, WatchFinished
from kdviz.core.files import as_line, lines, write
from kdviz.data.stretch import Stretch
from kdviz.runs.store.measures import CHANNEL, RAW, Z, write_scores
from kdviz.runs.store.run import CANCEL, EVENTS, TEACHERS, Run, RunState
from kdviz.runs.store.weights import write_tensors
from kdviz.runs.worker import checkpoints
from kdviz.training.learner import State
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_loop import Watched, watch
from kdviz.training.watched.watch_scores import Score, controls, top_windows, whole_scores
from kdviz.training.watched.watch_settings import (
    EPOCHS,
    FUSED,
    fused_keys,
    layout_of,
    pairs_from,
    settings_of,
    window_for,
)
from kdviz.training.watched.watch_views import level_told

SAVE_EVERY = 2.0
MODEL = "model-last.safetensors"
MOST_ALARMS = 2_000


def watch_events(run: Run, stretch: Stretch, until: float | None) -> Iterator[Event]:
    """Bring a watch to its end, telling every event; the last is the final record's. Raises UserError."""
    recipe, folder, began = run.recipe, run.folder, time.perf_counter()

    def halt() -> bool:
        return (folder / CANCEL).exists() or (until is not None and time.monotonic() > until)

    for sentence in _warnings(recipe, stretch):
        yield Noted("student", sentence)
    latest, saved, found = None, time.monotonic(), None
    try:
        for item in watch(recipe, stretch, checkpoints.newest(folder), halt):
            if isinstance(item, State):
                latest = item
                if time.monotonic() - saved > SAVE_EVERY:
                    checkpoints.keep(folder, item)
                    saved = time.monotonic()
            elif isinstance(item, Watched):
                found = item
            else:
                yield item
    except SystemExit:  # told to end: what was learned since the last checkpoint is worth one more
        if latest is not None:
            checkpoints.keep(folder, latest)
        raise
    if found is None or halt():
        if latest is not None:
            checkpoints.keep(folder, latest)
        if until is not None and time.monotonic() > until:
            run.cancel()
        yield _end(recipe, stretch, RunState.STOPPED, time.perf_counter() - began)
        return
    keep_networks(folder, found, recipe)
    yield concluded(folder, recipe, stretch, found, time.perf_counter() - began)


def keep_networks(folder: Path, found: Watched, recipe: Recipe) -> None:
    """All students in one file, each frozen teacher in its own: the folder holds all that looking back needs."""
    students = {f"{w.pair.key}.{k}": v for w in found.watchers for k, v in w.student.state_dict().items()}
    write_tensors(folder / MODEL, students, {"recipe": recipe.as_dict()})
    (folder / TEACHERS).mkdir(exist_ok=True)
    for one in found.watchers:
        write_tensors(folder / TEACHERS / f"{one.pair.key}.safetensors", one.teacher.state_dict(), {})


def concluded(folder: Path, recipe: Recipe, stretch: Stretch, found: Watched, seconds: float) -> WatchFinished:
    """Score everything, keep the scores, and say what stands out."""
    settings = settings_of(recipe)
    keys = fused_keys(recipe)
    scores = whole_scores(found, stretch, keys, settings.quantile, settings.above)
    beside = controls(found, stretch, recipe, settings)
    write_scores(folder, {**_arrays(scores, full=True), **_arrays(beside, full=False)})
    origin = dict(word.split("=", 1) for word in recipe.origin.split(",") if "=" in word)
    told = {}
    for pair in pairs_from(recipe):
        one = scores[pair.key]
        told[pair.key] = {
            "view": pair.view, "method": pair.method, "teacher": origin.get(pair.key, ""), "mean": one.mean,
            "spread": one.spread, "threshold": one.threshold, "alarms": len(stretch.alarms(one.z, one.threshold)),
        }  # fmt: skip
    whole = scores[FUSED]
    raised = sorted(stretch.alarms(whole.z, whole.threshold), key=lambda a: -a[2])[:MOST_ALARMS]
    top = top_windows(whole, {k: scores[k] for k in told}, stretch, found.windows)
    return _end(
        recipe, stretch, RunState.FINISHED, seconds + found.seconds, period=window_for(stretch)[1], views=told,
        fused=list(keys), threshold=whole.threshold, alarms=[[a, b, round(z, 4)] for a, b, z in sorted(raised)],
        top=top, controls={k: s.threshold for k, s in beside.items()},
    )  # fmt: skip


def _warnings(recipe: Recipe, stretch: Stretch) -> list[str]:
    layout = layout_of(stretch, recipe.window, recipe.step)
    return [*stretch.warnings, *level_told(stretch, layout, settings_of(recipe).level)]


def _end(recipe: Recipe, stretch: Stretch, state: RunState, seconds: float, **found: Any) -> WatchFinished:
    return WatchFinished(
        recipe.method, {}, 0, recipe.selection, seconds, recipe.epochs, recipe.seed, state,
        train_end=recipe.train_end, window=recipe.window, step=recipe.step,
        warnings=_warnings(recipe, stretch), **found,
    )  # fmt: skip


def _arrays(scores: Any, full: bool) -> dict[str, NDArray[Any]]:
    out: dict[str, NDArray[Any]] = {}
    for name, score in scores.items():
        one: Score = score
        out[f"{name}.{Z}"] = np.asarray(one.z)
        if full:
            out |= {f"{name}.{RAW}": np.asarray(one.raw), f"{name}.{CHANNEL}": np.asarray(one.channel)}
    return out


def clear_watch_log(run: Run) -> None:
    """Forget what was told of epochs after the newest checkpoint: they are trained, and told, again."""
    start = checkpoints.newest(run.folder)
    done, path = (start.epoch if start else 0), run.folder / EVENTS
    keys = [p.key for p in pairs_from(run.recipe)]
    held = []
    for event in lines(path):
        number = keys.index(event["who"]) if event.get("who") in keys else -1
        reached = number * EPOCHS + (event.get("epoch", 1) if number >= 0 else 0)
        if event.get("event") not in ("failed", "finished", "noted") and (number < 0 or reached <= done):
            held.append(event)
    write(path, b"".join(map(as_line, held)))
