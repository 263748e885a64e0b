"""What a distillation method is: it reads a step and names its losses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from kdviz.errors import UserError
from kdviz.flow import Losses, Scene, Step
from kdviz.params import NoParams
from kdviz.plugins import discover, pick
from kdviz.terms import TIMELESS


@dataclass(frozen=True)
class Needs:
    """What a method cannot do without.

    teachers       how many teachers at least and at most (None: any number)
    modalities     at least one teacher out of each of these groups, e.g. (("gaf", "persistence"),)
    student_kinds  empty: any; otherwise of `signal`, `fusion`
    shared_axis    maps are laid on each other, so that a student of another kind than `fusion` cannot learn from
                   images without an axis of time alone
    """

    teachers: tuple[int, int | None] = (1, None)
    modalities: tuple[tuple[str, ...], ...] = ()
    student_kinds: tuple[str, ...] = ()
    shared_axis: bool = False

    def refusal(self, teachers: tuple[str, ...], student: str) -> str | None:
        """Why these teachers and this student will not do, with the change that would; None if they do."""
        low, high = self.teachers
        if len(teachers) < low:
            return f"It needs at least {low} teacher{'s' * (low > 1)}, and {len(teachers)} were given: add one."
        if high is not None and len(teachers) > high:
            most = f"at most {high} teacher{'s' * (high != 1)}" if high else "no teacher"
            return f"It takes {most}, and {len(teachers)} were given: leave {'some' if high else 'them'} out."
        for group in self.modalities:
            if not set(group) & set(teachers):
                return f"It needs a teacher that sees {' or '.join(group)}: add one to the teachers."
        if self.student_kinds and student not in self.student_kinds:
            return f"It needs a student of kind {' or '.join(self.student_kinds)}, not {student}: change the student."
        if self.shared_axis and student != "fusion" and set(teachers) <= set(TIMELESS):
            return (
                f"It compares maps in time, which {' and '.join(teachers)} has not: add signal or gaf to the teachers."
            )
        return None

    def usual(self, offered: tuple[str, ...]) -> tuple[str, ...]:
        """The teachers to begin with, out of those offered: as many as the method takes, wanted groups first."""
        wanted = [m for group in self.modalities for m in offered if m in group]
        most = len(offered) if self.teachers[1] is None else self.teachers[1]
        chosen = list(dict.fromkeys([*wanted, *offered]))[:most]
        return tuple(m for m in offered if m in chosen)


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

    selection   which checkpoint is the answer, unless the user says otherwise
    teaching    how its teachers should learn where that differs from the usual, e.g. {"stop": 0.5}
    """

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    about: ClassVar[About]
    needs: ClassVar[Needs] = Needs()
    selection: ClassVar[str] = "last"
    teaching: ClassVar[Mapping[str, object]] = {}
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
        raise UserError(f"{method(name).title} ({name}) cannot run so. {reason}")
