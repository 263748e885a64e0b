"""What flows through kdviz: a batch is traced by networks, a step is what a method reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from torch import Tensor

Views = Mapping[str, Tensor]
"""Modality -> (N, C, *grid), float32."""

Losses = dict[str, Tensor]
"""Term -> scalar with its weight applied; the sum is the loss, and each term is drawn."""


@dataclass(frozen=True)
class Batch:
    """Some samples: their views, labels (N,) and indices (N,) into the whole data set.

    A label below zero is hidden: the series is there, and its class is nobody's to read.
    """

    views: Views
    label: Tensor
    index: Tensor


@dataclass(frozen=True)
class Trace:
    """Everything a network shows of one batch; no hooks anywhere.

    stages     feature maps from shallow to deep, each (N, K, *grid); the last is what GAP averages
    embedding  (N, K): the hidden vector after GAP
    logits     (N, classes)
    head       (classes, K): the linear classifier's weight, not detached, so that CAM = head . stages[-1]
    parts      per-branch traces of a fusion network, by modality
    attention  (N, queries, keys) of a fusion network's cross-attention, rows sum to one
    bias       (classes,): the classifier's bias
    """

    stages: tuple[Tensor, ...]
    embedding: Tensor
    logits: Tensor
    head: Tensor
    parts: Mapping[str, Trace] = field(default_factory=dict)
    attention: Mapping[str, Tensor] = field(default_factory=dict)
    bias: Tensor | None = None


def on_cpu(trace: Trace) -> Trace:
    """The same trace, all of it on the processor."""
    parts = {name: on_cpu(part) for name, part in trace.parts.items()}
    attention = {name: weight.cpu() for name, weight in trace.attention.items()}
    bias, stages = None if trace.bias is None else trace.bias.cpu(), tuple(stage.cpu() for stage in trace.stages)
    return Trace(stages, trace.embedding.cpu(), trace.logits.cpu(), trace.head.cpu(), parts, attention, bias)


@dataclass(frozen=True)
class Clock:
    """Where training stands: `epoch` counts from 1, `stage` names the method's stage."""

    epoch: int
    epochs: int
    stage: str = ""

    @property
    def share(self) -> float:
        """The share of training that lies behind, 0..1."""
        return (self.epoch - 1) / max(self.epochs, 1)


@dataclass(frozen=True)
class Step:
    """What a method reads: one batch, the student's trace, the teachers' traces by modality."""

    batch: Batch
    student: Trace
    teachers: Mapping[str, Trace]
    clock: Clock

    @property
    def teacher(self) -> Trace:
        """The only teacher, when there is one; otherwise the first."""
        return next(iter(self.teachers.values()))


@dataclass(frozen=True)
class Scene:
    """One dry run in which nobody learns: methods size their layers from it.

    labels (n_train,) are those of the whole training set, in `index` order of `Batch.index`:
    `index` of a training batch counts 0..n_train-1. Those below zero are hidden.
    """

    student: Trace
    teachers: Mapping[str, Trace]
    labels: Tensor
    classes: int
    student_kind: str = "signal"
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
