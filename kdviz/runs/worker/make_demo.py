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
from kdviz.data.sources import samples
from kdviz.runs.analysis.opened_run import OpenedRun, open_for_looking
from kdviz.runs.analysis.snapshots import taken
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.demo_runs import WISHES, DemoRun, sample_of
from kdviz.runs.store.final_record import outcomes
from kdviz.runs.store.run import make
from kdviz.runs.worker.job import work
from kdviz.training.recipe_builder import recipe_for

SERIES = 24
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


def _about(name: str, opened: OpenedRun, took: Mapping[str, float]) -> Mapping[str, Any]:
    run, final = opened.run, opened.run.final or {}
    return {
        "sample": sample_of(name),
        "made": datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "commit": commit(),
        **{how: round(seconds, 1) for how, seconds in took.items()},
        "seed": run.recipe.seed,
        "recipe": run.identity,
        "control": run.recipe.scratch().identity,
        "data": run.recipe.data,
        "accuracy": {role: each["test"] for role, each in outcomes(final).items()},
        "command": f"python -m kdviz samples --make {name}",
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
    }


def commit() -> str:
    """The commit that these sources stand on; empty where nobody can tell."""
    line = ["git", "-C", str(Path(__file__).parent), "rev-parse", "--short=10", "HEAD"]
    try:
        return subprocess.run(line, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
