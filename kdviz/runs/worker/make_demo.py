"""Making a finished run: train as anybody would, look at some test series, note where it came from."""

from __future__ import annotations

import datetime
import platform
import subprocess
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from kdviz.core.errors import UserError
from kdviz.data.sources import recordings, samples
from kdviz.runs.analysis.opened_run import OpenedRun, open_for_looking
from kdviz.runs.analysis.snapshots import taken
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.demo_runs import WATCH, WATCHED_SAMPLE, WISHES, DemoRun, WatchFilm, sample_of
from kdviz.runs.store.final_record import outcomes
from kdviz.runs.store.run import make
from kdviz.runs.worker.job import work
from kdviz.training.learner import State
from kdviz.training.recipe_builder import recipe_for
from kdviz.training.watched.watch_loop import Watched, watch, watcher
from kdviz.training.watched.watch_scores import laid
from kdviz.training.watched.watch_settings import layout_of
from kdviz.training.watched.watch_teachers import watch_recipe_for
from kdviz.training.watched.watch_views import windows_of

SERIES, PIECES = 24, 600
EXTRACTOR = "cam"


def finish(name: str, seed: int = 0) -> DemoRun:
    """Train the run of this sample from nothing, in the home as it is now; raises UserError where there is none."""
    if name not in WISHES:
        raise UserError(f"There is no finished run of {name[:40]!r}. There are: {', '.join(WISHES)}.")
    data = samples.load(sample_of(name))
    wish = replace(WISHES[name], seed=seed)
    run = make(recipe_for(data, wish), data.name, dict(data.source), made="as a finished run")
    keep(data)
    began, worked = time.perf_counter(), time.process_time()
    for _ in work(run, data):
        pass
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - worked}
    if not (run.final or {}).get("accuracy"):
        raise UserError(f"The run of {name} did not end: {(run.final or {}).get('sentence', run.state)}")
    opened = open_for_looking(run)
    return DemoRun(_about(name, opened, took), taken(opened, EXTRACTOR, SERIES))


def finish_watch(epochs_told: int = PIECES) -> WatchFilm:
    """Watch the sample from nothing, in the home as it is now, and look at it after every epoch; no mark is read."""
    stretch = replace(recordings.recording(WATCHED_SAMPLE), marks=None)
    run = make(watch_recipe_for(stretch, ("signal",)), stretch.name, dict(stretch.source), made="as a finished run")
    began, worked = time.perf_counter(), time.process_time()
    for _ in work(run, stretch):
        pass
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - worked}
    recipe = run.recipe
    windows = windows_of(stretch, layout_of(stretch, recipe.window, recipe.step), recipe.seed)
    one, seen = watcher(recipe, 0, windows), []
    heads = ("net.", f"done.{one.pair.key}.")
    for said in watch(recipe, stretch, None, lambda: False):
        if isinstance(said, State):
            weights = {k.removeprefix(h): v for k, v in said.tensors.items() for h in heads if k.startswith(h)}
            one.student.load_state_dict(weights)
            seen.append(laid(Watched((one,), windows, 0.0), one, stretch.length)[0])
    starts = np.arange(epochs_told) * stretch.length // epochs_told
    each, usual = np.stack(seen), float(seen[0][windows.layout.normal].mean())
    about = {
        "sample": WATCHED_SAMPLE, **_made(took), "seed": recipe.seed, "recipe": run.identity, "data": recipe.data,
        "normal": int((starts < stretch.train_end).sum()), "command": f"python -m kdviz samples --make {WATCH}",
        "kept": [round(float(e[windows.layout.normal].mean()) / usual, 4) for e in seen],
        "later": [round(float(e[stretch.train_end :].max()) / usual, 4) for e in seen],
    }  # fmt: skip
    values = stretch.values[0]
    low, high = (reduce.reduceat(values, starts) for reduce in (np.minimum, np.maximum))
    return WatchFilm(about, low, high, (np.maximum.reduceat(each, starts, axis=1) / usual).astype(np.float32))


def _made(took: Mapping[str, float]) -> dict[str, Any]:
    """When, of which sources, how long, with what."""
    return {
        "made": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"), "commit": commit(),
        **{how: round(seconds, 1) for how, seconds in took.items()},
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    }  # fmt: skip


def _about(name: str, opened: OpenedRun, took: Mapping[str, float]) -> Mapping[str, Any]:
    run, final = opened.run, opened.run.final or {}
    return {
        "sample": sample_of(name),
        **_made(took),
        "seed": run.recipe.seed,
        "recipe": run.identity,
        "control": run.recipe.scratch().identity,
        "data": run.recipe.data,
        "accuracy": {role: each["test"] for role, each in outcomes(final).items()},
        "command": f"python -m kdviz samples --make {name}",
    }


def commit() -> str:
    """The commit that these sources stand on; empty where nobody can tell."""
    line = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=10", "HEAD"]
    try:
        return subprocess.run(line, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
