"""Which epoch's weights are the answer: the last (Full KD), or the best on validation data (ESKD)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
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
    """ESKD: the model from its best validation moment.

    Of equally accurate epochs the one with the smallest validation loss wins: with ten validation series many epochs
    are equally right, and the first is so by luck. With `ties="first"` it is the first, as in published code (>).
    """

    id = "best"

    def __init__(self, ties: str = "loss") -> None:
        self.ties, self.best, self.least = ties, -1.0, float("inf")

    def judge(self, epoch: int, score: float, loss: float = float("inf")) -> Verdict:
        """Keep where the validation score rose, or stayed and the loss fell where ties are broken by it."""
        rose, even = score > self.best, score == self.best
        keep = rose or (self.ties == "loss" and even and loss < self.least)
        if keep:
            self.best, self.least = score, loss
        return Verdict(keep)

    def state(self) -> dict[str, float]:
        """The best score so far, and its loss once there is one."""
        return {"best": self.best} | ({"least": self.least} if isfinite(self.least) else {})

    def restore(self, state: dict[str, float]) -> None:
        """Go on from the best score so far."""
        self.best, self.least = state["best"], state.get("least", float("inf"))
