"""A student with its method and optimiser, and the state that lets it go on as if nothing had happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from kdviz.core.checkpoint_rules import Best
from kdviz.core.flow import Clock, Scene, on_cpu
from kdviz.core.params import fill
from kdviz.methods.base import Method, Stage, method
from kdviz.nets.base import Branch, build
from kdviz.training.budget import Pace, ended, longest, pace_from, reason_to_end
from kdviz.training.encoded_data import EncodedData
from kdviz.training.recipe import Recipe, steps_of
from kdviz.training.teacher_cache import CachedTeacher


class Descent:
    """AdamW (Loshchilov & Hutter 2019) by torch's fused kernel, to the bit what `torch.optim.AdamW(fused=True)` does.

    That one imports torch's compiler at its first use, which takes a second and 70 MB, and spends sixty microseconds
    a step around the kernel. A weight without a gradient stays as it is, and its steps are not counted.
    """

    betas, eps = (0.9, 0.999), 1e-8

    def __init__(self, weights: Sequence[Tensor], rate: float, decay: float) -> None:
        self.weights, self.rate, self.decay = weights, rate, decay
        self.first, self.second = ([torch.zeros_like(each, requires_grad=False) for each in weights] for _ in range(2))
        self.steps = torch.zeros(len(weights), device=weights[0].device)
        self.counts, self.begun = self.steps.unbind(), [False] * len(weights)

    def step(self) -> None:
        """One step by the gradients that there are."""
        heard = [(number, each.grad) for number, each in enumerate(self.weights) if each.grad is not None]
        here = [number for number, _ in heard]
        if len(here) == len(self.weights):
            self.steps.add_(1)
        else:
            self.steps[here] += 1
        for number in here:
            self.begun[number] = True
        torch._fused_adamw_(
            [self.weights[n] for n in here], [grad for _, grad in heard], [self.first[n] for n in here],
            [self.second[n] for n in here], [], [self.counts[n] for n in here], lr=self.rate, beta1=self.betas[0],
            beta2=self.betas[1], weight_decay=self.decay, eps=self.eps, amsgrad=False, maximize=False,
        )  # fmt: skip

    def moments(self) -> dict[int, dict[str, Tensor]]:
        """By number of each weight that has moved: steps taken, mean gradient, mean square; as torch names them."""
        each = enumerate(zip(self.counts, self.first, self.second, strict=True))
        return {n: dict(zip(MOMENTS, held, strict=True)) for n, held in each if self.begun[n]}

    def restore(self, moments: Mapping[int, Mapping[str, Tensor]]) -> None:
        """Go on from these moments."""
        self.begun = [number in moments for number in range(len(self.weights))]
        for number, held in enumerate(zip(self.counts, self.first, self.second, strict=True)):
            for name, tensor in zip(MOMENTS, held, strict=True):
                tensor.copy_(moments[number][name]) if self.begun[number] else tensor.zero_()


MOMENTS = ("step", "exp_avg", "exp_avg_sq")


@dataclass
class Learner:
    """A student with its method and optimiser, somewhere on its way."""

    recipe: Recipe
    net: Branch
    method: Method
    optimiser: Descent
    plan: tuple[tuple[str, int, bool], ...]
    best: Best = field(default_factory=Best)
    answers: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    layers: dict[str, dict[str, Tensor]] = field(default_factory=dict)
    moments: dict[str, dict[str, Any]] = field(default_factory=dict)
    epoch: int = 0
    seconds: float = 0.0
    pace: Pace | None = None
    losses: list[float] = field(default_factory=list)
    patient: int = 0

    def answer(self, name: str) -> None:
        """The weights of now are the answer of this name; beside them the method's own layers, where it shows them."""
        self.answers[name] = copied(self.net)
        if type(self.method).maps is not Method.maps:
            self.layers[name] = copied(self.method)

    @property
    def most(self) -> Pace:
        """How long it lasts, as far as is known: at most so long, while its loss still falls."""
        return self.pace or longest(self.recipe.epochs)

    @property
    def last_epoch(self) -> int:
        """The epoch after which this training stops, as far as is known."""
        return max(1, round(self.most.epochs * self.recipe.stop))

    @property
    def open(self) -> bool:
        """Whether its own loss is still to say when it ends."""
        return self.pace is None and self.recipe.budget == "converged"

    def heard(self, loss: float) -> None:
        """The mean training loss of the epoch that ends: it may say that the rate has to fall from now on.

        Where a method has stages, it is heard in the last one only.
        """
        if not self.open or self.stage(self.epoch) != self.stage(self.recipe.epochs):
            return
        self.losses = [*self.losses, loss][-2 * self.patient :]
        why = reason_to_end(self.losses, self.patient)
        if self.epoch >= self.most.flat:
            self.pace = self.most
        elif why:
            self.pace = ended(self.epoch, self.recipe.epochs, why)

    def clock(self, epoch: int) -> Clock:
        """The clock of an epoch (from 1), with the stage it falls into."""
        return Clock(epoch, self.most.epochs, self.stage(epoch)[0])

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


def learner(
    recipe: Recipe, material: EncodedData, teachers: Mapping[str, CachedTeacher], pace: Pace | None = None
) -> Learner:
    """A student at epoch 0, its method sized by one dry run; `pace`, where another training has set it.

    Both are made on the processor, so that they begin alike everywhere, and then moved to the material's device.
    """
    net = student_of(recipe, material.shapes, material.classes)
    kind = method(recipe.method)
    how = kind(fill(kind.Params, recipe.knobs))
    views, labels = material.part(recipe.part)
    index = torch.arange(min(2, labels.numel()))
    with torch.no_grad():
        trace = net.eval()({m: views[m][index].cpu() for m in net.modalities})
    torch.manual_seed(recipe.seed + 1)
    traces = {m: t.at(index) if material.device.type == "cpu" else on_cpu(t.at(index)) for m, t in teachers.items()}
    how.build(Scene(trace, traces, labels, material.classes, recipe.student_kind, material.shapes))
    net, how = net.to(material.device), how.to(material.device)
    weights = [*net.parameters(), *(p for p in how.parameters() if p.requires_grad)]
    optimiser = Descent(weights, recipe.rate, recipe.decay)
    stages = plan(how.stages(), pace.epochs if pace else recipe.epochs)
    patient = max(3, round(recipe.patience / steps_of(labels.numel(), recipe.batch)))
    return Learner(recipe, net, how, optimiser, stages, how.best(), pace=pace, patient=patient)


def copied(net: nn.Module) -> dict[str, Tensor]:
    """The weights of a network, detached and cloned, on the processor."""
    return {name: value.detach().to("cpu", copy=True) for name, value in net.state_dict().items()}


@dataclass(frozen=True)
class State:
    """A training after an epoch: tensors by name, and plain JSON words.

    Randomness needs no place here: every epoch seeds itself from (seed, epoch).
    """

    epoch: int
    tensors: dict[str, Tensor]
    words: dict[str, Any]


def to_state(me: Learner) -> State:
    """The state of a learner, copied."""
    tensors = {f"net.{k}": v for k, v in me.net.state_dict().items()}
    tensors |= {f"method.{k}": v for k, v in me.method.state_dict().items()}
    for number, moments in me.optimiser.moments().items():
        tensors |= {f"optimiser.{number}.{k}": v for k, v in moments.items()}
    for name, weights in me.answers.items():
        tensors |= {f"answer.{name}.{k}": v for k, v in weights.items()}
    for name, layers in me.layers.items():
        tensors |= {f"layers.{name}.{k}": v for k, v in layers.items()}
    words: dict[str, Any] = {"moments": me.moments, "best": me.best.state(), "seconds": me.seconds}
    if me.recipe.budget == "converged":
        words |= {"losses": list(me.losses), "pace": me.pace and me.pace.as_dict()}
    return State(me.epoch, {k: v.detach().to("cpu", copy=True).contiguous() for k, v in tensors.items()}, words)


def unpacked(state: State, me: Learner) -> None:
    """Put a learner back to where `packed` found it."""
    me.net.load_state_dict(_under(state, "net"))
    me.method.load_state_dict(_under(state, "method"))
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in _under(state, "optimiser").items():
        number, key = name.split(".", 1)
        moments.setdefault(int(number), {})[key] = value
    me.optimiser.restore(moments)
    for name, value in _under(state, "answer").items():
        which, key = name.split(".", 1)
        me.answers.setdefault(which, {})[key] = value.clone()
    for name, value in _under(state, "layers").items():
        which, key = name.split(".", 1)
        me.layers.setdefault(which, {})[key] = value.clone()
    me.moments = dict(state.words["moments"])
    me.best.restore(state.words["best"])
    me.seconds, me.epoch = state.words["seconds"], state.epoch
    me.losses = list(state.words.get("losses", ()))
    me.pace = pace_from(known) if (known := state.words.get("pace")) else me.pace


def _under(state: State, prefix: str) -> dict[str, Tensor]:
    cut = len(prefix) + 1
    return {name[cut:]: value for name, value in state.tensors.items() if name.startswith(prefix + ".")}
