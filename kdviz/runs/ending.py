"""The final record: how a run ended, and what came out of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch

from kdviz.events import Event, Failed, Finished, Learned
from kdviz.runs import checkpoints
from kdviz.runs.files import write_json
from kdviz.runs.layout import CANCEL, FINAL
from kdviz.runs.store import Run
from kdviz.training.recipe import Recipe


def finished(run: Run, recipe: Recipe, done: Mapping[str, Learned], seconds: float) -> Finished:
    """The end of a run whose student was trained, as far as it was let."""
    stopped = (run.folder / CANCEL).exists()
    return ending(recipe, done, seconds, "stopped" if stopped else "finished")


def ending(recipe: Recipe, done: Mapping[str, Learned], seconds: float, state: str) -> Finished:
    """The end of a run in this state, from what each network learned."""
    student = done.get("student")
    others = {w: {"accuracy": e.accuracy, "reused": e.reused, "best_epoch": e.best_epoch} for w, e in done.items()}
    others.pop("student", None)
    choices: dict[str, Any] = student.other.get("choices", {}) if student else {}
    accuracy = student.accuracy if student else {}
    best = student.best_epoch if student else 0
    return Finished(
        recipe.method, accuracy, best, recipe.selection, seconds, recipe.epochs, recipe.seed, state, others, choices
    )


def close(run: Run, end: Event) -> None:
    """Write the final record; a run that was stopped keeps its checkpoint and can go on."""
    record = end.line()
    record.setdefault("state", "failed" if isinstance(end, Failed) else "finished")
    record |= {"torch": torch.__version__, "threads": torch.get_num_threads(), "device": "cpu"}
    write_json(run.folder / FINAL, record)
    if record["state"] != "stopped":
        checkpoints.drop(run.folder)
