"""A recipe is names and numbers only: a run's whole identity, with its teachers' recipes; compared row by row."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.params import Value

SELECTIONS = ("best", "last")
BATCHES = ("even", "sliced")
BUDGETS = ("converged", "quick")
LASTS = (*BUDGETS, "doubled")
PARTS = ("train", "train+validation")
UNSAID: dict[str, Any] = {"batches": "sliced", "labels": 0, "channels": (), "lent": (), "noise": 0.0, "missing": 0.0}
UNSAID |= {"degraded": "both", "budget": "quick", "patience": 0, "part": "train"}
UNSAID |= {"task": "classification", "window": 0, "step": 0, "train_end": 0, "origin": ""}
"""What a recipe does not say where it is so: recipes of before, which knew no other, keep their identities."""
RECORDED = "recorded"
"""Stands in a method's place where networks were trained elsewhere and only looked at: nothing can train them again."""

SPOKEN = ("batches", "budget", "patience", "part")
"""What is listed for every recipe all the same."""


@dataclass(frozen=True)
class Recipe:
    """How one network learns.

    data          sha256 of the data set
    student       `signal`, another modality's id, or `fusion`
    sees          the modalities the student sees
    views         every knob of every modality used, by modality
    knobs         every knob of the method
    teachers      recipes of teachers, one per modality: `supervised` on the same data, or of a run from elsewhere
    rate, decay   learning rate and weight decay of AdamW; the rate warms up and then follows a cosine
    stop          a share of the epochs after which training stops early (1: never); the schedule is that of all epochs
    optimism      also note what choosing the epoch on the test set would have claimed (the literature's protocol)
    batches       `even`: an epoch's batches differ by at most one series; `sliced`: all are full but the last, which
                  may hold a single series. Recipes were all `sliced` before they said so: they are read as such, and
                  keep their identity by not saying it
    labels        so many training series of each class keep their label (0: all); the others teach through teachers
    channels      the channels that this network sees, by name; none: all
    lent          the modalities whose teacher is a finished run from elsewhere, taken as it is
    noise, missing, degraded   what the series suffer that this network sees, and where: kdviz.training.knowledge
    epochs        passes over the training set; where `budget` is not `quick`, the most there may be
    budget        `quick`: all epochs; `converged`: until the training loss no longer falls (training/budget.py), a
                  student with a control exactly as long as its twin; `doubled`: twice as long as the same recipe with
                  half the epochs, the control of a student that starts from its twin
    patience      steps over which the training loss has to fall; 0 where the budget is `quick`
    batch         samples per step; 0: a tenth of those it learns from, 2 to 16
    part          what it learns from: `train`, or `train+validation` where nothing is chosen by validation data
    task          what is learned: to tell classes, or to follow a teacher on a normal recording (`anomaly`). That and
                  what belongs to it are not said where it is classification, which keeps those identities:
    window, step, train_end   of a watched recording, in samples
    origin        whose weights its frozen teachers have, by view, with the first digits of their fingerprint
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
    batches: str = "even"
    labels: int = 0
    channels: tuple[str, ...] = ()
    lent: tuple[str, ...] = ()
    noise: float = 0.0
    missing: float = 0.0
    degraded: str = "both"
    budget: str = "quick"
    patience: int = 0
    part: str = "train"
    task: str = "classification"
    window: int = 0
    step: int = 0
    train_end: int = 0
    origin: str = ""

    def as_dict(self) -> dict[str, Any]:
        """As JSON values."""
        told = {**asdict(self), "teachers": tuple(t.as_dict() for t in self.teachers)}
        return {name: value for name, value in told.items() if UNSAID.get(name, ...) != value}

    def plain(self) -> dict[str, Any]:
        """As `as_dict`, to read only: nothing is copied, for identities are asked for by the thousand."""
        told = {f.name: getattr(self, f.name) for f in fields(self)}
        told["teachers"] = tuple(t.plain() for t in self.teachers)
        return {name: value for name, value in told.items() if UNSAID.get(name, ...) != value}

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
    def recorded(self) -> bool:
        """Whether its networks were trained elsewhere."""
        return self.method == RECORDED

    @property
    def used(self) -> tuple[str, ...]:
        """Every modality that the student or a teacher sees."""
        return tuple(dict.fromkeys([*self.sees, *(m for t in self.teachers for m in t.sees)]))

    @property
    def student_kind(self) -> str:
        """`fusion`, or `signal` for a student of one modality: what methods ask for."""
        return "fusion" if self.student == "fusion" else "signal"

    def leader(self) -> Recipe | None:
        """The recipe whose training says how long this one lasts; None: its own loss or its epochs do."""
        if self.budget == "doubled":
            return replace(self, budget="converged", epochs=self.epochs // 2)
        led = self.method != "supervised" and (self.control or bool(self.knobs.get("annealed")))
        return self.twin() if self.budget == "converged" and led else None

    def twin(self) -> Recipe:
        """The same network and seed, with labels only, for as many epochs as this one."""
        views = {m: self.views[m] for m in self.sees}
        return replace(
            self,
            method="supervised",
            knobs={},
            teachers=(),
            views=views,
            control=False,
            stop=1.0,
            optimism=False,
            lent=(),
        )

    def scratch(self) -> Recipe:
        """The from-scratch control: the twin, for as many steps as the student had, its start included.

        Recipes of before, whose batches are `sliced`, keep the control they had: the twin itself.
        """
        if not self.knobs.get("annealed") or self.batches != "even":
            return self.twin()
        lasts = "doubled" if self.budget == "converged" else self.budget
        return replace(self.twin(), epochs=2 * self.epochs, budget=lasts)


def recipe_from(plain: Mapping[str, Any]) -> Recipe:
    """A recipe from JSON values; raises UserError for names or types that a recipe does not have."""
    try:
        given = dict(plain)
        given["teachers"] = tuple(recipe_from(t) for t in given.get("teachers", ()))
        given["sees"] = tuple(given.get("sees", ("signal",)))
        given |= {name: tuple(given.get(name, ())) for name in ("channels", "lent")}
        given = {**UNSAID, **given}
        for name, allowed in (("batches", BATCHES), ("budget", LASTS), ("part", PARTS)):
            if given[name] not in allowed:
                raise ValueError(f"{name} is one of {', '.join(allowed)}")
        return Recipe(**given)
    except (TypeError, ValueError, AttributeError) as reason:
        raise UserError(f"This recipe cannot be read: {reason}. Make it anew with `python -m kdviz distill`.") from None


def batch_of(series: int, batch: int) -> int:
    """Samples per step, where a batch of 0 is a tenth of so many series, 2 to 16."""
    return batch or min(16, max(2, series // 10))


def steps_of(series: int, batch: int) -> int:
    """Steps of an epoch over so many series."""
    return -(-series // batch_of(series, batch))


ABSENT = "-"
Rows = list[tuple[str, tuple[str, ...]]]


def differences(recipes: Sequence[Recipe]) -> Rows:
    """(setting, its value in each recipe) where they differ, in the order of a recipe; `-` where there is none."""
    flat = [settings(r) for r in recipes]
    names = dict.fromkeys(name for each in flat for name in each)
    rows = [(name, tuple(each.get(name, ABSENT) for each in flat)) for name in names]
    return [(name, values) for name, values in rows if len(set(values)) > 1]


def settings(recipe: Recipe) -> dict[str, str]:
    """Every setting of a recipe by a dotted name, as text: `gaf.size`, `method.temperature`, `teacher.gaf.epochs`."""
    said = {**recipe.as_dict(), **{name: getattr(recipe, name) for name in SPOKEN}}
    out = {name: _text(said[name]) for name in said if name not in ("views", "knobs", "teachers", "sees", "data")}
    out = {"data": recipe.data[:12], **out, "sees": ", ".join(recipe.sees)}
    out["teachers"] = ", ".join(recipe.teacher_names) or ABSENT
    out |= {f"method.{name}": _text(value) for name, value in recipe.knobs.items()}
    for view, knobs in recipe.views.items():
        out |= {f"{view}.{name}": _text(value) for name, value in knobs.items()}
    for teacher in recipe.teachers:
        out |= {f"teacher.{teacher.student}.{name}": value for name, value in _own(teacher).items()}
    return out


def _own(teacher: Recipe) -> Mapping[str, str]:
    """What of a teacher is not said elsewhere in the recipe."""
    names = ("architecture", "epochs", "batch", "rate", "decay", "selection", "stop", "seed", *SPOKEN)
    known = [name for name in ("labels", "channels", "noise", "missing") if getattr(teacher, name) != UNSAID[name]]
    return {name: _text(getattr(teacher, name)) for name in (*names, *known)}


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
