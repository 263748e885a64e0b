"""The one loop: it drives a method over its batches and tells what happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from kdviz.errors import UserError
from kdviz.events import Began, EpochEnded, Event, Learned, Noted
from kdviz.flow import Batch, Clock, Losses, Scene, Step
from kdviz.methods.base import Method, Stage, method
from kdviz.nets.base import Branch
from kdviz.nets.build import build
from kdviz.params import fill
from kdviz.selection import Best, Last
from kdviz.training.frozen import Frozen
from kdviz.training.material import Material
from kdviz.training.recipe import Recipe
from kdviz.training.state import State, packed, unpacked

PROBES = 30


class Diverged(UserError):
    """The loss became invalid; carries the epoch and a gentler learning rate to retry with."""

    def __init__(self, recipe: Recipe, epoch: int, term: str) -> None:
        self.epoch, self.rate = epoch, recipe.rate / 10
        super().__init__(
            f"The loss became invalid at epoch {epoch} (method {recipe.method}, term {term}, "
            f"learning rate {recipe.rate:g}). Try {self.rate:g}."
        )


class _Halted(Exception):
    """Somebody asked to stop."""


Halt = Callable[[], bool]


def never() -> bool:
    """Go on to the end."""
    return False


@dataclass(frozen=True)
class Kept:
    """The network's weights after an epoch, for looking back; not an event."""

    epoch: int
    weights: dict[str, Tensor]


@dataclass(frozen=True)
class Answers:
    """The weights that each selection chose; not an event, and the last thing said."""

    weights: dict[str, dict[str, Tensor]]


@dataclass
class Learner:
    """A student with its method and optimiser, somewhere on its way."""

    recipe: Recipe
    net: Branch
    method: Method
    optimiser: torch.optim.Optimizer
    plan: tuple[tuple[str, int, bool], ...]
    best: Best = field(default_factory=Best)
    answers: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    moments: dict[str, dict[str, Any]] = field(default_factory=dict)
    epoch: int = 0
    seconds: float = 0.0

    @property
    def last_epoch(self) -> int:
        """The epoch after which this recipe stops."""
        return max(1, round(self.recipe.epochs * self.recipe.stop))

    def clock(self, epoch: int) -> Clock:
        """The clock of an epoch (from 1), with the stage it falls into."""
        return Clock(epoch, self.recipe.epochs, self.stage(epoch)[0])

    def stage(self, epoch: int) -> tuple[str, bool]:
        """The name of an epoch's stage, and whether its weights may become the answer."""
        for name, end, judged in self.plan:
            if epoch <= end:
                return name, judged
        return self.plan[-1][0], self.plan[-1][2]


def plan(stages: tuple[Stage, ...], epochs: int) -> tuple[tuple[str, int, bool], ...]:
    """(name, last epoch, judged) of each stage; every epoch is in one, and the last stage has at least one."""
    ends, share, total = [], 0.0, sum(s.share for s in stages)
    for place, stage in enumerate(stages):
        share += stage.share / total
        room = epochs - 1 if place < len(stages) - 1 else epochs
        ends.append((stage.name, min(round(share * epochs), room), stage.judged))
    return tuple(ends)


def student_of(recipe: Recipe, shapes: Mapping[str, tuple[int, ...]], classes: int) -> Branch:
    """The recipe's network, freshly initialised from its seed alone."""
    torch.manual_seed(recipe.seed)
    return build(recipe.student, recipe.architecture, recipe.sees, shapes, classes)


def learner(recipe: Recipe, material: Material, teachers: Mapping[str, Frozen]) -> Learner:
    """A student at epoch 0, its method sized by one dry run."""
    net = student_of(recipe, material.shapes, material.classes)
    kind = method(recipe.method)
    how = kind(fill(kind.Params, recipe.knobs))
    views, labels = material.part("train")
    index = torch.arange(min(2, labels.numel()))
    with torch.no_grad():
        trace = net.eval()({m: views[m][index] for m in net.modalities})
    shapes = material.shapes
    torch.manual_seed(recipe.seed + 1)
    student_kind = "fusion" if recipe.student == "fusion" else "signal"
    how.build(
        Scene(trace, {m: t.at(index) for m, t in teachers.items()}, labels, material.classes, student_kind, shapes)
    )
    weights = [*net.parameters(), *(p for p in how.parameters() if p.requires_grad)]
    optimiser = torch.optim.AdamW(weights, lr=recipe.rate, weight_decay=recipe.decay, fused=True)
    return Learner(recipe, net, how, optimiser, plan(how.stages(), recipe.epochs))


def train(
    recipe: Recipe,
    material: Material,
    teachers: Mapping[str, Frozen],
    who: str = "student",
    start: State | None = None,
    halt: Halt = never,
    first: Mapping[str, Tensor] | None = None,
) -> Iterator[Event | State | Kept | Answers]:
    """Learn, telling events; a State after each epoch is all that is needed to go on from there, bit for bit.

    `first` are weights to begin with instead of fresh ones, for methods whose student starts trained.

    Where `halt` says so, training ends at once and what the last whole epoch knew is the answer.
    """
    me = learner(recipe, material, teachers)
    if start is not None:
        unpacked(start, me)
    else:
        if first is not None:
            me.net.load_state_dict(first)
        stages = tuple((name, end) for name, end, _ in me.plan)
        yield Began(who, me.last_epoch, sum(p.numel() for p in me.net.parameters()), stages)
        for words in me.method.remarks():
            yield Noted(who, words)
        yield Kept(0, _copy(me.net))
    looks = probes(me.last_epoch)
    state = packed(me)
    while me.epoch < me.last_epoch:
        try:
            told = _epoch(me, material, teachers, who, halt)
        except _Halted:
            unpacked(state, me)
            break
        yield told
        if me.epoch in looks:
            yield Kept(me.epoch, _copy(me.net))
        state = packed(me)
        yield state
    yield _learned(me, material, who)
    yield Answers(me.answers)


def probes(epochs: int) -> frozenset[int]:
    """The epochs to look back at: 1, 2, 3, 5, then evenly, about thirty in all, and always the last."""
    step = max(1, -(-epochs // PROBES))
    return frozenset([e for e in (1, 2, 3, 5) if e <= epochs] + list(range(step, epochs + 1, step)) + [epochs])


def _epoch(me: Learner, material: Material, teachers: Mapping[str, Frozen], who: str, halt: Halt) -> EpochEnded:
    began, epoch = time.perf_counter(), me.epoch + 1
    views, labels = material.part("train")
    views = {m: views[m] for m in me.net.modalities}
    clock, size = me.clock(epoch), labels.numel()
    torch.manual_seed(_seed(me.recipe.seed, epoch))
    order = torch.randperm(size)
    means, right, gradients = dict[str, float](), 0, dict[str, float]()
    steps = -(-size // me.recipe.batch)
    me.net.train()
    me.method.train()
    for number in range(steps):
        if halt():
            raise _Halted
        index = order[number * me.recipe.batch : (number + 1) * me.recipe.batch]
        batch = Batch({m: v[index] for m, v in views.items()}, labels[index], index)
        step = Step(batch, me.net(batch.views), {m: t.at(index) for m, t in teachers.items()}, clock)
        terms = me.method.loss(step)
        _refuse_invalid(me.recipe, epoch, terms)
        if number == 0 and _measures_gradients(epoch, me.last_epoch):
            gradients = gradient_norms(terms, me.net)
        _set_rate(me, (epoch - 1 + number / steps) / me.recipe.epochs)
        me.optimiser.zero_grad(set_to_none=True)
        sum(terms.values()).backward()  # type: ignore[union-attr]
        with torch.no_grad():
            me.method.remember(step)
        me.optimiser.step()
        right += int((step.student.logits.argmax(1) == batch.label).sum())
        for name, term in terms.items():
            means[name] = means.get(name, 0.0) + float(term.detach()) * index.numel() / size
    with torch.no_grad():
        readouts = me.method.readouts(step)
    me.epoch = epoch
    accuracy = {"train": right / size, "validation": score(me.net, material, "validation")}
    kept = _judge(me, material, accuracy)
    took = time.perf_counter() - began
    me.seconds += took
    return EpochEnded(who, epoch, me.last_epoch, clock.stage, means, gradients, accuracy, took, kept, readouts)


def _judge(me: Learner, material: Material, accuracy: dict[str, float]) -> bool:
    """Keep this epoch's weights under every selection that would; only validation accuracy decides."""
    if not me.stage(me.epoch)[1]:
        return False
    moment = {"epoch": me.epoch, "accuracy": accuracy}
    keep = me.best.judge(me.epoch, accuracy["validation"]).keep
    if keep:
        me.answers["best"], me.moments["best"] = _copy(me.net), moment
    if me.recipe.optimism:
        _note_optimism(me, material)
    if Last().judge(me.epoch, accuracy["validation"]).keep and me.epoch == me.last_epoch:
        me.answers["last"], me.moments["last"] = _copy(me.net), moment
    return keep


def _note_optimism(me: Learner, material: Material) -> None:
    reached = score(me.net, material, "test")
    if reached > me.moments.get("best_on_test", {}).get("test", -1.0):
        me.moments["best_on_test"] = {"epoch": me.epoch, "test": reached}


def _learned(me: Learner, material: Material, who: str) -> Learned:
    if me.epoch < me.last_epoch:
        me.answers["last"] = _copy(me.net)
        me.moments["last"] = {"epoch": me.epoch, "accuracy": {}}
    me.answers.setdefault("best", me.answers["last"])
    me.moments.setdefault("best", me.moments["last"])
    choices = {name: _final(me, material, name) for name in ("best", "last")}
    if "best_on_test" in me.moments:
        choices["best_on_test"] = me.moments["best_on_test"]
    answer = choices[me.recipe.selection]
    me.net.load_state_dict(me.answers[me.recipe.selection])
    return Learned(
        who, answer["accuracy"], answer["epoch"], me.recipe.selection, me.seconds, other={"choices": choices}
    )


def _final(me: Learner, material: Material, name: str) -> dict[str, Any]:
    me.net.load_state_dict(me.answers[name])
    accuracy = {split: score(me.net, material, split) for split in material.splits}
    return {"epoch": me.moments[name]["epoch"], "accuracy": accuracy}


def score(net: Branch, material: Material, split: str) -> float:
    """Accuracy on one split, 0..1; leaves the network in evaluation mode."""
    index = material.splits[split]
    hits = (logits(net, material, index).argmax(1) == material.labels[index]).sum()
    return int(hits) / max(index.numel(), 1)


def logits(net: Branch, material: Material, index: Tensor, chunk: int = 256) -> Tensor:
    """Logits (n, classes) of the samples `index`, in evaluation mode."""
    net.eval()
    with torch.no_grad():
        parts = [net({m: material.views[m][i] for m in net.modalities}).logits for i in torch.split(index, chunk)]
    return torch.cat(parts)


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


def _measures_gradients(epoch: int, epochs: int) -> bool:
    return epoch == 1 or epoch % max(1, epochs // 10) == 0


def _set_rate(me: Learner, share: float) -> None:
    warm = 0.1
    if share < warm:
        factor = 0.1 + 0.9 * share / warm
    else:
        factor = 0.5 * (1 + float(torch.cos(torch.tensor(torch.pi * (share - warm) / (1 - warm)))))
    for group in me.optimiser.param_groups:
        group["lr"] = me.recipe.rate * max(factor, 0.01)


def _refuse_invalid(recipe: Recipe, epoch: int, terms: Losses) -> None:
    for name, term in terms.items():
        if not bool(torch.isfinite(term)):
            raise Diverged(recipe, epoch, name)


def _seed(seed: int, epoch: int) -> int:
    return (seed * 1_000_003 + epoch) % (2**63)


def _copy(net: nn.Module) -> dict[str, Tensor]:
    return {name: value.detach().clone() for name, value in net.state_dict().items()}
