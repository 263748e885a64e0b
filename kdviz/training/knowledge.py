"""What student and teachers may know: labels, channels, and how sound their series are. Data, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset, Index

if TYPE_CHECKING:
    from kdviz.training.recipe import Recipe

DEGRADED = ("both", "student", "test")
"""Where the student's series are degraded: where it learns and is tested, where it learns alone, or is tested alone."""

HIDDEN = -1
"""The label of a series whose class nobody may read."""

SAME, ALL = "same", "all"
NOISES, GAPS = (0.06, 0.09, 0.12), (0.15, 0.22, 0.30)
"""Strengths of noise and of missing stretches that papers on wearables report."""

MOST_NOISE, MOST_MISSING = 2.0, 0.9


@dataclass(frozen=True)
class Knowledge:
    """What may be known; as it stands here, everything.

    labels            so many training series of each class keep their label, drawn by the seed; 0: all
    teacher_labels    whether teachers learn from the `same` few labels, or from `all`
    student_channels  the channels that the student sees, by name; none: all
    teacher_channels  likewise for teachers, by modality
    noise, missing    what the student's series suffer: noise in standard deviations of each channel, and the share of
                      a series that one missing stretch takes; teachers always see series as they are
    degraded          `both`, or where the student learns (`student`) or is tested (`test`) alone
    teacher_runs      identities of finished runs whose networks teach
    """

    labels: int = 0
    teacher_labels: str = SAME
    student_channels: tuple[str, ...] = ()
    teacher_channels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    noise: float = 0.0
    missing: float = 0.0
    degraded: str = "both"
    teacher_runs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not (isinstance(self.labels, int) and 0 <= self.labels <= 100_000):
            raise UserError(
                f"The labels of each class were {self.labels}; allowed is a whole number from 1, or 0 for all."
            )
        if self.teacher_labels not in (SAME, ALL):
            raise UserError(f"The teachers' labels were {self.teacher_labels[:40]!r}; allowed is {SAME} or {ALL}.")
        if not (0 <= self.noise <= MOST_NOISE and 0 <= self.missing <= MOST_MISSING):
            raise UserError(
                f"Noise was {self.noise:g} and missing {self.missing:g}; allowed are 0 to {MOST_NOISE:g} standard "
                f"deviations, and a share of 0 to {MOST_MISSING:g}."
            )
        if self.degraded not in DEGRADED:
            raise UserError(f"Degraded was {self.degraded[:40]!r}; allowed is one of {', '.join(DEGRADED)}.")

    def as_dict(self) -> dict[str, Any]:
        """As JSON values, without what is as it always was."""
        usual = asdict(Knowledge())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}


EVERYTHING = Knowledge()


def knowledge_from(plain: Mapping[str, Any] | Knowledge | None) -> Knowledge:
    """What a wish in JSON values says; raises UserError for what it cannot say."""
    if plain is None or isinstance(plain, Knowledge):
        return plain or EVERYTHING
    try:
        given = dict(plain)
        for name in ("student_channels", "teacher_runs"):
            given[name] = tuple(str(each) for each in given.get(name, ()))
        each = dict(given.get("teacher_channels", {}))
        return Knowledge(**{**given, "teacher_channels": {str(m): tuple(names) for m, names in each.items()}})
    except (TypeError, ValueError) as reason:
        raise UserError(f"What may be known cannot be read: {reason}.") from None


def named_channels(words: tuple[str, ...], data: Dataset) -> tuple[str, ...]:
    """Channels by their names, given as names or as numbers from 0; none, or all of them, is none.

    Raises UserError for a channel that the data have not.
    """
    found = []
    for word in words:
        name = data.channels[int(word)] if word.isdecimal() and int(word) < len(data.channels) else word
        if name not in data.channels:
            there = ", ".join(f"{k} {each}" for k, each in enumerate(data.channels[:20]))
            raise UserError(f"{data.name} has no channel {word[:40]!r}. It has: {there}.")
        found.append(name)
    kept = tuple(name for name in data.channels if name in found)
    return () if kept == data.channels else kept


def training_series(data: Dataset) -> int:
    """How many series an epoch passes: those of the training set, and those without a label beside them."""
    return int(data.train.size) + (0 if data.unlabelled is None else len(data.unlabelled))


def hidden(data: Dataset, recipe: Recipe) -> NDArray[np.bool_]:
    """(n_train,) whose label is hidden from the recipe's network; drawn by its seed, more labels keep fewer's."""
    out = np.zeros(data.train.size, bool)
    if recipe.labels:
        labels, dice = data.y[data.train], np.random.default_rng([recipe.seed, 0x1ABE1])
        out[:] = True
        for label in range(len(data.classes)):
            out[dice.permutation(np.flatnonzero(labels == label))[: recipe.labels]] = False
    return out


def as_seen(data: Dataset, recipe: Recipe) -> Dataset:
    """The data as the recipe's network sees them: its channels alone, and degraded where they shall be.

    Series without labels, where the data have some, are training series of no class (`EncodedData` hides theirs).
    """
    if data.unlabelled is not None:
        m, n = len(data.unlabelled), data.series
        groups = None if data.groups is None else np.append(data.groups, [f"unlabelled {k}" for k in range(m)])
        data = replace(
            data, X=np.concatenate([data.X, data.unlabelled]), y=np.append(data.y, np.zeros(m, np.int64)),
            train=np.append(data.train, np.arange(n, n + m)), groups=groups, unlabelled=None,
        )  # fmt: skip
    if recipe.channels and recipe.channels != data.channels:
        seen = [data.channels.index(name) for name in named_channels(recipe.channels, data) or data.channels]
        data = replace(data, X=np.ascontiguousarray(data.X[:, seen]), channels=tuple(data.channels[k] for k in seen))
    if recipe.noise or recipe.missing:
        where = {"both": range(data.series), "student": np.concatenate([data.train, data.validation])}
        series = np.sort(np.asarray(where.get(recipe.degraded, data.test), np.int64))
        X = data.X.copy()
        X[series] = degrade(data, recipe, series, X[series])
        data = replace(data, X=X)
    return data


def degrade(data: Dataset, recipe: Recipe, numbers: Index, series: NDArray[np.float32]) -> NDArray[np.float32]:
    """Series (n, C, T) with noise and one missing stretch each, drawn by the recipe's seed and the series' number.

    A missing stretch stands at its channel's mean over the training series, as standardised zeros do.
    """
    clean = data.X[data.train]
    mean, spread = clean.mean((0, 2), dtype=np.float64), clean.std((0, 2), dtype=np.float64)
    out, length = series.copy(), series.shape[2]
    gap = round(recipe.missing * length)
    for each, number in zip(out, numbers, strict=True):
        dice = np.random.default_rng([recipe.seed, int(number), 0x3043])
        each += (recipe.noise * spread[:, None] * dice.standard_normal(each.shape)).astype(np.float32)
        if gap:
            start = int(dice.integers(0, length - gap + 1))
            each[:, start : start + gap] = mean[:, None]
    return out


def condition(recipe: Recipe, source: Mapping[str, Any] | None = None) -> str:
    """What the networks of a recipe may know, in words; empty where it is everything. `source` is that of the data."""
    own = [t for t in recipe.teachers if not lent(recipe, t)]
    said = []
    if recipe.labels:
        said.append(f"{recipe.labels} {'label' if recipe.labels == 1 else 'labels'} a class")
    if any(t.labels != recipe.labels for t in own):
        said.append("teachers with all labels")
    if source and "unlabelled" in source:
        said.append("unlabelled series too")
    if recipe.channels:
        said.append(f"student sees {', '.join(recipe.channels)}")
    said += [f"{t.student} teacher sees {', '.join(t.channels)}" for t in recipe.teachers if t.channels]
    said += [f"{name} {value:g}" for name, value in (("noise", recipe.noise), ("missing", recipe.missing)) if value]
    if (recipe.noise or recipe.missing) and recipe.degraded != "both":
        said.append("in training alone" if recipe.degraded == "student" else "in the test alone")
    said += [f"{t.student} teacher from run {t.identity[:8]}" for t in recipe.teachers if lent(recipe, t)]
    return "; ".join(said)


def as_teacher(recipe: Recipe, channels: tuple[str, ...] = ()) -> Recipe:
    """A recipe of a run from elsewhere while its network teaches: it sees series as they are, in its own channels."""
    return replace(recipe, channels=channels or recipe.channels, labels=0, noise=0.0, missing=0.0, degraded="both")


def lent(recipe: Recipe, teacher: Recipe) -> bool:
    """Whether one of its teachers comes from elsewhere: a finished run, taken as it is."""
    return teacher.student in recipe.lent and teacher in recipe.teachers
