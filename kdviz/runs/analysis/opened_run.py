"""Opening a run to look at it: its networks, its data, and where each looked. The CLI and the looker call this."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.evidence.base import extractor
from kdviz.methods.base import Method, method
from kdviz.modalities.base import Modality
from kdviz.nets.base import Branch
from kdviz.runs.analysis.network_answers import NetworkFacts, Predictions, RunNetworks
from kdviz.runs.store.datasets import reopen
from kdviz.runs.store.final_record import CONTROL
from kdviz.runs.store.lineage import data_of_teacher
from kdviz.runs.store.run import EPOCHS, TEACHERS, Run
from kdviz.runs.store.weights import read_tensors
from kdviz.training.knowledge import lent
from kdviz.training.learner import student_of
from kdviz.training.network_input import NetworkInput
from kdviz.training.recipe import Recipe

ELSEWHERE = (
    "The networks of this run were trained elsewhere and stayed there: what was recorded of them is on the Evidence "
    "page and in the report (`python -m kdviz report`). Ask them anew where they are, with kdviz.compare."
)
Maps = dict[str, NDArray[np.float32]]
OTHER = (
    "{name} of this run are not the weights of the network that its recipe says: the run was made by another version "
    "of kdviz, whose settings had other defaults. Train it again: Distill, or `python -m kdviz distill`, with the same "
    "method and data."
)


@dataclass(frozen=True, eq=False)
class OpenedRun:
    """A run with everything that was trained for it. Itself alone is its equal, so that what is made of it is kept."""

    run: Run
    data: Dataset

    @cached_property
    def recipe(self) -> Recipe:
        """The run's recipe."""
        return self.run.recipe

    @cached_property
    def inputs(self) -> dict[str, NetworkInput]:
        """What each network sees of series, by role; networks that may know the same share one."""
        recipe = self.recipe
        student = NetworkInput(self.data, recipe)
        found = {"student": student, "control": student}
        clean = not (recipe.noise or recipe.missing)
        for t in recipe.teachers:
            if lent(recipe, t):
                found[f"teacher.{t.student}"] = NetworkInput(self.data, t, data_of_teacher(t))
            else:
                same = clean and t.channels == recipe.channels
                found[f"teacher.{t.student}"] = student if same else NetworkInput(self.data, t)
        return found

    def input(self, net: Branch) -> NetworkInput:
        """What a network sees: a teacher of this run its own, any other network what the student sees."""
        role = next((role for role, each in self.networks.items() if each is net), "student")
        return self.inputs[role]

    def views_by_role(
        self, numbers: NDArray[np.int64], raw: NDArray[np.float32] | None = None
    ) -> dict[str, dict[str, Tensor]]:
        """Views of series of these numbers, or of `raw` (n, C, T) in their place, for each network by role."""
        made = {id(each): each.views(numbers, raw) for each in self.inputs.values()}
        return {
            role: {m: made[id(self.inputs[role])][m] for m in net.modalities} for role, net in self.networks.items()
        }

    @property
    def modalities(self) -> Mapping[str, Modality]:
        """The student's modalities, fitted as they were for training."""
        return self.inputs["student"].modalities

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """(C, *grid) of each view of the student's."""
        return self.inputs["student"].shapes

    @cached_property
    def networks(self) -> dict[str, Branch]:
        """Every network by role: `teacher.signal`, ..., `student`, `control`."""
        recipe, folder = self.recipe, self.run.folder
        found = {f"teacher.{t.student}": (t, folder / TEACHERS / f"{t.student}.safetensors") for t in recipe.teachers}
        found["student"] = (recipe, folder / f"model-{recipe.selection}.safetensors")
        found["control"] = (recipe.scratch(), folder / f"{CONTROL}.safetensors")
        nets = {role: self.network(r, path, role) for role, (r, path) in found.items() if path.exists()}
        if "student" not in nets:
            raise UserError(f"This run has no trained student yet (it is {self.run.state}). Wait for it, or start it.")
        return nets

    def network(self, recipe: Recipe, path: Path, role: str = "student") -> Branch:
        """One network with the weights of a file, that sees what a role sees."""
        net = student_of(recipe, self.inputs[role].shapes, len(self.data.classes))
        try:
            net.load_state_dict(read_tensors(path)[0])
        except RuntimeError:
            raise UserError(OTHER.format(name=path.name)) from None
        return net.eval().requires_grad_(False)

    def at_epoch(self, epoch: int) -> Branch:
        """The student as it was after an epoch that was kept; raises UserError for another."""
        kept = self.kept_epochs()
        if epoch in kept and epoch == self.answer_epoch:
            return self.networks["student"]
        if epoch not in kept:
            instead = f"kept are {', '.join(map(str, kept))}" if kept else "this run came without them"
            raise UserError(f"Epoch {epoch} was not kept: {instead}.")
        return self.network(self.recipe, self.run.folder / EPOCHS / f"{epoch:05d}.safetensors")

    def logits(self, who: str | Branch, series: NDArray[np.int64]) -> NDArray[np.float32]:
        """Logits (n, classes) of a network, or of the one in this role, on some series."""
        net = self.networks[who] if isinstance(who, str) else who
        mine = self.input(net)
        with torch.no_grad():
            parts = [net(mine.views(some, names=net.modalities)).logits.numpy() for some in chunked(series)]
        return np.concatenate(parts) if parts else np.zeros((0, len(self.data.classes)), np.float32)

    @cached_property
    def own_maps(self) -> bool:
        """Whether the run's method has maps of its own."""
        return method(self.recipe.method).maps is not Method.maps

    @cached_property
    def reference(self) -> str:
        """The teacher that the method hands on, by its modality; empty where there is none."""
        held = tuple(t for t in self.recipe.teacher_names if f"teacher.{t}" in self.networks)
        return method(self.recipe.method).needs.reference(held)

    @cached_property
    def answer_epoch(self) -> int | None:
        """The epoch whose weights are the student; None where the run does not say."""
        found = (self.run.final or {}).get("best_epoch")
        return found if isinstance(found, int) else None

    def kept_epochs(self) -> list[int]:
        """The epochs that can be looked back at; the answer's own among them, whose weights are the student's."""
        found = {int(p.stem) for p in (self.run.folder / EPOCHS).glob("*.safetensors")}
        if found and self.answer_epoch is not None:
            found.add(self.answer_epoch)
        return sorted(found)


def chunked(series: NDArray[np.int64], size: int = 64) -> list[NDArray[np.int64]]:
    """Series in parts that fit into memory as images."""
    return [series[start : start + size] for start in range(0, series.size, size)]


def open_for_looking(run: Run) -> OpenedRun:
    """Open a run with its data; raises UserError where the data is not here, naming it and its fingerprint, or where
    the networks never were."""
    if run.recipe.recorded:
        raise UserError(ELSEWHERE)
    torch.set_num_threads(1)
    request = run.request
    return OpenedRun(run, reopen(run.recipe.data, request.get("source", {}), request.get("data", "the data")))


@dataclass(frozen=True)
class NetworkEvidence:
    """What one network showed of some series: evidence by modality, native and in time, and its prediction."""

    maps: Maps
    times: Maps
    probability: NDArray[np.float32]


def evidence(
    opened: OpenedRun,
    name: str,
    series: NDArray[np.int64],
    target: NDArray[np.int64] | None,
    raw: NDArray[np.float32] | None = None,
) -> dict[str, NetworkEvidence]:
    """Where each network looked in series `series` for class `target` (None: the true one), by role.

    `raw` (n, C, T) is shown to them in the series' place where it is given.
    Networks that the extractor refuses are left out; raises UserError where it refuses all of them.
    maps are (n, *grid) raw; times are (n, T), absent where time cannot be told; probability is (n, classes).
    """
    refusals = {role: extractor(name).refusal(net) for role, net in opened.networks.items()}
    if None not in refusals.values():
        raise UserError(next(sentence for sentence in refusals.values() if sentence))
    nets = {role: net for role, net in opened.networks.items() if refusals[role] is None}
    return {role: look(opened, net, name, series, target, raw) for role, net in nets.items()}


def look(
    opened: OpenedRun,
    net: Branch,
    name: str,
    series: NDArray[np.int64],
    target: NDArray[np.int64] | None,
    raw: NDArray[np.float32] | None = None,
) -> NetworkEvidence:
    """Where one network looked."""
    mine = opened.input(net)
    views = mine.views(series, raw, net.modalities)
    classes = opened.data.y[series] if target is None else target
    found, logits = extractor(name).answered(net, views, torch.from_numpy(np.asarray(classes)))
    maps = {m: value.detach().float().numpy() for m, value in found.items()}
    times = {m: mine.to_time(m, value, series, raw) for m, value in maps.items()}
    return NetworkEvidence(maps, {m: t for m, t in times.items() if t is not None}, logits.softmax(1).numpy())


def networks(opened: OpenedRun) -> RunNetworks:
    """Who there is to look at in a run."""
    roles = {
        role: NetworkFacts(tuple(net.modalities), net.depth, sum(p.numel() for p in net.parameters()))
        for role, net in opened.networks.items()
    }
    epochs = opened.kept_epochs()
    answer = opened.answer_epoch if opened.answer_epoch in epochs else max(epochs, default=None)
    return RunNetworks(roles, tuple(epochs), opened.own_maps, opened.reference, answer)


def predictions(opened: OpenedRun) -> Predictions:
    """What every network answers on the test set."""
    test, probability = opened.data.test, dict[str, NDArray[np.floating[Any]]]()
    for role in opened.networks:
        probability[role] = torch.from_numpy(opened.logits(role, test)).softmax(1).numpy()
    return Predictions(probability)


def check_series(opened: OpenedRun, series: int) -> None:
    """Raise UserError where there is no such series."""
    if not 0 <= series < opened.data.series:
        raise UserError(f"There is no series {series}: {opened.data.name} has series 0 to {opened.data.series - 1}.")


def arrays(found: Mapping[str, NetworkEvidence]) -> dict[str, NDArray[Any]]:
    """Evidence of one series as named arrays: `teacher.gaf`, `student.signal`, `...time`, `...probability`."""
    out: dict[str, NDArray[Any]] = {}
    for role, seen_ in found.items():
        base = "teacher" if role.startswith("teacher.") else role
        for m, value in seen_.maps.items():
            out[f"{base}.{m}"] = value[0]
        for m, value in seen_.times.items():
            out[f"{base}.{m}.time"] = value[0]
        out[f"{role}.probability"] = seen_.probability[0]
    return out
