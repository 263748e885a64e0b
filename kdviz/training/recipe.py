"""A recipe is names and numbers only: the whole identity of a run, and a tree of those of its teachers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from kdviz.errors import UserError
from kdviz.params import Value

SELECTIONS = ("best", "last")


@dataclass(frozen=True)
class Recipe:
    """How one network learns.

    data          sha256 of the data set
    student       `signal`, another modality's id, or `fusion`
    sees          the modalities the student sees
    views         every knob of every modality used, by modality
    knobs         every knob of the method
    teachers      recipes of `supervised`, one per modality
    rate, decay   learning rate and weight decay of AdamW; the rate warms up and then follows a cosine
    stop          a share of the epochs after which training stops early (1: never); the schedule is that of all epochs
    optimism      also note what choosing the epoch on the test set would have claimed (the literature's protocol)
    """

    data: str
    method: str = "supervised"
    student: str = "signal"
    sees: tuple[str, ...] = ("signal",)
    architecture: str = "tiny"
    views: Mapping[str, Mapping[str, Value]] = field(default_factory=dict)
    knobs: Mapping[str, Value] = field(default_factory=dict)
    teachers: tuple[Recipe, ...] = ()
    epochs: int = 60
    batch: int = 16
    rate: float = 0.01
    decay: float = 1e-4
    selection: str = "last"
    stop: float = 1.0
    seed: int = 0
    threads: int = 1
    control: bool = True
    optimism: bool = False

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return asdict(self)

    @property
    def identity(self) -> str:
        """32 hexadecimal digits: equal for equal recipes, whatever the order of their settings."""
        words = json.dumps(self.plain(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(words.encode()).hexdigest()[:32]

    @property
    def teacher_names(self) -> tuple[str, ...]:
        """The teachers' modalities, in order."""
        return tuple(t.student for t in self.teachers)

    @property
    def used(self) -> tuple[str, ...]:
        """Every modality that the student or a teacher sees."""
        return tuple(dict.fromkeys([*self.sees, *(m for t in self.teachers for m in t.sees)]))

    @property
    def student_kind(self) -> str:
        """`fusion`, or `signal` for a student of one modality: what methods ask for."""
        return "fusion" if self.student == "fusion" else "signal"

    def scratch(self) -> Recipe:
        """The from-scratch control: same network, seed and budget, labels only."""
        views = {m: self.views[m] for m in self.sees}
        return replace(
            self, method="supervised", knobs={}, teachers=(), views=views, control=False, stop=1.0, optimism=False
        )


def recipe_from(plain: Mapping[str, Any]) -> Recipe:
    """A recipe from JSON values; raises UserError for names or types that a recipe does not have."""
    try:
        given = dict(plain)
        given["teachers"] = tuple(recipe_from(t) for t in given.get("teachers", ()))
        given["sees"] = tuple(given.get("sees", ("signal",)))
        return Recipe(**given)
    except (TypeError, ValueError, AttributeError) as reason:
        raise UserError(f"This recipe cannot be read: {reason}. Make it anew with `python -m kdviz distill`.") from None
