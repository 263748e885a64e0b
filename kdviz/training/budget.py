"""How long a training lasts and how its rate goes: so many epochs, or until its training loss no longer falls.

`converged`: the rate warms up and stays until the loss has fallen below LEARNED, or has not fallen by a FALL from one
stretch of `patience` steps (whole epochs, at least three) to the next; then it follows a cosine to LEAST over the last
COOL of all epochs. The bound of epochs holds in any case: at the latest the rate begins to fall so that it ends there.
`quick`: the rate warms up over a tenth of the epochs and follows a cosine over the others; all epochs are taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from kdviz.training.recipe import Recipe

WARM, WARM_EPOCHS, LEAST = 0.1, 5, 0.01
LEARNED, FALL, COOL = 0.01, 0.05, 0.3
"""Nats of training loss; share of the loss; share of all epochs."""
PROBES = 30


@dataclass(frozen=True)
class Pace:
    """`flat` epochs before the rate begins to fall, `epochs` in all, and in words why it began to fall then."""

    flat: int
    epochs: int
    why: str = ""

    def times(self, many: int) -> Pace:
        """So many times as long."""
        return Pace(self.flat * many, self.epochs * many, self.why)

    def said(self, bound: int) -> str:
        """When the rate begins to fall, why, and when training ends, in words."""
        return (
            f"after epoch {self.flat} its learning rate falls, as {self.why}; it ends after {self.epochs} of at most "
            f"{bound} epochs."
        )

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)


def pace_from(plain: Mapping[str, Any]) -> Pace:
    """A pace from a record."""
    return Pace(int(plain["flat"]), int(plain["epochs"]), str(plain.get("why", "")))


def longest(bound: int) -> Pace:
    """The pace of a training whose loss falls to the last."""
    return Pace(bound - round(bound * COOL), bound, "its bound of epochs was reached")


def ended(flat: int, bound: int, why: str) -> Pace:
    """The pace of a training that has learned after `flat` epochs."""
    return Pace(flat, min(bound, flat + max(1, round(flat * COOL / (1 - COOL)))), why)


def reason_to_end(losses: Sequence[float], patience: int) -> str:
    """Why the rate should begin to fall, by the mean training losses (epochs,) so far; empty: no reason yet."""
    if len(losses) < 2 * patience:
        return ""
    before, now = (math.fsum(part) / patience for part in (losses[-2 * patience : -patience], losses[-patience:]))
    if now < LEARNED:
        return f"its training loss fell below {LEARNED:g}"
    if now > (1 - FALL) * before:
        return f"its training loss no longer fell by {FALL:.0%} in {patience} epochs"
    return ""


def rate_factor(recipe: Recipe, pace: Pace, passed: float) -> float:
    """The learning rate's factor after so many epochs, a fraction of one included."""
    if recipe.budget == "quick":
        return _cosine(passed / recipe.epochs, WARM)
    warm = min(WARM_EPOCHS, WARM * recipe.epochs)
    if passed < warm:
        return WARM + (1 - WARM) * passed / warm
    return 1.0 if passed < pace.flat else _cosine((passed - pace.flat) / (pace.epochs - pace.flat), 0.0)


def _cosine(share: float, warm: float) -> float:
    if share < warm:
        return 0.1 + 0.9 * share / warm
    return max(0.5 * (1 + math.cos(math.pi * (share - warm) / (1 - warm))), LEAST)


def looks(recipe: Recipe, epochs: int) -> frozenset[int]:
    """The epochs to look back at, beside the last: the same for a student and the control that sets its pace.

    Of a training whose end is not known they grow ever further apart; else see `probes`.
    """
    if recipe.budget == "quick":
        return probes(epochs)
    grown = {round(1.25**step) for step in range(40)}
    return frozenset(e for e in grown | {1, 2, 3, 5} if e <= epochs)


def probes(epochs: int) -> frozenset[int]:
    """The epochs to look back at: 1, 2, 3, 5, then evenly, about thirty in all, and always the last."""
    step = max(1, -(-epochs // PROBES))
    return frozenset([e for e in (1, 2, 3, 5) if e <= epochs] + list(range(step, epochs + 1, step)) + [epochs])
