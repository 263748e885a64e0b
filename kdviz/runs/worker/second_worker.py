"""A second process that trains some networks of a large run while the first trains others: the same bits, sooner.

Each network trains by itself, with the threads of its recipe, wherever that is; so the two share nothing but the disk.
The first process is told what the second does through a pipe, and trains itself what the second has left undone.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import torch

from kdviz.core.child_process import Child
from kdviz.core.events import Event, event_from
from kdviz.core.files import Held
from kdviz.data.dataset import Dataset
from kdviz.nets.base import Branch
from kdviz.runs.store.final_record import CONTROL, TWIN
from kdviz.runs.store.home import child_environment, hosted
from kdviz.runs.store.run import TEACHERS, Run, make
from kdviz.runs.store.view_cache import encoded
from kdviz.runs.worker.networks import NetworkContext, Stopped, obtain_network, train_other
from kdviz.training.device import beside
from kdviz.training.encoded_data import Materials
from kdviz.training.knowledge import lent
from kdviz.training.recipe import Recipe

SWITCH = "KDVIZ_SECOND_WORKER"
"""0: no second process."""
ALONE = ("for another run", "for a sweep")
"""Who made a run whose worker is one of several already."""
SAID = (
    "Some networks train beside the others, in a second process, as a core is free for them: the same bits, sooner, "
    "for about 300 MB more. KDVIZ_SECOND_WORKER=0 forbids it."
)
OVER = "over"
PATIENCE, LOOK = 3.0, 0.3


@dataclass(frozen=True)
class Part:
    """A network of a run that has a run of its own: in which role, and where its weights are copied to."""

    recipe: Recipe
    role: str
    copy: Path


@dataclass(frozen=True)
class Parts:
    """Those that a student needs before it begins, and its control, where that is another."""

    first: tuple[Part, ...]
    control: Part | None

    def named(self) -> dict[str, Part]:
        """All, by role."""
        return {part.role: part for part in (*self.first, *filter(None, [self.control]))}


def parts_of(run: Run, recipe: Recipe, twin: Recipe | None) -> Parts:
    """A run's teachers, the twin that its student starts from or whose length it takes, and its control."""
    own = run.folder / TEACHERS
    first = [Part(each, each.student, own / f"{each.student}.safetensors") for each in recipe.teachers]
    control = None
    if recipe.control and recipe.method != "supervised":
        control = Part(recipe.scratch(), CONTROL, run.folder / f"{CONTROL}.safetensors")
    if twin is not None:
        is_control = control is not None and twin == control.recipe
        first.append(control if control and is_control else Part(twin, TWIN, own / f"{TWIN}.safetensors"))
        control = None if is_control else control
    return Parts(tuple(first), control)


def roles_beside(context: NetworkContext, parts: Parts, shapes: Mapping[str, tuple[int, ...]]) -> tuple[str, ...]:
    """What a second process shall train, in its order; nothing where no core is free for it, where others train beside
    this run already, or where it is not worth its start."""
    run, recipe = context.run, context.run.recipe
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if (
        cores < 2 * recipe.threads
        or hosted()
        or os.environ.get(SWITCH) == "0"
        or context.materials.device.type != "cpu"
        or run.request.get("made") in ALONE
    ):
        return ()
    waits = () if parts.control is None else (parts.control,)
    first, later = ({each.role: each.recipe for each in some if _open(run, each)} for some in (parts.first, waits))
    return beside(first, later, shapes, len(context.data.classes), int(context.data.train.size))


def _open(run: Run, part: Part) -> bool:
    """Whether a network is still to be trained, and waits for no other."""
    if lent(run.recipe, part.recipe) or part.recipe.leader() is not None:
        return False
    other = make(part.recipe, run.request["data"], run.request["source"], made=ALONE[0])
    return other.final is None


class SecondWorker:
    """The first process's side of it; with no `roles` there is none, and all is trained here."""

    def __init__(self, run: Run, roles: Sequence[str]) -> None:
        self.heard: dict[str, SimpleQueue[Event | None]] = {role: SimpleQueue() for role in roles}
        self.child: Child | None = None
        if roles:
            words = ["-m", "kdviz", "worker", str(run.folder.resolve()), "--only", ",".join(roles)]
            self.child = Child(words, child_environment(), stderr=2, dies=True)
            self.reader = threading.Thread(target=self._listen, args=(self.child,), daemon=True)
            self.reader.start()

    def __enter__(self) -> SecondWorker:
        return self

    def __exit__(self, *_: object) -> None:
        """What it has learned by now is kept in a checkpoint."""
        if self.child is not None:
            self.child.end(PATIENCE)
            self.reader.join(PATIENCE)
            self.child.says.close()

    def in_turn(self, parts: Sequence[Part]) -> list[Part]:
        """What is trained here goes first."""
        return sorted(parts, key=lambda part: part.role in self.heard)

    def obtained(self, context: NetworkContext, part: Part) -> Generator[Event, None, Branch]:
        """A network, with all that was said of it: trained there or here, or taken from its finished run."""
        if part.role in self.heard:
            yield from self._told(context, part.role)
        return (yield from obtain_network(context, part.recipe, part.role, part.copy))

    def _told(self, context: NetworkContext, role: str) -> Iterator[Event]:
        while True:
            try:
                event = self.heard[role].get(timeout=LOOK)
            except Empty:
                if context.halt():
                    raise Stopped from None
                continue
            if event is None:
                return
            yield event

    def _listen(self, child: Child) -> None:
        with contextlib.suppress(OSError, ValueError):
            for line in child.says:
                said = json.loads(line)
                if OVER in said:
                    self.heard[said[OVER]].put(None)
                else:
                    self.heard[said["who"]].put(event_from(said))
        for each in self.heard.values():
            each.put(None)


def told_beside(run: Run, data: Dataset, parts: Parts, roles: Sequence[str]) -> Iterator[dict[str, Any]]:
    """In the second process: train these networks, and say all of it, line by line.

    What somebody else trains just now is left to him. Raises UserError where a training fails: the first process then
    tries it too, and says why.
    """
    torch.set_num_threads(run.recipe.threads)
    for part in (parts.named()[role] for role in roles):
        context = NetworkContext(run, data, Materials(data, part.recipe, encoded))
        other = make(part.recipe, run.request["data"], run.request["source"], made=ALONE[0])
        try:
            for event in train_other(context, other, part.recipe, part.role):
                yield event.line()
        except Stopped:
            return
        except Held:
            pass
        yield {OVER: part.role}
