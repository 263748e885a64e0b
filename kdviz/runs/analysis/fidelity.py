"""How faithful a student is to its teachers: answers, errors, features; on training and test series, and by epoch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.metrics.cka import linear_cka, unbiased_cka
from kdviz.metrics.intervals import finite_or_none
from kdviz.metrics.scores import Logits, fidelity, followed, known_scores, quality
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.runs.analysis.network_answers import (
    Cka,
    EpochFidelity,
    FidelityByEpoch,
    LayerSimilarity,
    RunFidelity,
    SplitFidelity,
    WhomFollowed,
)
from kdviz.runs.analysis.opened_run import OpenedRun, open_for_looking
from kdviz.runs.store.run import by_identity

MOST = 1024
MOST_FEATURES = 256
STUDENTS = ("student", "control")
Index = NDArray[np.int64]


def fidelity_of(opened: OpenedRun) -> RunFidelity:
    """How faithful the student is, wholly."""
    return RunFidelity(answers(opened), layers(opened), by_epoch(opened))


def answers(opened: OpenedRun) -> dict[str, SplitFidelity]:
    """By split: scores of every network, and of student and control beside each teacher; whom it followed.

    Answers are those of the whole student, whatever it sees; of the whole test set, as everywhere.
    """
    out: dict[str, SplitFidelity] = {}
    for split in ("train", "test"):
        series = opened.data.test if split == "test" else evenly_spaced(opened.data.splits[split], MOST)
        logits = {role: opened.logits(role, series) for role in opened.networks}
        y = opened.data.y[series]
        teachers = {role.removeprefix("teacher."): z for role, z in logits.items() if role.startswith("teacher.")}
        taught = [who for who in STUDENTS if who in logits]
        out[split] = SplitFidelity(
            int(series.size),
            {role: known_scores(quality(z, y)) for role, z in logits.items()},
            {who: {name: known_scores(fidelity(logits[who], z, y)) for name, z in teachers.items()} for who in taught},
            {who: _followed(logits[who], teachers) for who in taught if len(teachers) > 1},
        )
    return out


def _followed(student: Logits, teachers: Mapping[str, Logits]) -> WhomFollowed:
    found = followed(student, teachers)
    return WhomFollowed(
        found.disputed, known_scores(found.each), known_scores(found.only), finite_or_none(found.nobody)
    )


def features(opened: OpenedRun, net: Branch, series: Index) -> dict[str, list[NDArray[np.float32]]]:
    """What each stage holds of some series, averaged over places, (n, K) each: of the whole network under "", and of
    each branch that it has under its view."""
    with torch.no_grad():
        whole = net(opened.input(net).views(series, names=net.modalities))
    traces = {"": whole, **whole.parts}
    return {m: [stage.flatten(2).mean(2).numpy() for stage in trace.stages] for m, trace in traces.items()}


def layers(opened: OpenedRun) -> LayerSimilarity:
    """CKA of every stage of student and control with every stage of each teacher, on test series.

    A branch is held beside the teacher of its own view, and the whole student beside one whose view it does not see.
    Features are averaged over places; the linear one is inflated where there are few series, so read the unbiased.
    """
    series = evenly_spaced(opened.data.test, MOST_FEATURES)
    found = {role: features(opened, net, series) for role, net in opened.networks.items()}
    teachers = {r.removeprefix("teacher."): each[""] for r, each in found.items() if r.startswith("teacher.")}
    tables = {
        who: {name: _cka(found[who].get(name, found[who][""]), theirs) for name, theirs in teachers.items()}
        for who in STUDENTS
        if who in found
    }
    return LayerSimilarity(int(series.size), "averaged over places", tables)


def _cka(one: list[NDArray[np.float32]], other: list[NDArray[np.float32]]) -> Cka:
    return Cka(_table(linear_cka, one, other), _table(unbiased_cka, one, other))


def _table(how: Any, one: list[NDArray[np.float32]], other: list[NDArray[np.float32]]) -> NDArray[np.float64]:
    return np.array([[how(a, b) for b in other] for a in one])


def by_epoch(opened: OpenedRun) -> FidelityByEpoch:
    """Scores over the kept epochs, on test series.

    The control's lines are there where its own run is still here with the same epochs.
    """
    series, epochs = evenly_spaced(opened.data.test, MOST), opened.kept_epochs()
    y, out = opened.data.y[series], FidelityByEpoch(np.array(epochs, np.int64), {}, {})
    teachers = {
        r.removeprefix("teacher."): opened.logits(r, series) for r in opened.networks if r.startswith("teacher.")
    }
    for who, run in {"student": opened, "control": twin(opened, epochs)}.items():
        if run is None or not epochs:
            continue
        logits = [run.logits(beside(opened, run, e), series) for e in epochs]
        out.accuracy[who] = np.array([quality(z, y)["accuracy"] for z in logits])
        out.teachers[who] = {name: _over_epochs(logits, other, y) for name, other in teachers.items()}
    return out


def _over_epochs(logits: list[Logits], teacher: Logits, y: Index) -> EpochFidelity:
    found = [fidelity(z, teacher, y) for z in logits]
    agreement, kl = (np.array([each[name] for each in found]) for name in ("agreement", "predictive_kl"))
    return EpochFidelity(agreement, kl)


def twin(opened: OpenedRun, epochs: list[int]) -> OpenedRun | None:
    """The control's own run, where it is still here and kept all of these epochs but the answer's."""
    try:
        found = open_for_looking(by_identity(opened.recipe.scratch().identity))
    except UserError:
        return None
    return found if set(epochs) - {opened.answer_epoch} <= set(found.kept_epochs()) else None


def beside(opened: OpenedRun, own: OpenedRun, epoch: int) -> Branch:
    """The control after an epoch; beside the student's answer the control's answer, as everywhere else."""
    return own.networks["student"] if epoch == opened.answer_epoch else own.at_epoch(epoch)
