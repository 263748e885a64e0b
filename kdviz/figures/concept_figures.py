"""One small figure a concept: from a series (T,), from a view of it, or from what a finished run says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.palette import CONTROL, INK, KINDS, MARGIN, STUDENT, TEACHER

Floats = NDArray[np.float32]
HEIGHT = 260
LEGEND = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"}


def empty_figure(x: str, y: str) -> go.Figure:
    """An empty figure of the usual size, its axes named."""
    figure = go.Figure()
    figure.update_layout(height=HEIGHT, margin=MARGIN, legend=LEGEND)
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y)
    return figure


def gaf(view: Floats) -> go.Figure:
    """A GASF (H, W)."""
    figure = empty_figure("sample (pixel)", "sample (pixel)")
    figure.add_heatmap(z=view, colorscale="RdBu_r", zmin=-1, zmax=1)
    figure.update_xaxes(constrain="domain")
    return figure.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain")


def persistence(view: Floats) -> go.Figure:
    """A persistence image (H, W)."""
    figure = empty_figure("birth (pixel)", "lifetime (pixel)")
    figure.add_heatmap(z=view, colorscale="Cividis")
    figure.update_xaxes(constrain="domain")
    return figure.update_yaxes(scaleanchor="x", constrain="domain")


def softening(series: Floats) -> go.Figure:
    """What temperature does to three logits: softmax(z / T) for T = 1, 2, 4, 8."""
    logits, names = np.array([4.0, 2.0, -1.0]), ["class A (4)", "class B (2)", "class C (-1)"]
    figure = empty_figure("temperature", "softened probability")
    temperatures = np.array([1.0, 2.0, 4.0, 8.0])
    soft = np.exp(logits[None] / temperatures[:, None])
    soft /= soft.sum(1, keepdims=True)
    for column, (name, ink) in enumerate(zip(names, KINDS, strict=False)):
        figure.add_bar(x=[f"T = {t:g}" for t in temperatures], y=soft[:, column], name=name, marker_color=ink)
    return figure


def spectrum(series: Floats) -> go.Figure:
    """The series without its lowest tenth of frequencies, as FAM would leave it on a large map."""
    whole = np.fft.rfft(series - series.mean())
    cut = max(1, round(0.1 * whole.size))
    whole[:cut] = 0
    figure = empty_figure("sample", "value")
    figure.add_scatter(y=series, name="series", line={"color": INK})
    figure.add_scatter(y=np.fft.irfft(whole, series.size), name="without slow change", line={"color": STUDENT})
    return figure


def chance(series: Floats) -> go.Figure:
    """Correlations of 2000 pairs of unrelated smooth maps as long as the series: far from zero by chance alone."""
    rng, length, wide = np.random.default_rng(0), series.size, max(2, series.size // 8)
    kernel = np.fft.rfft(np.hanning(2 * wide + 1), length)
    smooth = np.fft.irfft(np.fft.rfft(rng.standard_normal((4000, length)), axis=1) * kernel, length, axis=1)
    smooth -= smooth.mean(1, keepdims=True)
    smooth /= np.linalg.norm(smooth, axis=1, keepdims=True)
    figure = empty_figure("correlation of two unrelated maps", "pairs")
    figure.add_histogram(x=(smooth[:2000] * smooth[2000:]).sum(1), nbinsx=40, marker_color=CONTROL)
    return figure.update_layout(showlegend=False)


def attention(series: Floats) -> go.Figure:
    """Where three fixed difference filters, 1, 4 and 16 samples wide, answer: mean square, 1 at its peak."""
    filters = [np.r_[np.ones(wide), -np.ones(wide)] / wide for wide in (1, 4, 16)]
    padded = np.pad(series.astype(float), 16, mode="edge")
    answers = np.stack([np.convolve(padded, each, "same")[16:-16] for each in filters])
    strength = (answers**2).mean(0)
    figure = empty_figure("sample", "value")
    figure.add_scatter(y=series, name="series", line={"color": INK})
    peak = (strength / (strength.max() or 1.0)).astype(np.float32)
    figure.add_scatter(y=peak, name="activation attention (peak 1)", line={"color": TEACHER}, fill="tozeroy")
    return figure


def luck(series: Floats) -> go.Figure:
    """Best of 30 epochs of a network that is right nine times in ten, on 10 and on 100 validation series."""
    rng = np.random.default_rng(0)
    figure = empty_figure("best validation accuracy of 30 epochs", "share of trainings")
    for count, ink in ((10, KINDS[0]), (100, KINDS[1])):
        best = rng.binomial(count, 0.9, (4000, 30)).max(1) / count
        figure.add_histogram(
            x=best, name=f"{count} series", marker_color=ink, histnorm="probability", xbins={"size": 0.01}
        )
    return figure.update_layout(barmode="overlay")


DRAWN: dict[str, tuple[Callable[[Floats], go.Figure], str]] = {
    "gaf": (gaf, "The GASF of a series of your data: red where two moments add up, blue where they oppose."),
    "persistence": (persistence, "The persistence image of the same series: up is longer life."),
    "softening": (softening, "Three logits at four temperatures: the odds of wrong classes become visible."),
    "spectrum": (spectrum, "The same series, and what is left when the lowest tenth of its frequencies is taken away."),
    "attention": (attention, "The same series, and where three fixed filters answer; a network learns its own."),
    "luck": (
        luck,
        "A network that is truly right 90 % of the time: the best of 30 epochs claims more.",
    ),
    "chance": (chance, "Unrelated smooth maps as long as your series are seldom uncorrelated: chance is wide."),
}


@dataclass(frozen=True)
class Of:
    """What a finished run says: its first kept series (T,), its arrays (see snapshots) and its epochs."""

    signal: NDArray[np.floating[Any]]
    arrays: Mapping[str, NDArray[Any]]
    epochs: Sequence[int]


def cam(run: Of) -> go.Figure:
    """The first kept series (T,) and the signal teacher's map of it, over its own peak."""
    span = float(np.ptp(run.signal)) or 1.0
    figure = empty_figure("sample", "share of the peak")
    values = run.arrays["teacher/signal"][0] / 127
    places = (
        (np.arange(run.arrays["teacher/signal"].shape[1]) + 0.5)
        * run.signal.size
        / run.arrays["teacher/signal"].shape[1]
    )
    figure.add_scatter(y=(run.signal - run.signal.min()) / span, name="series (scaled)", line={"color": INK})
    figure.add_scatter(x=places, y=values, name="CAM of the signal teacher", line={"color": TEACHER}, fill="tozeroy")
    return figure


def control(run: Of) -> go.Figure:
    """Mean match with the signal teacher by epoch: student, control, chance."""
    figure = empty_figure("epoch", "match (Pearson)")
    lines = (("student", "match", STUDENT, "solid"), ("control", "control_match", CONTROL, "dash"))
    for name, key, ink, dash in lines:
        values = np.nanmean(run.arrays[f"{key}/signal"], 0)
        figure.add_scatter(x=list(run.epochs), y=values, name=name, line={"color": ink, "dash": dash})
    figure.add_scatter(
        x=list(run.epochs), y=run.arrays["chance/signal"], name="chance", line={"color": INK, "dash": "dot"}
    )
    return figure


def fidelity(run: Of) -> go.Figure:
    """The share of the kept series in which a network answers as the signal teacher does, by epoch."""
    figure = empty_figure("epoch", "same answer as the teacher")
    for name, ink, dash in (("student", STUDENT, "solid"), ("control", CONTROL, "dash")):
        same = run.arrays[f"{name}/answer"] == run.arrays["teacher/signal/answer"][:, None]
        figure.add_scatter(x=list(run.epochs), y=same.mean(0), name=name, line={"color": ink, "dash": dash})
    return figure.update_yaxes(range=[0, 1.03], tickformat=".0%")


FROM_A_RUN: dict[str, tuple[Callable[[Of], go.Figure], str]] = {
    "cam": (
        cam,
        "A series of the finished run on Start, and what each place adds to the teacher's score.",
    ),
    "control": (control, "The finished run on Start: is the orange line above the dashed one, or only above chance?"),
    "fidelity": (fidelity, "The finished run on Start: how often each answers as the signal teacher, right or wrong."),
}
