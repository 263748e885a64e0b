"""The networks of a run, each from its newest checkpoint or its own run, else trained now."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.events import Event, Learned, Noted
from kdviz.core.files import Held, append_line, as_line, cut_torn, lines, locked, sweep_up, write
from kdviz.data.dataset import Dataset
from kdviz.nets.base import Branch
from kdviz.runs.index.opened_indexes import note
from kdviz.runs.store.attempts import record_start
from kdviz.runs.store.lineage import learned_from_tests, teacher_run
from kdviz.runs.store.run import CANCEL, EPOCHS, EVENTS, FINAL, LOCK, Run, RunState, make
from kdviz.runs.store.weights import read_tensors, write_tensors
from kdviz.runs.worker import checkpoints
from kdviz.runs.worker.checkpoints import close, finished
from kdviz.training.budget import Pace, pace_from
from kdviz.training.encoded_data import EncodedData, Materials
from kdviz.training.knowledge import lent
from kdviz.training.learner import State, student_of
from kdviz.training.loop import EpochSnapshot, Halt, SelectedWeights, train
from kdviz.training.recipe import Recipe
from kdviz.training.teacher_cache import CachedTeacher

SAVE_EVERY = 2.0
KEEP_BYTES = 48 << 20
SEEN = (
    "warning: {count} of the {of} test series are among those that the {role} teacher, which comes from another run, "
    "has learned from: what it hands on about them flatters the student."
)


def train_network(
    run: Run, recipe: Recipe, material: EncodedData, teachers: Mapping[str, CachedTeacher], role: str, halt: Halt,
    first: Mapping[str, Tensor] | None = None, pace: Pace | None = None,
) -> Iterator[Event]:  # fmt: skip
    """Train one network into the run's directory, from its newest checkpoint where there is one, else from `first`."""
    folder, saved = run.folder, time.monotonic()
    (folder / EPOCHS).mkdir(exist_ok=True)
    start = checkpoints.newest(folder)
    clear_log(folder, start.epoch if start else 0)
    if start is None:
        for stale in (folder / EPOCHS).glob("*.safetensors"):
            stale.unlink()
    latest = start
    try:
        for item in train(recipe, material, teachers, role, start, halt, first, pace):
            if isinstance(item, State):
                latest = item
                if time.monotonic() - saved > SAVE_EVERY:
                    checkpoints.keep(folder, item)
                    saved = time.monotonic()
            elif isinstance(item, EpochSnapshot):
                _look_back(folder, item)
            elif isinstance(item, SelectedWeights):
                _answer(folder, item, recipe)
            else:
                yield item
    except SystemExit:  # told to end: what was learned since the last checkpoint is worth one more
        if latest is not None:
            checkpoints.keep(folder, latest)
        raise


def _answer(folder: Path, found: SelectedWeights, recipe: Recipe) -> None:
    for name, weights in found.weights.items():
        write_tensors(folder / f"model-{name}.safetensors", weights, {"recipe": recipe.as_dict()})
    for name, layers in found.layers.items():
        write_tensors(folder / f"method-{name}.safetensors", layers, {"recipe": recipe.as_dict()})


def _look_back(folder: Path, kept: EpochSnapshot) -> None:
    size = sum(t.numel() * t.element_size() for t in kept.weights.values())
    stride = max(1, -(-size * 34 // KEEP_BYTES))
    if kept.epoch == 0 or kept.last or stride == 1 or kept.epoch % stride == 0:
        write_tensors(folder / EPOCHS / f"{kept.epoch:05d}.safetensors", kept.weights, durable=False)


def load_net(path: Path, recipe: Recipe, material: EncodedData) -> Branch:
    """The recipe's network with the weights of a file, in evaluation mode."""
    net = student_of(recipe, material.shapes, material.classes)
    net.load_state_dict(read_tensors(path)[0])
    return net.eval().to(material.device)


def clear_log(folder: Path, epoch: int = 0) -> None:
    """Forget what was told of epochs after `epoch`: they are trained, and told, again."""
    path = folder / EVENTS
    cut_torn(path)
    events = list(lines(path))
    held = [e for e in events if not (e.get("who") == "student" and e.get("epoch", 0) > epoch)]
    held = [e for e in held if e.get("event") not in ("failed", "finished")]
    if epoch == 0:
        held = [e for e in held if e.get("who") != "student"]
    if len(held) < len(events):
        write(path, b"".join(as_line(event) for event in held))


def saved_epoch(folder: Path) -> int:
    """The epoch of the newest sound checkpoint; 0 where there is none."""
    start = checkpoints.newest(folder)
    return start.epoch if start else 0


class NotTrained(UserError):
    """A network that a run stands on has failed; `rate` is the learning rate that it should be tried with, if any."""

    def __init__(self, recipe: Recipe, role: str, final: Mapping[str, Any]) -> None:
        self.recipe, self.rate = recipe, final.get("retry", {}).get("rate")
        super().__init__(f"The {role} network could not be trained. {final.get('sentence', '')}")


class Stopped(Exception):
    """Asked to stop before the student had begun."""


@dataclass
class NetworkContext:
    """What all trainings of one task share.

    until   when this host ends the run, on the monotonic clock; None: never
    late    whether it did
    """

    run: Run
    data: Dataset
    materials: Materials
    until: float | None = None
    late: bool = False

    def halt(self) -> bool:
        """Whether somebody asked this run to stop, or its time is over, which asks the same."""
        if (self.run.folder / CANCEL).exists():
            return True
        self.late = self.until is not None and time.monotonic() > self.until
        if self.late:
            self.run.cancel()
        return self.late


def pace_of(context: NetworkContext, recipe: Recipe) -> Pace | None:
    """How long the recipe's leader took, whose own run is finished; None where it has none."""
    leader = recipe.leader()
    if leader is None:
        return None
    request = context.run.request
    run = make(leader, request["data"], request["source"], made="for another run")
    pace = pace_from((run.final or {})["pace"])
    return pace.times(2) if recipe.budget == "doubled" else pace


def obtain_network(context: NetworkContext, recipe: Recipe, role: str, copy: Path) -> Generator[Event, None, Branch]:
    """The network of a `supervised` recipe: taken from its finished run, or trained now and kept for the next.

    Returns the network; its weights are copied to `copy`, so that a run's directory holds all it needs.
    """
    if lent(context.run.recipe, recipe):
        return (yield from _lent_network(context, recipe, role, copy))
    request = context.run.request
    other = make(recipe, request["data"], request["source"], made="for another run")
    while other.final is None or other.state == RunState.STOPPED:
        if other.state == RunState.STOPPED:
            (other.folder / CANCEL).unlink(missing_ok=True)
            (other.folder / FINAL).unlink(missing_ok=True)
        try:
            yield from train_other(context, other, recipe, role)
        except Held:
            if context.halt():
                raise Stopped from None
            time.sleep(0.2)
    if other.state == RunState.FAILED:
        raise NotTrained(recipe, role, other.final or {})
    return (yield from _taken(context, other, recipe, role, copy))


def _lent_network(context: NetworkContext, recipe: Recipe, role: str, copy: Path) -> Generator[Event, None, Branch]:
    """The network of a finished run from elsewhere, which is taken as it is and never trained again."""
    whose = context.materials.whose
    if whose is not None and (seen := learned_from_tests(context.data, whose(recipe))):
        yield Noted("student", SEEN.format(count=seen, of=context.data.test.size, role=role))
    return (yield from _taken(context, teacher_run(recipe), recipe, role, copy))


def _taken(
    context: NetworkContext, other: Run, recipe: Recipe, role: str, copy: Path
) -> Generator[Event, None, Branch]:
    if not _has_learned(context.run, role):
        yield _as_reused(other, role)
    net = load_net(other.folder / f"model-{recipe.selection}.safetensors", recipe, context.materials.of(recipe))
    copy.parent.mkdir(exist_ok=True)
    write_tensors(copy, net.state_dict(), {"recipe": recipe.as_dict()})
    return net


def train_other(context: NetworkContext, other: Run, recipe: Recipe, role: str) -> Iterator[Event]:
    """Train a network into a run of its own, unless that has ended; raises Held where another process does so, Stopped
    where somebody asked to stop."""
    with locked(other.folder / LOCK, patience=0.1):
        if other.final is not None:
            return
        record_start(other)
        note(other)
        sweep_up(other.folder)
        began, done = time.perf_counter(), dict[str, Learned]()
        material, pace = context.materials.of(recipe), pace_of(context, recipe)
        for event in train_network(other, recipe, material, {}, role, context.halt, pace=pace):
            append_line(other.folder / EVENTS, {**event.line(), "who": "student"})
            if isinstance(event, Learned):
                if context.halt():
                    raise Stopped
                done["student"] = event
            yield event
        close(other, finished(other, recipe, done, time.perf_counter() - began), material.device)


def _has_learned(run: Run, role: str) -> bool:
    return any(e.get("event") == "learned" and e.get("who") == role for e in run.events())


def _as_reused(other: Run, role: str) -> Learned:
    final = other.final or {}
    return Learned(
        role, final["accuracy"], final["best_epoch"], final["selection"], final["seconds"], True,
        {"choices": final["choices"], **({"pace": final["pace"]} if final.get("pace") else {})},
    )  # fmt: skip
