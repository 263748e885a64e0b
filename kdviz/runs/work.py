"""A worker's whole task: train the teachers that are missing, the control, the student; remember everything."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.events import Event, Failed, Finished, Learned, Noted
from kdviz.methods.base import method
from kdviz.nets.base import Branch
from kdviz.params import fill
from kdviz.runs import checkpoints
from kdviz.runs.files import append_line, as_line, cut_torn, lines, sweep_up, write, write_json
from kdviz.runs.layout import ATTEMPTS, CANCEL, CONTROL, EPOCHS, EVENTS, FINAL, LOCK, TEACHERS
from kdviz.runs.lock import Held, locked
from kdviz.runs.store import Run, make
from kdviz.runs.weights import read_tensors, write_tensors
from kdviz.training.frozen import Frozen
from kdviz.training.learner import student_of
from kdviz.training.loop import Answers, Diverged, Halt, Kept, train
from kdviz.training.material import Material, prepare
from kdviz.training.recipe import Recipe
from kdviz.training.state import State

SAVE_EVERY = 2.0
RESERVE = "reserve"
OUT_OF_MEMORY = (
    "This run needed more memory than it may have. Choose a smaller network, smaller images (gaf.size, "
    "persistence.resolution) or a smaller batch, and start again."
)
KEEP_BYTES = 48 << 20


class DiskFull(UserError):
    """Nothing more can be written; the last checkpoint is kept."""

    def __init__(self) -> None:
        super().__init__("The disk is full. The last checkpoint is kept: free some space, and the run goes on from it.")


class Stopped(Exception):
    """Asked to stop before the student had begun."""


@dataclass
class Bench:
    """What all trainings of one task share."""

    run: Run
    data: Dataset
    material: Material

    def halt(self) -> bool:
        """Whether somebody asked this run to stop."""
        return (self.run.folder / CANCEL).exists()


def work(run: Run, data: Dataset) -> Iterator[Event]:
    """Bring a run to its end, telling and recording every event.

    Raises Held where another worker has it, DiskFull where nothing more can be written: it can go on later.
    """
    folder = run.folder
    with locked(folder / LOCK):
        if run.final is not None:
            return
        try:
            sweep_up(folder)
            (folder / RESERVE).write_bytes(b"\0" * 16384)
            append_line(folder / ATTEMPTS, {"pid": os.getpid(), "at": time.time(), "reached": reached(folder)})
            _clear_log(folder, _saved_epoch(folder))
            for event in _told(run, data):
                append_line(folder / EVENTS, event.line())
                yield event
        except OSError as fault:
            if fault.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise
            (folder / RESERVE).unlink(missing_ok=True)
            cut_torn(folder / EVENTS)
            append_line(folder / EVENTS, Noted("student", str(DiskFull())).line())
            raise DiskFull from None
        (folder / RESERVE).unlink(missing_ok=True)


def reached(folder: Path) -> str:
    """A mark of how far a run has come; it changes with every checkpoint and every network that is done."""
    names = [p.name for p in folder.glob("*.safetensors")] + [p.name for p in (folder / TEACHERS).glob("*")]
    return ",".join(sorted(names))


def _told(run: Run, data: Dataset) -> Iterator[Event]:
    recipe, began = run.recipe, time.perf_counter()
    torch.set_num_threads(recipe.threads)
    done: dict[str, Learned] = {}
    try:
        bench = Bench(run, data, prepare(data, recipe.views))
        for event in _all(bench, recipe):
            if isinstance(event, Learned):
                done[event.who] = event
            yield event
        end: Event = _finished(run, recipe, done, time.perf_counter() - began)
    except Stopped:
        end = _ending(recipe, done, time.perf_counter() - began, "stopped")
    except Diverged as reason:
        end = Failed(str(reason), reason.epoch, {"rate": reason.rate})
    except UserError as reason:
        end = Failed(str(reason))
    except (MemoryError, RuntimeError) as fault:
        if isinstance(fault, RuntimeError) and "memory" not in str(fault):
            raise
        end = Failed(OUT_OF_MEMORY)
    _close(run, end)
    yield end


def _all(bench: Bench, recipe: Recipe) -> Iterator[Event]:
    teachers: dict[str, Frozen] = {}
    views, _ = bench.material.part("train")
    for each in recipe.teachers:
        net = yield from obtain(bench, each, each.student, bench.run.folder / TEACHERS / f"{each.student}.safetensors")
        teachers[each.student] = Frozen(net, views)
    first = None
    if method(recipe.method)(fill(method(recipe.method).Params, recipe.knobs)).starts_trained():
        twin = yield from obtain(bench, recipe.scratch(), CONTROL, bench.run.folder / f"{CONTROL}.safetensors")
        first = twin.state_dict()
    yield from learn(bench.run, recipe, bench.material, teachers, "student", bench.halt, first)
    if recipe.control and recipe.method != "supervised" and not bench.halt():
        yield from obtain(bench, recipe.scratch(), CONTROL, bench.run.folder / f"{CONTROL}.safetensors")


def obtain(bench: Bench, recipe: Recipe, who: str, copy: Path) -> Generator[Event, None, Branch]:
    """The network of a `supervised` recipe: taken from its finished run, or trained now and kept for the next.

    Returns the network; its weights are copied to `copy`, so that a run's directory holds all it needs.
    """
    request = bench.run.request
    other = make(recipe, request["data"], request["source"], made="for another run")
    while other.final is None or other.state == "stopped":
        (other.folder / FINAL).unlink(missing_ok=True)
        try:
            yield from _train_other(bench, other, recipe, who)
        except Held:
            if bench.halt():
                raise Stopped from None
            time.sleep(0.2)
    else:
        if not _was_told(bench.run, who):
            yield _retold(other, who)
    if other.state == "failed":
        raise UserError(f"The {who} network could not be trained. {(other.final or {}).get('sentence', '')}")
    net = load_net(other.folder / f"model-{recipe.selection}.safetensors", recipe, bench.material)
    copy.parent.mkdir(exist_ok=True)
    write_tensors(copy, net.state_dict(), {"recipe": recipe.plain()})
    return net


def _train_other(bench: Bench, other: Run, recipe: Recipe, who: str) -> Iterator[Event]:
    with locked(other.folder / LOCK, patience=0.1):
        if other.final is not None:
            return
        append_line(other.folder / ATTEMPTS, {"pid": os.getpid(), "at": time.time(), "reached": reached(other.folder)})
        sweep_up(other.folder)
        began, done = time.perf_counter(), dict[str, Learned]()
        for event in learn(other, recipe, bench.material, {}, who, bench.halt):
            append_line(other.folder / EVENTS, {**event.line(), "who": "student"})
            if isinstance(event, Learned):
                if bench.halt():
                    raise Stopped
                done["student"] = event
            yield event
        _close(other, _finished(other, recipe, done, time.perf_counter() - began))


def _was_told(run: Run, who: str) -> bool:
    return any(e.get("event") == "learned" and e.get("who") == who for e in run.events())


def _retold(other: Run, who: str) -> Learned:
    final = other.final or {}
    return Learned(
        who, final["accuracy"], final["best_epoch"], final["selection"], final["seconds"], True,
        {"choices": final["choices"]},
    )  # fmt: skip


def learn(
    run: Run, recipe: Recipe, material: Material, teachers: Mapping[str, Frozen], who: str, halt: Halt,
    first: Mapping[str, Tensor] | None = None,
) -> Iterator[Event]:  # fmt: skip
    """Train one network into the run's directory, from its newest checkpoint where there is one, else from `first`."""
    folder, saved = run.folder, time.monotonic()
    (folder / EPOCHS).mkdir(exist_ok=True)
    start = checkpoints.newest(folder)
    _clear_log(folder, start.epoch if start else 0)
    if start is None:
        for stale in (folder / EPOCHS).glob("*.safetensors"):
            stale.unlink()
    for item in train(recipe, material, teachers, who, start, halt, first):
        if isinstance(item, State):
            if time.monotonic() - saved > SAVE_EVERY:
                checkpoints.keep(folder, item)
                saved = time.monotonic()
        elif isinstance(item, Kept):
            _look_back(folder, item, recipe.epochs)
        elif isinstance(item, Answers):
            for name, weights in item.weights.items():
                write_tensors(folder / f"model-{name}.safetensors", weights, {"recipe": recipe.plain()})
        else:
            yield item


def _saved_epoch(folder: Path) -> int:
    start = checkpoints.newest(folder)
    return start.epoch if start else 0


def _look_back(folder: Path, kept: Kept, epochs: int) -> None:
    size = sum(t.numel() * t.element_size() for t in kept.weights.values())
    stride = max(1, -(-size * 34 // KEEP_BYTES))
    if kept.epoch in (0, epochs) or stride == 1 or kept.epoch % stride == 0:
        write_tensors(folder / EPOCHS / f"{kept.epoch:05d}.safetensors", kept.weights, durable=False)


def load_net(path: Path, recipe: Recipe, material: Material) -> Branch:
    """The recipe's network with the weights of a file, in evaluation mode."""
    net = student_of(recipe, material.shapes, material.classes)
    net.load_state_dict(read_tensors(path)[0])
    return net.eval()


def _clear_log(folder: Path, epoch: int = 0) -> None:
    """Forget what was told of epochs after `epoch`: they are trained, and told, again."""
    path = folder / EVENTS
    cut_torn(path)
    told = list(lines(path))
    held = [e for e in told if not (e.get("who") == "student" and e.get("epoch", 0) > epoch)]
    held = [e for e in held if e.get("event") not in ("failed", "finished")]
    if epoch == 0:
        held = [e for e in held if e.get("who") != "student"]
    if len(held) < len(told):
        write(path, b"".join(as_line(event) for event in held))


def _finished(run: Run, recipe: Recipe, done: Mapping[str, Learned], seconds: float) -> Finished:
    stopped = (run.folder / CANCEL).exists()
    return _ending(recipe, done, seconds, "stopped" if stopped else "finished")


def _ending(recipe: Recipe, done: Mapping[str, Learned], seconds: float, state: str) -> Finished:
    student = done.get("student")
    others = {w: {"accuracy": e.accuracy, "reused": e.reused, "best_epoch": e.best_epoch} for w, e in done.items()}
    others.pop("student", None)
    choices: dict[str, Any] = student.other.get("choices", {}) if student else {}
    accuracy = student.accuracy if student else {}
    best = student.best_epoch if student else 0
    return Finished(
        recipe.method, accuracy, best, recipe.selection, seconds, recipe.epochs, recipe.seed, state, others, choices
    )


def _close(run: Run, end: Event) -> None:
    record = end.line()
    record.setdefault("state", "failed" if isinstance(end, Failed) else "finished")
    record |= {"torch": torch.__version__, "threads": torch.get_num_threads(), "device": "cpu"}
    write_json(run.folder / FINAL, record)
    if record["state"] != "stopped":
        checkpoints.drop(run.folder)
