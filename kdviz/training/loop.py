"""The one loop: it drives a method over its batches and tells what happens, how strongly each term pulls too."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from kdviz.core.errors import UserError
from kdviz.core.events import Began, EpochEnded, Event, Noted
from kdviz.core.flow import Batch, Losses, Step
from kdviz.figures.palette import network_name
from kdviz.training.budget import Pace, looks, rate_factor
from kdviz.training.checkpoint_choice import epoch_look, judge, learned, weighed
from kdviz.training.defaults import LEAST_RATE
from kdviz.training.encoded_data import EncodedData, remarks
from kdviz.training.learner import Learner, State, copied, learner, to_state, unpacked
from kdviz.training.recipe import Recipe, steps_of
from kdviz.training.teacher_cache import CachedTeacher

WHOLE = (
    "it learns from the validation part too, as it answers with its last epoch and nothing is chosen by that part, so "
    "that its accuracy there would say nothing."
)


def gradient_norms(terms: Losses, net: nn.Module) -> dict[str, float]:
    """The L2 norm of each term's own gradient on the network's weights: what a term really pulls with."""
    weights = [p for p in net.parameters() if p.requires_grad]
    norms = {}
    for name, term in terms.items():
        if not term.requires_grad:
            norms[name] = 0.0
            continue
        grads = torch.autograd.grad(term, weights, retain_graph=True, allow_unused=True)
        norms[name] = float(torch.sqrt(sum((g.square().sum() for g in grads if g is not None), torch.zeros(()))))
    return norms


def measures_gradients(epoch: int, epochs: int) -> bool:
    """Whether this epoch tells its gradients: the first, and ten more spread over the training."""
    return epoch == 1 or epoch % max(1, epochs // 10) == 0


class Diverged(UserError):
    """The loss became invalid: of whose recipe, in which epoch, and a gentler learning rate, where one is allowed."""

    def __init__(self, recipe: Recipe, epoch: int, term: str) -> None:
        gentler = float(f"{recipe.rate / 10:.3g}")
        self.recipe, self.epoch, self.rate = recipe, epoch, gentler if gentler >= LEAST_RATE else None
        advice = "Choose another method, or other settings of it." if self.rate is None else f"Try {self.rate:g}."
        super().__init__(
            f"The loss became invalid at epoch {epoch} (method {recipe.method}, term {term}, "
            f"learning rate {recipe.rate:g}). {advice}"
        )


class _Halted(Exception):
    """Somebody asked to stop."""


Halt = Callable[[], bool]


def never() -> bool:
    """Go on to the end."""
    return False


@dataclass(frozen=True)
class EpochSnapshot:
    """The network's weights after an epoch, for looking back; not an event. `last`: nothing comes after it."""

    epoch: int
    weights: dict[str, Tensor]
    last: bool = False


@dataclass(frozen=True)
class SelectedWeights:
    """The weights that each selection chose, with the method's own layers; not an event, and the last thing said."""

    weights: dict[str, dict[str, Tensor]]
    layers: dict[str, dict[str, Tensor]]


def train(
    recipe: Recipe,
    material: EncodedData,
    teachers: Mapping[str, CachedTeacher],
    who: str = "student",
    start: State | None = None,
    halt: Halt = never,
    first: Mapping[str, Tensor] | None = None,
    pace: Pace | None = None,
) -> Iterator[Event | State | EpochSnapshot | SelectedWeights]:
    """Learn, telling events; a State after each epoch is all that is needed to go on from there, bit for bit.

    `first` are weights to begin with instead of fresh ones, for methods whose student starts trained; `pace` is what
    the recipe's leader took, which this training takes too.

    Where `halt` says so, training ends at once and what the last whole epoch knew is the answer.
    """
    me = learner(recipe, material, teachers, pace)
    if start is not None:
        unpacked(start, me)
    else:
        if first is not None:
            me.net.load_state_dict(first)
        stages = tuple((name, end) for name, end, _ in me.plan)
        yield Began(who, me.last_epoch, sum(p.numel() for p in me.net.parameters()), stages)
        for words in (*me.method.remarks(), *remarks(recipe, material)):
            yield Noted(who, words)
        if recipe.part != "train":
            yield Noted(who, f"{network_name(who)}: {WHOLE}")
        if recipe.batches == "sliced" and (left := material.splits["train"].numel() % recipe.batch):
            yield Noted(who, f"Batches are sliced: the last of every epoch holds {left} series. Even ones are better.")
        if not material.splits["validation"].numel():
            yield Noted(who, "There is no validation set to choose an epoch by, so the last one is the answer.")
        yield EpochSnapshot(0, copied(me.net))
    kept = looks(recipe, me.last_epoch)
    state = to_state(me)
    while me.epoch < me.last_epoch:
        was_open = me.open
        try:
            told = _epoch(me, material, teachers, who, halt)
        except _Halted:
            unpacked(state, me)
            break
        yield told
        if was_open and me.pace is not None:
            yield Noted(who, f"{network_name(who)}: {me.pace.said(recipe.epochs)}")
        if me.epoch in kept or me.epoch == me.last_epoch:
            yield EpochSnapshot(me.epoch, copied(me.net), me.epoch == me.last_epoch)
        state = to_state(me)
        yield state
    yield learned(me, material, who)
    yield SelectedWeights(me.answers, me.layers)


def _epoch(
    me: Learner, material: EncodedData, teachers: Mapping[str, CachedTeacher], who: str, halt: Halt
) -> EpochEnded:
    began, epoch = time.perf_counter(), me.epoch + 1
    views, labels = material.part(me.recipe.part)
    views = {m: views[m] for m in me.net.modalities}
    clock = me.clock(epoch)
    # `torch.manual_seed` would also walk over devices that nothing here draws from.
    torch.default_generator.manual_seed(_seed(me.recipe.seed, epoch))
    if material.device.type == "cuda":
        torch.cuda.manual_seed(_seed(me.recipe.seed, epoch))
    parts = batches(me.recipe, material)
    means, answers, gradients = dict[str, float](), list[Tensor](), dict[str, float]()
    order = torch.cat(parts)
    me.net.train()
    me.method.train()
    for number, index in enumerate(parts):
        if halt():
            raise _Halted
        here = labels[index].to(material.device), index.to(material.device)
        batch = Batch({m: v[index] for m, v in views.items()}, *here)
        step = Step(batch, me.net(batch.views), {m: t.at(index) for m, t in teachers.items()}, clock)
        terms = me.method.loss(step)
        for name, value in _valid(me.recipe, epoch, terms).items():
            means[name] = means.get(name, 0.0) + value * index.numel() / order.numel()
        if number == 0 and measures_gradients(epoch, me.last_epoch):
            gradients = gradient_norms(terms, me.net)
        _set_rate(me, epoch - 1 + number / len(parts))
        _descend(me, list(terms.values()))
        with torch.no_grad():
            me.method.remember(step)
            me.optimiser.step()
        answers.append(step.student.logits.detach().argmax(1))
    with torch.no_grad():
        readouts = me.method.readouts(step)
    me.epoch = epoch
    me.heard(math.fsum(means.values()))
    held = me.recipe.part == "train" and material.splits["validation"].numel() > 0
    reached, loss = weighed(me.net, material, "validation") if held else (0.0, math.inf)
    known = max(int((labels[order] >= 0).sum()), 1)
    accuracy = {"train": int((torch.cat(answers).cpu() == labels[order]).sum()) / known}
    accuracy |= {"validation": reached} if held else {}
    kept = judge(me, material, accuracy, loss)
    took = time.perf_counter() - began
    me.seconds += took
    look = epoch_look(me.net, material)
    return EpochEnded(
        who, epoch, me.last_epoch, clock.stage, means, gradients, accuracy, took, kept, readouts, look, me.open
    )


def batches(recipe: Recipe, material: EncodedData) -> tuple[Tensor, ...]:
    """An epoch's batches of places in the part that is learned from, drawn anew.

    Without teachers a hidden label leaves nothing to learn: such a network learns from the labelled series alone,
    drawn again and again, in as many steps as one that hears teachers on all of them.
    """
    labels = material.part(recipe.part)[1]
    size, labelled = labels.numel(), torch.nonzero(labels >= 0)[:, 0]
    if recipe.teachers or labelled.numel() == size:
        return cut(torch.randperm(size), recipe)
    parts, steps = list[Tensor](), steps_of(size, recipe.batch)
    while len(parts) < steps:
        parts += cut(labelled[torch.randperm(labelled.numel())], recipe)
    return tuple(parts[:steps])


def cut(order: Tensor, recipe: Recipe) -> tuple[Tensor, ...]:
    """An epoch's series (n,), in their order, as batches: even ones, unless the recipe is one of before.

    BatchNorm's running statistics end on the last batch; on one to three left-over series they are a lottery.
    """
    steps = steps_of(len(order), recipe.batch)
    return order.tensor_split(steps) if recipe.batches == "even" else torch.split(order, recipe.batch)


def _set_rate(me: Learner, passed: float) -> None:
    me.optimiser.rate = me.recipe.rate * rate_factor(me.recipe, me.most, passed)


def _valid(recipe: Recipe, epoch: int, terms: Losses) -> dict[str, float]:
    """Each term as a number; raises Diverged at the first that is none."""
    values = {name: float(term.detach()) for name, term in terms.items()}
    for name, value in values.items():
        if not math.isfinite(value):
            raise Diverged(recipe, epoch, name)
    return values


def _descend(me: Learner, terms: list[Tensor]) -> None:
    """Gradients of the terms' sum, into no old ones."""
    for weight in me.optimiser.weights:
        weight.grad = None
    sum(terms[1:], terms[0]).backward()  # type: ignore[no-untyped-call]


def _seed(seed: int, epoch: int) -> int:
    return (seed * 1_000_003 + epoch) % (2**63)
