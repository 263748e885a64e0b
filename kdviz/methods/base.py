"""What a distillation method is: it reads a step and names its losses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

import torch
from torch import Tensor, nn

from kdviz.errors import UserError
from kdviz.flow import Losses, Scene, Step
from kdviz.losses import cross_entropy, hinton
from kdviz.params import Choice, NoParams, Range
from kdviz.plugins import discover, pick


@dataclass(frozen=True)
class Needs:
    """What a method cannot do without.

    teachers       how many teachers at least and at most (None: any number)
    modalities     at least one teacher out of each of these groups, e.g. (("gaf", "persistence"),)
    student_kinds  empty: any; otherwise of `signal`, `fusion`
    """

    teachers: tuple[int, int | None] = (1, None)
    modalities: tuple[tuple[str, ...], ...] = ()
    student_kinds: tuple[str, ...] = ()

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


@dataclass(frozen=True)
class Softened:
    """The knobs of learning from labels and softened teacher outputs: L = (1 - s) CE + s KD."""

    temperature: Annotated[float, Range(1, 20, 0.5, "T: how soft the teachers' probabilities are")] = 4.0
    kd_share: Annotated[
        float, Range(0, 1, 0.05, "the teachers' logits' share of the loss; the labels get the rest")
    ] = 0.7
    reduction: Annotated[
        str,
        Choice(("batchmean", "element_mean"), "element_mean (Jeon et al.) is smaller by the number of classes"),
    ] = "batchmean"


def taught(step: Step, params: Softened, target: Tensor | None = None) -> Losses:
    """Terms `ce` and `kd`: labels, and the teachers' mean logits (or `target` (N, C)) softened."""
    share, student = params.kd_share, step.student.logits
    terms = {"ce": (1 - share) * cross_entropy(student, step.batch.label)}
    if share > 0:
        goal = mean_logits(step) if target is None else target
        terms["kd"] = share * hinton(student, goal, params.temperature, params.reduction)
    return terms


def mean_logits(step: Step) -> Tensor:
    """The mean of the teachers' logits (N, C)."""
    return torch.stack([t.logits for t in step.teachers.values()]).mean(0)


class Method(nn.Module):
    """One way to teach. Submodules made in `build` are trained with the student; buffers are saved."""

    id: ClassVar[str] = ""
    title: ClassVar[str] = ""
    about: ClassVar[About]
    needs: ClassVar[Needs] = Needs()
    selection: ClassVar[str] = "last"
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


__all__ = ["About", "Method", "Needs", "Softened", "Stage", "check", "mean_logits", "method", "methods", "taught"]
