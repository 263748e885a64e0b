"""What a run says while it runs: plain values, one JSON line each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    """One thing that happened; `event` is its name on the wire."""

    event: ClassVar[str] = ""

    def line(self) -> dict[str, Any]:
        """The event as plain JSON values."""
        return {"event": self.event, **asdict(self)}


@dataclass(frozen=True)
class Began(Event):
    """A network begins to learn. `who` is `student` or a teacher's modality."""

    event: ClassVar[str] = "began"
    who: str
    epochs: int
    weights: int
    stages: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class EpochEnded(Event):
    """One pass over the training set. `losses` are means by term; accuracies lie in 0..1.

    `readouts` are numbers that the method shows of its last batch, e.g. how much the teachers disagree. `look` is by
    modality where the network looks at one fixed series, in shares of its peak (training/checkpoint_choice). Where
    `open`, `epochs` is the most there may be: training ends when its loss no longer falls.
    """

    event: ClassVar[str] = "epoch"
    who: str
    epoch: int
    epochs: int
    stage: str
    losses: dict[str, float]
    gradients: dict[str, float]
    accuracy: dict[str, float]
    seconds: float
    kept: bool = False
    readouts: dict[str, float] = field(default_factory=dict)
    look: dict[str, list[int]] = field(default_factory=dict)
    open: bool = False


@dataclass(frozen=True)
class Noted(Event):
    """A sentence for the reader of the run, with an optional number."""

    event: ClassVar[str] = "noted"
    who: str
    text: str


@dataclass(frozen=True)
class Learned(Event):
    """A network is done: its scores at the answer's epoch, and where that was."""

    event: ClassVar[str] = "learned"
    who: str
    accuracy: dict[str, float]
    best_epoch: int
    selection: str
    seconds: float
    reused: bool = False
    other: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class RunFinished(Event):
    """The end of a run and what came out of it; `pace` says how long the training lasted and why it ended then."""

    event: ClassVar[str] = "finished"
    method: str
    accuracy: dict[str, float]
    best_epoch: int
    selection: str
    seconds: float
    epochs: int
    seed: int
    state: str = "finished"
    teachers: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, Any] = field(default_factory=dict)
    pace: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WatchFinished(RunFinished):
    """The end of a run that watched a recording: no accuracy, for no mark was read.

    views      by score: its view, method and teacher, mean and spread on the kept normal part, threshold, alarms
    fused      the scores whose mean of z is the fused one
    threshold  of the fused score, in z
    alarms     (from, to, highest z) of the fused score, both ends inside
    top        the windows that stand out most
    controls   the threshold of each control
    """

    train_end: int = 0
    window: int = 0
    step: int = 0
    period: int = 0
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    fused: list[str] = field(default_factory=list)
    threshold: float = 0.0
    alarms: list[list[float]] = field(default_factory=list)
    top: list[dict[str, Any]] = field(default_factory=list)
    controls: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Failed(Event):
    """The run cannot go on; `sentence` says why and what to do, `retry` which settings to try instead."""

    event: ClassVar[str] = "failed"
    sentence: str
    epoch: int | None = None
    retry: dict[str, Any] = field(default_factory=dict)


KINDS: Mapping[str, type[Event]] = {k.event: k for k in (Began, EpochEnded, Noted, Learned, RunFinished, Failed)}
"""What a run that tells classes says, by its name on the wire."""


def event_from(line: Mapping[str, Any]) -> Event:
    """The event that told itself as this line; raises KeyError or TypeError where none did."""
    return KINDS[line["event"]](**{name: value for name, value in line.items() if name != "event"})
