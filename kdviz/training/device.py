"""Where networks train: on the processor, whose bits are promised, or on a graphics card where one is asked for; and
which of a run's networks train beside the others, in a second process."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kdviz.core.errors import UserError
from kdviz.training.recipe import batch_of, steps_of

if TYPE_CHECKING:
    import torch

    from kdviz.training.recipe import Recipe

DEVICES = ("cpu", "auto", "cuda")
USUAL = "cpu"
WISH = "KDVIZ_DEVICE"
"""Names the device of all runs that were not asked for with one of their own."""

WORTH = 100_000_000
"""Multiply-accumulates of a forward pass of one batch from which `auto` takes a card. A processor's core takes some ten
milliseconds for a step of that size, a card about one for a step of any small network: estimated, not measured."""

STEP = 50_000_000
"""Multiply-accumulates that take as long as all else of a training step: a core does some 30 thousand million a second
(small networks, batches of 16, AMD EPYC)."""

BESIDE = 900_000_000_000
"""Multiply-accumulates from which networks train in a second process: half a minute of a core. Its start takes three
seconds, and it holds torch and the series once more."""

ABOUT = "cpu: the same recipe gives the same bits; cuda: a graphics card, which promises no bits"
NO_CARD = (
    "The device was cuda, but torch sees no graphics card here. Choose cpu, or auto, which takes a card where there is "
    "one, or install torch for your card (pytorch.org)."
)
DRIVER = Path("/dev/nvidiactl")


def device_named(word: str) -> str:
    """One of DEVICES; raises UserError for another word."""
    if word not in DEVICES:
        raise UserError(f"The device was {word[:40]!r}; allowed is one of {', '.join(DEVICES)}.")
    return word


def wished(word: str = "") -> str:
    """What a run asked for, else what KDVIZ_DEVICE says, else the processor; raises UserError."""
    return device_named(word or os.environ.get(WISH, "") or USUAL)


def may_have_card() -> bool:
    """Whether this machine has a driver for a card, asked without torch."""
    return DRIVER.exists()


def sees_card() -> bool:
    """Whether torch sees a card."""
    import torch

    return torch.cuda.is_available()


def refuse_missing_card(word: str) -> None:
    """Raise UserError where a card is asked for and torch sees none."""
    if device_named(word) == "cuda" and not sees_card():
        raise UserError(NO_CARD)


def device_for(word: str, recipe: Recipe, shapes: Mapping[str, tuple[int, ...]], classes: int) -> torch.device:
    """Where a run's networks all train that see views of these shapes (C, *grid).

    `auto` takes a card where torch sees one and a batch of one of the networks is worth the way there. Raises UserError
    where `cuda` is asked for and there is none.
    """
    import torch

    refuse_missing_card(word)
    if word == "cpu" or not sees_card():
        return torch.device("cpu")
    worth = word == "cuda" or max(_macs(r, shapes, classes, r.batch or 16) for r in (recipe, *recipe.teachers)) >= WORTH
    return torch.device("cuda" if worth else "cpu")


def recorded_device(device: torch.device) -> dict[str, str]:
    """What a final record says of it: its kind, and the name of a card."""
    import torch

    card = {"card": torch.cuda.get_device_name(device)} if device.type == "cuda" else {}
    return {"device": device.type, **card}


def _macs(recipe: Recipe, shapes: Mapping[str, tuple[int, ...]], classes: int, batch: int) -> int:
    """Multiply-accumulates of a batch through a recipe's network; what is drawn for it is drawn for nobody else."""
    import torch

    from kdviz.nets.base import build
    from kdviz.nets.cost import macs

    with torch.random.fork_rng(devices=[]):
        net = build(recipe.student, recipe.architecture, recipe.sees, shapes, classes)
    return macs(net, shapes) * batch


def beside(
    first: Mapping[str, Recipe], later: Mapping[str, Recipe], shapes: Mapping[str, tuple[int, ...]], classes: int,
    series: int,
) -> tuple[str, ...]:  # fmt: skip
    """The networks, by role, that a second process trains in this order while this one trains the others; none where
    that is not worth its start.

    Of those that are needed `first` the dearest is dealt first, each to whoever has less to do; views that are slow to
    make stay here, where all are needed. Those that can wait until `later` train beside the student.
    """
    from kdviz.modalities.base import modality

    costs = {role: _training(each, shapes, classes, series) for role, each in {**first, **later}.items()}
    slow = {role: sum(math.prod(shapes[m]) for m in r.sees if not modality(m).quick) for role, r in first.items()}
    here, there = list[str](), list[str]()
    for role in sorted(first, key=lambda one: costs[one], reverse=True):
        min(here, there, key=lambda some: sum(costs[one] for one in some)).append(role)
    here, there = sorted((here, there), key=lambda some: -sum(slow[one] for one in some))
    there += later
    worth = min(sum(costs[one] for one in some) for some in (here, there)) >= BESIDE
    return tuple(there) if worth else ()


def _training(recipe: Recipe, shapes: Mapping[str, tuple[int, ...]], classes: int, series: int) -> int:
    """What training on so many series costs at most, in multiply-accumulates: a step passes a network three times."""
    batch = batch_of(series, recipe.batch)
    return recipe.epochs * steps_of(series, batch) * (STEP + 3 * _macs(recipe, shapes, classes, batch))
