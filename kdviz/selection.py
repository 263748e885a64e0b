"""Which checkpoint is the answer: the selection axis that the seed calls ESKD and Full KD."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Verdict:
    """Keep this epoch's weights as the answer? Stop training?"""

    keep: bool
    stop: bool = False


class Selection:
    """Judges each epoch by its validation score. One object judges one training."""

    id: ClassVar[str] = ""

    def judge(self, epoch: int, score: float) -> Verdict:
        """Judge one epoch; `score` is a validation accuracy in 0..1, never a test score."""
        raise NotImplementedError

    def state(self) -> dict[str, float]:
        """What a resumed run needs to go on judging as before."""
        return {}

    def restore(self, state: dict[str, float]) -> None:
        """Take back what `state` gave."""


class Last(Selection):
    """Full KD: the model after the last epoch, which may have overfitted."""

    id = "last"

    def judge(self, epoch: int, score: float) -> Verdict:
        """Always the newest."""
        return Verdict(keep=True)


class Best(Selection):
    """ESKD: the model from its best validation moment; the first of equals wins (strict >)."""

    id = "best"

    def __init__(self) -> None:
        self.best = -1.0

    def judge(self, epoch: int, score: float) -> Verdict:
        """Keep where the validation score rose."""
        keep = score > self.best
        self.best = max(self.best, score)
        return Verdict(keep)

    def state(self) -> dict[str, float]:
        """The best score so far."""
        return {"best": self.best}

    def restore(self, state: dict[str, float]) -> None:
        """Go on from the best score so far."""
        self.best = state["best"]
