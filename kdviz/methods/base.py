"""What a distillation method is: it reads a step and names its losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from kdviz.core.checkpoint_rules import Best
from kdviz.core.errors import UserError
from kdviz.core.flow import Losses, Scene, Step
from kdviz.core.params import NoParams
from kdviz.core.plugins import discover, pick
from kdviz.methods.needs import Needs

FAMILIES = ("answers", "features", "maps", "relations", "frequencies", "stages", "labels")
"""By what a method hands over, or for `stages` when it does; lists show them in this order."""

__all__ = ["FAMILIES", "About", "Method", "Needs", "Stage", "check", "method", "methods"]


@dataclass(frozen=True)
class Stage:
    """A stretch of training: its name and its share of the epochs.

    An unjudged stage never supplies the checkpoint that becomes the answer.
    """

    name: str
    share: float = 1.0
    judged: bool = True


@dataclass(frozen=True)
class About:
    """A method's page entry. `equation` is LaTeX; `hands` draws who hands what to whom, as (from, what, to)."""

    idea: str
    equation: str
    hands: tuple[tuple[str, str, str], ...]
    papers: tuple[str, ...] = ()
    elsewhere: str = ""
    cost: str = ""
    claims: str = ""


class Method(nn.Module):
    """One way to teach. Submodules made in `build` are trained with the student; buffers are saved.

    family      one of FAMILIES; lists show a method without one last
    selection   which checkpoint is the answer, unless the user says otherwise
    teaching    how its teachers should learn where that differs from the usual, e.g. {"stop": 0.5}
    learning    likewise how its student should, e.g. {"optimism": True}
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    family: ClassVar[str] = ""
    about: ClassVar[About]
    needs: ClassVar[Needs] = Needs()
    selection: ClassVar[str] = "last"
    teaching: ClassVar[Mapping[str, object]] = {}
    learning: ClassVar[Mapping[str, object]] = {}
    Params: ClassVar[type] = NoParams

    def __init__(self, params: Any = None) -> None:
        super().__init__()
        self.params: Any = self.Params() if params is None else params

    def build(self, scene: Scene) -> None:
        """Make the layers that the scene's shapes ask for."""

    def loss(self, step: Step) -> Losses:
        """The named terms of the loss, weights applied. Pure: calling it twice changes nothing."""
        raise NotImplementedError

    def remember(self, step: Step) -> None:
        """The only place where buffers change; called between backward and the optimiser's step."""

    def stages(self) -> tuple[Stage, ...]:
        """The stretches of training, in order; shares sum to one."""
        return (Stage("distil"),)

    def best(self) -> Best:
        """What judges which epoch is the best; a fresh one for each training."""
        return Best()

    def maps(self, step: Step) -> dict[str, Tensor]:
        """What the method itself attends with, (N, *grid) each: drawn on the evidence page."""
        return {}

    def readouts(self, step: Step) -> dict[str, float]:
        """Numbers worth a curve beside the losses, e.g. how much the teachers disagree."""
        return {}

    def remarks(self) -> tuple[str, ...]:
        """Sentences for the reader of a run, once built: what was chosen for these shapes, what does nothing."""
        return ()

    def starts_trained(self) -> bool:
        """Whether the student starts from its twin that learned from labels alone, rather than fresh."""
        return False


def methods() -> dict[str, type[Method]]:
    """Every method there is, by id."""
    return discover("kdviz.methods", Method)


def method(name: str) -> type[Method]:
    """The method called `name`; raises UserError."""
    return pick("kdviz.methods", Method, name, "method")


def check(name: str, teachers: tuple[str, ...], student: str) -> None:
    """Raise UserError, with the change that would help, where a method cannot run with these."""
    reason = method(name).needs.refusal(teachers, student)
    if reason:
        raise UserError(f"{method(name).title} ({name}) cannot run with these networks. {reason}")
