"""Checkpoints named by what they hold, and the final record of how a run ended; damage is known at sight."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load, save

from kdviz.core.events import Event, Failed, Learned, RunFinished
from kdviz.core.files import fingerprint, write, write_json
from kdviz.runs.index.opened_indexes import note
from kdviz.runs.store.run import CANCEL, FINAL, Run, RunState
from kdviz.training.device import recorded_device
from kdviz.training.encoded_data import CPU
from kdviz.training.learner import State
from kdviz.training.recipe import Recipe

NAME = re.compile(r"ckpt-(\d+)-([0-9a-f]{16})\.safetensors")


def keep(folder: Path, state: State) -> None:
    """Write a checkpoint; of the older ones the newest stays."""
    meta = {"words": json.dumps({"epoch": state.epoch, **state.words})}
    content = save(state.tensors, metadata=meta)
    write(folder / f"ckpt-{state.epoch}-{fingerprint(content)[:16]}.safetensors", content)
    for path, _ in _found(folder)[2:]:
        path.unlink(missing_ok=True)


def newest(folder: Path) -> State | None:
    """The newest checkpoint whose content still has the fingerprint in its name."""
    for path, mark in _found(folder):
        content = path.read_bytes()
        if fingerprint(content)[:16] == mark:
            return _state(content)
    return None


def drop(folder: Path) -> None:
    """Remove all checkpoints: the run has ended."""
    for path, _ in _found(folder):
        path.unlink(missing_ok=True)


def _found(folder: Path) -> list[tuple[Path, str]]:
    named = [(p, NAME.fullmatch(p.name)) for p in folder.glob("ckpt-*.safetensors")]
    whole = [(p, m) for p, m in named if m]
    return [(p, m.group(2)) for p, m in sorted(whole, key=lambda pm: int(pm[1].group(1)), reverse=True)]


def _state(content: bytes) -> State:
    size = int.from_bytes(content[:8], "little")
    meta: dict[str, Any] = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["words"])
    return State(meta.pop("epoch"), load(content), meta)


def finished(run: Run, recipe: Recipe, done: Mapping[str, Learned], seconds: float) -> RunFinished:
    """The end of a run whose student was trained, as far as it was let."""
    stopped = (run.folder / CANCEL).exists()
    return ending(recipe, done, seconds, RunState.STOPPED if stopped else RunState.FINISHED)


def ending(recipe: Recipe, done: Mapping[str, Learned], seconds: float, state: RunState) -> RunFinished:
    """The end of a run in this state, from what each network learned."""
    student = done.get("student")
    others = {w: {"accuracy": e.accuracy, "reused": e.reused, "best_epoch": e.best_epoch} for w, e in done.items()}
    others.pop("student", None)
    choices: dict[str, Any] = student.other.get("choices", {}) if student else {}
    accuracy = student.accuracy if student else {}
    best = student.best_epoch if student else 0
    pace: dict[str, Any] = student.other.get("pace", {}) if student else {}
    epochs = int(pace.get("epochs", recipe.epochs))
    return RunFinished(
        recipe.method, accuracy, best, recipe.selection, seconds, epochs, recipe.seed, state, others, choices, pace
    )


def close(run: Run, end: Event, device: torch.device = CPU) -> None:
    """Write the final record, with where it was trained; a run that was stopped keeps its checkpoint and can go on."""
    record = end.line()
    record.setdefault("state", RunState.FAILED if isinstance(end, Failed) else RunState.FINISHED)
    record |= {"torch": torch.__version__, "threads": torch.get_num_threads(), **recorded_device(device)}
    write_json(run.folder / FINAL, record)
    note(run)
    if record["state"] != RunState.STOPPED:
        drop(run.folder)
