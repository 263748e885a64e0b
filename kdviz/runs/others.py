"""The networks that a run stands on: teachers and control, taken from their own runs or trained now."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

from kdviz.data.dataset import Dataset
from kdviz.errors import UserError
from kdviz.events import Event, Learned
from kdviz.nets.base import Branch
from kdviz.runs.attempts import begun
from kdviz.runs.ending import close, finished
from kdviz.runs.files import append_line, sweep_up
from kdviz.runs.layout import CANCEL, EVENTS, FINAL, LOCK
from kdviz.runs.learning import learn, load_net
from kdviz.runs.lock import Held, locked
from kdviz.runs.store import Run, make
from kdviz.runs.weights import write_tensors
from kdviz.training.material import Material
from kdviz.training.recipe import Recipe


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


def obtain(bench: Bench, recipe: Recipe, who: str, copy: Path) -> Generator[Event, None, Branch]:
    """The network of a `supervised` recipe: taken from its finished run, or trained now and kept for the next.

    Returns the network; its weights are copied to `copy`, so that a run's directory holds all it needs.
    """
    request = bench.run.request
    other = make(recipe, request["data"], request["source"], made="for another run")
    while other.final is None or other.state == "stopped":
        if other.state == "stopped":
            (other.folder / CANCEL).unlink(missing_ok=True)
            (other.folder / FINAL).unlink(missing_ok=True)
        try:
            yield from _train_other(bench, other, recipe, who)
        except Held:
            if bench.halt():
                raise Stopped from None
            time.sleep(0.2)
    if other.state == "failed":
        raise UserError(f"The {who} network could not be trained. {(other.final or {}).get('sentence', '')}")
    if not _was_told(bench.run, who):
        yield _retold(other, who)
    net = load_net(other.folder / f"model-{recipe.selection}.safetensors", recipe, bench.material)
    copy.parent.mkdir(exist_ok=True)
    write_tensors(copy, net.state_dict(), {"recipe": recipe.plain()})
    return net


def _train_other(bench: Bench, other: Run, recipe: Recipe, who: str) -> Iterator[Event]:
    with locked(other.folder / LOCK, patience=0.1):
        if other.final is not None:
            return
        begun(other)
        sweep_up(other.folder)
        began, done = time.perf_counter(), dict[str, Learned]()
        for event in learn(other, recipe, bench.material, {}, who, bench.halt):
            append_line(other.folder / EVENTS, {**event.line(), "who": "student"})
            if isinstance(event, Learned):
                if bench.halt():
                    raise Stopped
                done["student"] = event
            yield event
        close(other, finished(other, recipe, done, time.perf_counter() - began))


def _was_told(run: Run, who: str) -> bool:
    return any(e.get("event") == "learned" and e.get("who") == who for e in run.events())


def _retold(other: Run, who: str) -> Learned:
    final = other.final or {}
    return Learned(
        who, final["accuracy"], final["best_epoch"], final["selection"], final["seconds"], True,
        {"choices": final["choices"]},
    )  # fmt: skip
