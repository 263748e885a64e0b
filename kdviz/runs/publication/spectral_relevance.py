"""Which frequencies of the signal an answer rests on: Integrated Gradients carried through the Fourier transform.

Integrated Gradients of x from zero is <x, g> with g the mean gradient on the way. The transform is unitary, so the
same sum falls apart by frequency: R_k = Re(conj(X_k) G_k) (Parseval); over windows that add up to one, by both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Range
from kdviz.figures.chart import Axis, Chart, Frame, Line, lines, matrix
from kdviz.figures.palette import colour, network_name
from kdviz.metrics.agreement import agree
from kdviz.metrics.detection import auc_roc
from kdviz.metrics.intervals import finite_or_none
from kdviz.metrics.separability import evenly_spaced
from kdviz.metrics.spectra import by_frequency, by_time_and_frequency
from kdviz.nets.base import Branch
from kdviz.runs.analysis.opened_run import OpenedRun, chunked
from kdviz.runs.publication.base import UNTESTED, FigureKind, dash, over_seeds, whose, wide
from kdviz.runs.publication.figure_sheet import PublicationFigure
from kdviz.training.learner import student_of

Floats = NDArray[np.float64]
SIGNAL = "signal"
RANDOM = "Random weights"
STEPS = 8
"""Of a path; with 64, mean profiles differ by less than 0.0003 on planted series."""
AT_ONCE, SIDE_BY_SIDE = 128, 2
"""Series in one pass, and passes at a time, a thread each: neither changes a bit."""


@dataclass(frozen=True)
class Params:
    """How many series, and how long the windows of the short-time map are."""

    series: Annotated[int, Range(4, 1000, 1, "test series, evenly spaced")] = 128
    window: Annotated[int, Range(0, 4096, 1, "samples of a short-time window; 0: an eighth of the series")] = 0
    shown: Annotated[int, Range(0, 100_000, 1, "which test series the short-time maps show, from 0")] = 0


class SpectralRelevance(FigureKind):
    """Relevance by frequency of every network that sees the signal, beside random weights and any planted band."""

    id = "spectral"
    title = "Relevance by frequency"
    says = (
        "It shows which frequencies of the input an answer rests on, summed over time; a peak shows use, not need: "
        "without it the network might use another band."
    )
    params = Params

    def draw(self, runs: Sequence[OpenedRun], given: Params) -> PublicationFigure:
        """Means over series of relevance for the true class; raises UserError where the student sees no signal."""
        first = runs[0]
        if given.shown >= first.data.test.size:
            raise UserError(f"There is no test series {given.shown}: {first.data.name} has {first.data.test.size}.")
        explained = [self._explained(one, given) for one in runs]
        found = [
            {name: _shares(np.asarray(by_frequency(*each), np.float64)) for name, each in one.items()}
            for one in explained
        ]
        hertz, unit = _axis(first)
        numbers: dict[str, Any] = {"frequency": hertz.tolist(), "unit": unit}
        drawn, said = [], []
        band = _band(first, hertz)
        for name in [name for name in found[0] if all(name in each for each in found)]:
            mean = np.mean([each[name].mean(0) for each in found], axis=0)
            role = next((r for r in first.networks if network_name(r) == name), "control")
            drawn.append(Line(name, hertz.tolist(), mean.tolist(), colour(role), dash(name), wide(name)))
            told = [float(np.abs(each[name]).mean(0) @ hertz) for each in found]
            words = f"{name} {over_seeds(told)} {unit}"
            numbers[name] = {"relevance": mean.tolist(), "centre": float(np.mean(told))}
            if band is not None:
                areas = [auc_roc(band.astype(np.int64), each[name].mean(0)) for each in found]
                numbers[name]["auc_of_the_planted_band"] = float(np.mean(areas))
                words += f", AUC of the planted band {over_seeds(areas)}"
            said.append(words)
        marks = {} if band is None else {float(f): f"{f:g} {unit}" for f in _planted(first)}
        alt = "Share of relevance by frequency, network by network."
        charts: dict[str, Chart] = {self.title: lines(drawn, Axis(unit), Axis("share of relevance"), alt, marks)}
        charts |= self._short_time(first, given, unit)
        hits = _hits(first, explained[0], given)
        numbers |= {"auc_in_time_and_frequency": hits} if hits else {}
        likeness = _likeness(first, found[0], given)
        numbers["likeness"] = likeness
        of = "" if len(runs) == 1 else f" (seed {first.recipe.seed})"
        beside = ", ".join(f"{name} {value:.2f}" for name, value in likeness.items() if value is not None)
        alike = "" if not beside else (
            f" Correlation of profiles with the signal teacher's{of}, by chance with those of other series of the "
            f"class: {beside}."
        )  # fmt: skip
        planted = "" if not hits else (
            f" Framed is the planted ripple; AUC of its cells, over the same series{of}: "
            + ", ".join(f"{name} {value:.2f}" for name, value in hits.items())
            + ", by chance 0.50."
        )  # fmt: skip
        caption = (
            f"{whose(runs)} Integrated Gradients from zero ({STEPS} steps) for the true class through the Fourier "
            f"transform, mean over {min(given.series, first.data.test.size)} test series, each scaled to an absolute "
            f"sum of one. On average it rests on: {'; '.join(said)}.{alike} Maps: relevance by time and frequency of "
            f"series {first.data.test[given.shown]}{of}, each scaled to its own peak (red for the class, blue "
            f"against it), beside chance, which random weights are.{planted} {UNTESTED}"
        )
        return self.made(caption, charts, numbers)

    def _explained(self, opened: OpenedRun, given: Params) -> dict[str, tuple[Floats, Floats]]:
        """By name of network: the signal view and its mean gradient, of some test series."""
        series = evenly_spaced(opened.data.test, given.series)
        return {name: mean_gradient(opened, net, series) for name, net in _seeing(opened).items()}

    def _short_time(self, opened: OpenedRun, given: Params, unit: str) -> dict[str, Chart]:
        """Of one test series, by name of network, random weights last; what was planted in it is framed."""
        series, out = opened.data.test[given.shown : given.shown + 1], dict[str, Chart]()
        per, window = opened.data.rate or 1.0, _window(opened, given)
        step, bin_ = window / 2 / per, per / window
        frames: list[Frame] = []
        if (there := _ripples(opened)) is not None:
            inside, pitch, spread = np.flatnonzero(there[0][series[0]]), there[1][series[0]], there[2]
            frames = [(inside[0] / per, (inside[-1] + 1) / per, pitch - spread / 2, pitch + spread / 2)]
        for name, net in _seeing(opened).items():
            found = by_time_and_frequency(*mean_gradient(opened, net, series), window)[0].T
            peak = float(np.abs(found).max()) or 1.0
            time = Axis("s" if opened.data.rate else "sample", min=-step / 2, max=(found.shape[1] - 0.5) * step)
            up = Axis(unit, min=(len(found) - 0.5) * bin_, max=-bin_ / 2)
            out[f"{name}, series {series[0]}"] = matrix(
                (found[::-1] / peak).tolist(), time, up, f"Relevance by time and frequency, {name}.",
                limits=(-1.0, 1.0), signed=True, frames=frames,
            )  # fmt: skip
        return out


def _seeing(opened: OpenedRun) -> dict[str, Branch]:
    """Networks that see the signal, by name, and random weights; raises UserError where the student sees none."""
    nets = {network_name(role): net for role, net in opened.networks.items() if SIGNAL in net.modalities}
    if network_name("student") not in nets:
        raise UserError("The student does not see the signal, so its answer has no frequencies of the signal.")
    return nets | {RANDOM: _untrained(opened)}


def _shares(each: Floats) -> Floats:
    """Relevance (n, F) with its sign, each series scaled to an absolute sum of one."""
    return np.asarray(each / np.maximum(np.abs(each).sum(1, keepdims=True), 1e-30))


def _window(opened: OpenedRun, given: Params) -> int:
    """Samples of a short-time window, an even number."""
    return 2 * max((given.window or max(8, opened.data.length // 8)) // 2, 1)


def mean_gradient(opened: OpenedRun, net: Branch, series: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The signal view (n, C, T) and the mean gradient of the true class's logit on the way to it from zero.

    Gauss-Legendre over STEPS points; other views of a fusion network stay as they are.
    """
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        parts = list(pool.map(partial(_mean_gradient, opened, net), chunked(series, AT_ONCE)))
    return np.concatenate([x for x, _ in parts]), np.concatenate([slope for _, slope in parts])


def _mean_gradient(opened: OpenedRun, net: Branch, series: NDArray[np.int64]) -> tuple[Floats, Floats]:
    views = opened.input(net).views(series, names=net.modalities)
    target = torch.from_numpy(opened.data.y[series])
    places, weights = np.polynomial.legendre.leggauss(STEPS)
    total = torch.zeros_like(views[SIGNAL])
    for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
        x = (views[SIGNAL] * place).requires_grad_(True)
        score = net({**views, SIGNAL: x}).logits.gather(1, target[:, None]).sum()
        total += weight * torch.autograd.grad(score, x)[0]
    return views[SIGNAL].double().numpy(), total.double().numpy()


def _untrained(opened: OpenedRun) -> Branch:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = student_of(opened.recipe, opened.shapes, len(opened.data.classes))
    return net.eval().requires_grad_(False)


def _axis(opened: OpenedRun) -> tuple[Floats, str]:
    rate = opened.data.rate
    return np.asarray(
        np.fft.rfftfreq(opened.data.length, 1 / rate if rate else 1.0), np.float64
    ), "Hz" if rate else "cycles per sample"


def _planted(opened: OpenedRun) -> tuple[float, ...]:
    from kdviz.data.sources.planted import band

    try:
        return band(opened.data)
    except UserError:
        return ()


def _band(opened: OpenedRun, hertz: Floats) -> NDArray[np.bool_] | None:
    """Bins within one of a planted ripple's width around its pitches; None where nothing was planted."""
    pitches = _planted(opened)
    if not pitches:
        return None
    given = opened.data.source["planted"]
    spread = float(given["rate"]) / float(given["width"])
    return np.asarray(np.any([np.abs(hertz - pitch) <= spread / 2 for pitch in pitches], axis=0))


def _ripples(opened: OpenedRun) -> tuple[NDArray[np.bool_], Floats, float] | None:
    """Where a planted ripple lies (N, T), its pitch in each series (N,) and its width in hertz; None without one."""
    from kdviz.data.sources.planted import truth

    pitches = _planted(opened)
    if not pitches:
        return None
    given = opened.data.source["planted"]
    return truth(opened.data), np.asarray(pitches)[opened.data.y], float(given["rate"]) / float(given["width"])


def _hits(opened: OpenedRun, explained: Mapping[str, tuple[Floats, Floats]], given: Params) -> dict[str, float]:
    """By network: the mean AUC with which its short-time map finds the cells of the planted ripple; {} without one."""
    there = _ripples(opened)
    if there is None:
        return {}
    series, window = evenly_spaced(opened.data.test, given.series), _window(opened, given)
    bins = np.fft.rfftfreq(window, 1 / (opened.data.rate or 1.0))
    maps = {name: by_time_and_frequency(x, slope, window) for name, (x, slope) in explained.items()}
    middles = np.arange(next(iter(maps.values())).shape[1]) * (window // 2)
    each: dict[str, list[float]] = {name: [] for name in maps}
    for place, number in enumerate(series):
        inside = np.interp(middles, np.arange(opened.data.length), there[0][number].astype(float), 0.0, 0.0) > 0.5
        near = np.abs(bins - there[1][number]) <= max(there[2], bins[1]) / 2
        cells = (inside[:, None] & near).ravel().astype(np.int64)
        for name, found in maps.items():
            each[name].append(auc_roc(cells, found[place].ravel()))
    return {name: float(np.mean(areas)) for name, areas in each.items()}


def _likeness(opened: OpenedRun, profiles: Mapping[str, Floats], given: Params) -> dict[str, float | None]:
    """Mean correlation of each network's profiles with the signal teacher's, and of the student's by chance."""
    goal, mine = profiles.get(network_name("teacher.signal")), profiles[network_name("student")]
    if goal is None:
        return {}
    series = evenly_spaced(opened.data.test, given.series)
    groups = None if opened.data.groups is None else opened.data.groups[series]
    out: dict[str, float | None] = {}
    for name, each in profiles.items():
        if each is not goal:
            found = agree("pearson", each, goal, opened.data.y[series], None, groups, rounds=19)
            out[name] = finite_or_none(found.match.value)
            if each is mine:
                out["by chance"] = finite_or_none(found.by_chance.value)
    return out
