"""Which frequencies of the signal an answer rests on: Integrated Gradients carried through the Fourier transform.

Integrated Gradients of x from zero is <x, g> with g the mean gradient on the way. The transform is unitary, so the
same sum falls apart by frequency: R_k = Re(conj(X_k) G_k) (Parseval); over windows that add up to one, by both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from kdviz.core.errors import UserError
from kdviz.core.params import Range
from kdviz.figures.chart import Axis, Chart, Line, lines, matrix
from kdviz.figures.palette import colour, network_name
from kdviz.metrics.detection import auc_roc
from kdviz.metrics.separability import evenly_spaced
from kdviz.nets.base import Branch
from kdviz.runs.analysis.opened_run import OpenedRun
from kdviz.runs.publication.base import FigureKind, over_seeds, whose
from kdviz.runs.publication.figure_sheet import PublicationFigure
from kdviz.training.learner import student_of

Floats = NDArray[np.float64]
SIGNAL = "signal"
RANDOM = "Random weights"
STEPS = 16


@dataclass(frozen=True)
class Params:
    """How many series, and how long the windows of the short-time map are."""

    series: Annotated[int, Range(4, 128, 1, "test series, evenly spaced")] = 48
    window: Annotated[int, Range(0, 4096, 1, "samples of a short-time window; 0: an eighth of the series")] = 0


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
        found = [self._profiles(one, given) for one in runs]
        hertz, unit = _axis(first)
        numbers: dict[str, Any] = {"frequency": hertz.tolist(), "unit": unit}
        drawn, said = [], []
        band = _band(first, hertz)
        for name in found[0]:
            mean = np.mean([each[name].mean(0) for each in found], axis=0)
            role = next((r for r in first.networks if network_name(r) == name), "control")
            dash = "2 3" if name == RANDOM else ""
            drawn.append(Line(name, hertz.tolist(), mean.tolist(), colour(role), dash))
            told = [float(np.abs(each[name]).mean(0) @ hertz) for each in found]
            words = f"{name} {over_seeds(told)} {unit}"
            numbers[name] = {"relevance": mean.tolist(), "centre": float(np.mean(told))}
            if band is not None:
                hits = [auc_roc(band.astype(np.int64), each[name].mean(0)) for each in found]
                numbers[name]["auc_of_the_planted_band"] = float(np.mean(hits))
                words += f", AUC of the planted band {over_seeds(hits)}"
            said.append(words)
        marks = {} if band is None else {float(f): f"{f:g} {unit}" for f in _planted(first)}
        charts: dict[str, Chart] = {
            "Relevance by frequency": lines(
                drawn,
                Axis(unit),
                Axis("share of relevance"),
                "Share of relevance by frequency, network by network.",
                marks,
            )
        }
        charts |= self._short_time(first, given, hertz[-1], unit)
        likeness = _likeness(found[0])
        numbers["likeness"] = likeness
        beside = ", ".join(f"{name} {value:.2f}" for name, value in likeness.items())
        caption = (
            f"{whose(runs)} Integrated Gradients from zero for the true class through the Fourier transform, mean over "
            f"{min(given.series, first.data.test.size)} test series, each scaled to an absolute "
            f"sum of one. On average it rests on: {'; '.join(said)}. Correlation of profiles with the "
            f"teacher's: {beside}. Also: relevance by time and frequency of one series, each scaled to its own peak."
        )
        return self.made(caption, charts, numbers)

    def _profiles(self, opened: OpenedRun, given: Params) -> dict[str, Floats]:
        """(n, F) by name of network: relevance with its sign, each series scaled to an absolute sum of one."""
        series = evenly_spaced(opened.data.test, given.series)
        nets = {network_name(role): net for role, net in opened.networks.items() if SIGNAL in net.modalities}
        if network_name("student") not in nets:
            raise UserError("The student does not see the signal, so its answer has no frequencies of the signal.")
        nets[RANDOM] = _untrained(opened)
        out = {}
        for name, net in nets.items():
            x, slope = mean_gradient(opened, net, series)
            each = by_frequency(x, slope)
            out[name] = each / np.maximum(np.abs(each).sum(1, keepdims=True), 1e-30)
        return out

    def _short_time(self, opened: OpenedRun, given: Params, top: float, unit: str) -> dict[str, Chart]:
        """Of the first test series, by name of network."""
        series, out = opened.data.test[:1], dict[str, Chart]()
        length = opened.data.length
        window = given.window or max(8, length // 8)
        end = length / opened.data.rate if opened.data.rate else float(length)
        time = Axis("s" if opened.data.rate else "sample", min=0.0, max=float(end))
        for role, net in opened.networks.items():
            if SIGNAL in net.modalities:
                found = by_time_and_frequency(*mean_gradient(opened, net, series), window)[0].T
                peak = float(np.abs(found).max()) or 1.0
                out[f"{network_name(role)}, series {series[0]}"] = matrix(
                    (found / peak).tolist(), time, Axis(unit, min=0.0, max=float(top)),
                    f"Relevance by time and frequency, {network_name(role)}.", limits=(-1.0, 1.0), signed=True,
                )  # fmt: skip
        return out


def mean_gradient(opened: OpenedRun, net: Branch, series: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """The signal view (n, C, T) and the mean gradient of the true class's logit on the way to it from zero.

    Gauss-Legendre over STEPS points; other views of a fusion network stay as they are.
    """
    views = opened.input(net).views(series, names=net.modalities)
    target = torch.from_numpy(opened.data.y[series])
    places, weights = np.polynomial.legendre.leggauss(STEPS)
    total = torch.zeros_like(views[SIGNAL])
    for place, weight in zip((places + 1) / 2, weights / 2, strict=True):
        x = (views[SIGNAL] * place).requires_grad_(True)
        total += weight * _slope(net, {**views, SIGNAL: x}, x, target)
    return views[SIGNAL].double().numpy(), total.double().numpy()


def _slope(net: Branch, views: Mapping[str, Tensor], x: Tensor, target: Tensor) -> Tensor:
    score = net(dict(views)).logits.gather(1, target[:, None]).sum()
    return torch.autograd.grad(score, x)[0]


def by_frequency(x: Floats, slope: Floats) -> Floats:
    """Relevance (n, F) of (n, C, T) and mean gradients by frequency, over channels; sums to that of the series."""
    length = x.shape[-1]
    each = np.real(np.conj(np.fft.rfft(x)) * np.fft.rfft(slope)) / length
    twice = np.full(each.shape[-1], 2.0)
    twice[0] = 1.0
    if length % 2 == 0:
        twice[-1] = 1.0
    return np.asarray((each * twice).sum(1))


def by_time_and_frequency(x: Floats, slope: Floats, window: int) -> Floats:
    """Relevance (n, windows, F) of half-overlapping triangular windows that add up to one; sums to the series'."""
    step = max(window // 2, 1)
    window = 2 * step
    shape = 1 - np.abs((np.arange(window) + 0.5) / step - 1)
    before = ((0, 0), (0, 0), (step, window + (-x.shape[-1]) % step))
    x, slope = np.pad(x, before), np.pad(slope, before)
    starts = range(0, x.shape[-1] - window + 1, step)
    return np.stack([by_frequency(x[..., s : s + window] * shape, slope[..., s : s + window]) for s in starts], 1)


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


def _likeness(profiles: Mapping[str, Floats]) -> dict[str, float]:
    """Mean correlation of each network's profiles with the signal teacher's, and of the student's by chance."""
    goal, mine = profiles.get(network_name("teacher.signal")), profiles[network_name("student")]
    if goal is None:
        return {}
    found = {n: _correlation(each, goal) for n, each in profiles.items() if each is not goal}
    return found | {"by chance": _correlation(np.roll(mine, 1, 0), goal)}


def _correlation(one: Floats, other: Floats) -> float:
    a, b = (each - each.mean(1, keepdims=True) for each in (one, other))
    norm = np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1)
    return float(((a * b).sum(1) / np.maximum(norm, 1e-30)).mean())
