"""What a watch is made of: its settings, which method watches which view, windows, and where each part of it ends."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Choice, Range, Value, fill
from kdviz.data.prepare.windows import between
from kdviz.data.stretch import Stretch
from kdviz.metrics.detection import period, window_of
from kdviz.training.recipe import Recipe

TASK = "anomaly"
VIEWS = ("signal", "gaf", "persistence")
FUSED, WHOLE = "fused", "whole"
LAST, LEAST = "last", "least"
KEPT, FOLLOWED = "kept", "followed"
SELECTIONS = {LAST: "the last epoch", LEAST: "the epoch of least discrepancy on the kept normal part"}
"""Which epoch's student answers. Neither looks at a mark."""
WINDOW_CHOICES = (16, 24, 32, 48, 64, 96, 128, 192, 256)
FEWEST_WINDOWS, SHARE_KEPT, EPOCHS = 4, 0.2, 10


@dataclass(frozen=True)
class Settings:
    """The settings of a watch, beside window, views and methods."""

    signal_teacher: Annotated[
        str, Choice(("scan", "own", "random"), "synthetic series; the normal part itself; untrained, as a control")
    ] = "scan"
    gaf_teacher: Annotated[
        str, Choice(("lite0", "scan", "own", "random"), "ImageNet (an optional extra); the rest as for the signal")
    ] = "lite0"
    persistence_teacher: Annotated[str, Choice(("scan", "own", "random"), "as for the signal")] = "scan"
    gaf_range: Annotated[
        str,
        Choice(("margin", "lgaf", "ggaf"), "margin: the normal part's range and 25 % more; lgaf, ggaf: Park & Jang's"),
    ] = "margin"
    gaf_reading: Annotated[
        str, Choice(("means", "park_jang"), "a plane back in time: means of row and column, or Park & Jang's rule")
    ] = "means"
    quantile: Annotated[float, Range(0.5, 1, 0.005, "the threshold: this quantile of the kept normal part")] = 1.0
    above: Annotated[float, Range(0, 5, 0.05, "and this many times (its maximum - its median) above")] = 0.0
    fuse_persistence: Annotated[
        str, Choice(("no", "yes"), "whether the persistence image counts in the fused score; it is nearly blind here")
    ] = "no"
    level: Annotated[
        str,
        Choice((KEPT, FOLLOWED), "kept: values as they are; followed: channels that drift, less their running level"),
    ] = KEPT

    def teacher(self, view: str) -> str:
        """The teacher of a view."""
        return str(getattr(self, f"{view}_teacher"))


def watches() -> dict[str, tuple[str, ...]]:
    """The views that each method can watch, the one it is meant for first; imports torch."""
    from kdviz.methods.imitation import imitations

    return {name: kind.watches for name, kind in imitations().items()}


def settings_from(knobs: Mapping[str, object]) -> Settings:
    """The settings of a watch out of all its knobs, without those of its methods; raises UserError."""
    return fill(Settings, {k: v for k, v in knobs.items() if "." not in k})


def knobs_from(given: Mapping[str, object], methods: Sequence[str]) -> dict[str, Value]:
    """Every setting of a watch by name: its own (`gaf.teacher` is `gaf_teacher`), and `rd.maps` of its methods.

    `level` is named only where somebody says it: recipes of before know of none. Raises UserError for what there is
    not. Imports torch.
    """
    from kdviz.methods.imitation import imitation

    of = {m: {k.split(".", 1)[1]: v for k, v in given.items() if k.startswith(f"{m}.")} for m in methods}
    taken = {f"{m}.{k}" for m, own in of.items() for k in own}
    whole = fill(Settings, {k.replace(".", "_"): v for k, v in given.items() if k not in taken})
    own = {f"{m}.{k}": v for m in methods for k, v in asdict(fill(imitation(m).Params, of[m])).items()}
    said = {k: v for k, v in asdict(whole).items() if k != "level" or k in given}
    return {**said, **own}


@dataclass(frozen=True)
class Pair:
    """A method on a view. `key` is the view's name where it is the first on it, else view_method."""

    key: str
    view: str
    method: str


def pairs_of(views: Sequence[str], methods: Sequence[str]) -> tuple[Pair, ...]:
    """Which method watches which view; raises UserError where a view or a method would be idle.

    A method watches the first view of its own order that was asked for; a view that is left gets the first method
    that can watch it.
    """
    for name in views:
        if name not in VIEWS:
            raise UserError(f"There is no view {name[:40]!r} to watch. Choose of: {', '.join(VIEWS)}.")
    able_of = watches()
    for name in methods:
        if name not in able_of:
            raise UserError(f"There is no way to watch called {name[:40]!r}. Choose of: {', '.join(sorted(able_of))}.")
    if not views or not methods:
        raise UserError("Watching needs a view and a method: --views signal --method hidden.")
    found: list[tuple[str, str]] = []
    for name in dict.fromkeys(methods):
        at = next((v for v in able_of[name] if v in views), None)
        if at is None:
            raise UserError(f"{name} can watch {' or '.join(able_of[name])}, not {', '.join(views)}: add such a view.")
        found.append((at, name))
    for view in dict.fromkeys(views):
        if not any(v == view for v, _ in found):
            able = next((m for m in methods if view in able_of[m]), None)
            if able is None:
                can = ", ".join(m for m, seen in able_of.items() if view in seen)
                raise UserError(f"No chosen method can watch {view}: add one of {can} with --method.")
            found.append((view, able))
    ordered = sorted(found, key=lambda p: tuple(views).index(p[0]))
    first = dict(reversed(ordered))
    return tuple(Pair(v if first[v] == m else f"{v}_{m}", v, m) for v, m in ordered)


@dataclass(frozen=True, eq=False)
class Layout:
    """Where everything of a watch lies, in samples.

    fit       the student learns from [0, fit)
    train_end the rest of the normal part, [fit, train_end), is kept for z and threshold
    normal    the stretch of it that no window of what follows touches
    scored    (N,) starts of the windows that are scored, every step and the last whole one of each part
    """

    window: int
    step: int
    fit: int
    train_end: int
    normal: slice
    scored: NDArray[np.int64]


def window_for(stretch: Stretch) -> tuple[int, int]:
    """The usual window and the period it follows (0: none), by the normal part of the channel that repeats most."""
    normal = stretch.values[:, : stretch.train_end]
    found = [period(row) for row in normal[:8]]
    best = next((p for p in found if p), 0)
    return window_of(best), best


def layout_of(stretch: Stretch, window: int, step: int) -> Layout:
    """The parts of a stretch for windows of this length; raises UserError where it is too short."""
    length, end = stretch.length, stretch.train_end
    if length < FEWEST_WINDOWS * window or end < FEWEST_WINDOWS * window:
        what, have = ("recording", length) if length < FEWEST_WINDOWS * window else ("normal part", end)
        fits = min(length, end) // (FEWEST_WINDOWS * 8) * 8
        later = ", end the normal part later" * (what == "normal part")
        way = (
            f"Choose a shorter window (--window {fits}){later} or take a longer recording."
            if fits
            else "Watch a longer one."
        )
        raise UserError(
            f"The {what} has {have:,} samples; a window of {window} needs {FEWEST_WINDOWS * window:,} or more. {way}"
        )
    kept = max(window, round(SHARE_KEPT * end))
    fit = end - kept
    if fit < 2 * window:
        fit, kept = end - window, window
    last = end if stretch.whole else max(fit + kept // 2, end - window)
    return Layout(window, step, fit, end, slice(fit, last), starts(stretch, window, step, 0, length))


def _refuse_still(stretch: Stretch, layout: Layout) -> None:
    """Raise UserError where no channel moves in the fit part: every score would be taken with a spread of nothing."""
    if not np.ptp(stretch.values[:, : layout.fit], axis=1).any():
        raise UserError(
            f"Nothing moves in the first {layout.fit:,} samples, so there is nothing to learn from them. End the "
            "normal part later (--train-end), or watch other channels (channels=...)."
        )


def starts(stretch: Stretch, window: int, step: int, first: int, last: int) -> NDArray[np.int64]:
    """Starts of windows in [first, last): every step, and the last whole window of each part; none spans an edge."""
    inner = stretch.borders[(stretch.borders > first) & (stretch.borders < last)]
    edges = np.concatenate([[first], inner, [last]]).astype(np.int64)
    ends = edges[1:][np.diff(edges) >= window] - window
    return np.union1d(between(edges, window, step), ends).astype(np.int64)


def watch_recipe(
    stretch: Stretch, views: Sequence[str], methods: Sequence[str], knobs: Mapping[str, Value], origin: str,
    seed: int = 0, window: int = 0, step: int = 0, selection: str = LAST,
) -> Recipe:  # fmt: skip
    """The recipe of a watch: its whole identity. Raises UserError where it cannot be."""
    pairs_of(views, methods)
    if selection not in SELECTIONS:
        raise UserError(f"The selection was {selection[:40]!r}; allowed is one of {', '.join(SELECTIONS)}.")
    size = window or window_for(stretch)[0]
    if size % 8 or not 8 <= size <= 1024:
        raise UserError(f"The window was {size}; allowed is a multiple of 8 from 8 to 1024, for three halvings.")
    if not 0 <= step <= size:
        raise UserError(
            f"The step was {step}; allowed is 1 to the window's {size} samples: no sample may be passed over."
        )
    _refuse_still(stretch, layout_of(stretch, size, step or size // 4))
    return Recipe(
        data=stretch.sha256, method="+".join(methods), student=views[0], sees=tuple(views),
        views={v: {} for v in views}, knobs=dict(knobs),
        epochs=EPOCHS, rate=3e-3, batch=32, seed=seed, control=False, architecture="watch", task=TASK, window=size,
        step=step or size // 4, train_end=stretch.train_end, origin=origin, selection=selection,
    )  # fmt: skip


def pairs_from(recipe: Recipe) -> tuple[Pair, ...]:
    """The pairs of a recipe."""
    return pairs_of(recipe.sees, recipe.method.split("+"))


def fused_keys(recipe: Recipe) -> tuple[str, ...]:
    """The scores whose mean is the fused one: all but the persistence image's, unless there is no other."""
    every = [p.key for p in pairs_from(recipe)]
    seen = [p.key for p in pairs_from(recipe) if p.view != "persistence"]
    return tuple(every if recipe.knobs.get("fuse_persistence") == "yes" or not seen else seen)


def settings_of(recipe: Recipe) -> Settings:
    """The settings of a recipe, without its methods'; raises UserError for what none has."""
    return settings_from(recipe.knobs)


def own_settings(recipe: Recipe, method: str) -> dict[str, Any]:
    """The settings of one method of a recipe."""
    return {k.removeprefix(f"{method}."): v for k, v in recipe.knobs.items() if k.startswith(f"{method}.")}


def watch_line(recipe: Recipe, source: Mapping[str, Any], name: str) -> str:
    """The shell line that watches so again."""
    what = f"sample:{source['sample']}" if "sample" in source else shlex.quote(name or "FILE")
    usual = asdict(Settings())
    told = {k: v for k, v in recipe.knobs.items() if "." in k or k == "level" or usual.get(k, v) != v}
    given = [f"{k.replace('_', '.', 1)}={v}" for k, v in told.items()]
    words = ["python -m kdviz watch", what, f"--train-end {recipe.train_end}", f"--views {','.join(recipe.sees)}"]
    words += [f"--method {recipe.method.replace('+', ',')}", f"--window {recipe.window} --step {recipe.step}"]
    words += [f"--selection {recipe.selection}"] * (recipe.selection != LAST)
    words += [f"--seed {recipe.seed}"] * bool(recipe.seed) + [f"--set {' '.join(given)}"] * bool(given)
    return " ".join([*words, "--out watched"])
