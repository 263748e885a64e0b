"""One small figure a concept, computed from a series (T,), or from what the modality of that name makes of it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from kdviz.figures.palette import CONTROL, INK, KINDS, MARGIN, STUDENT, TEACHER

Floats = NDArray[np.float32]
HEIGHT = 260
LEGEND = {"orientation": "h", "yref": "container", "y": 0, "yanchor": "bottom"}


def plain(x: str, y: str) -> go.Figure:
    """An empty figure of the usual size, its axes named."""
    figure = go.Figure()
    figure.update_layout(height=HEIGHT, margin=MARGIN, legend=LEGEND)
    figure.update_xaxes(title=x)
    figure.update_yaxes(title=y)
    return figure


def gaf(view: Floats) -> go.Figure:
    """A GASF (H, W)."""
    figure = plain("sample (pixel)", "sample (pixel)")
    figure.add_heatmap(z=view, colorscale="RdBu_r", zmin=-1, zmax=1)
    figure.update_xaxes(constrain="domain")
    return figure.update_yaxes(autorange="reversed", scaleanchor="x", constrain="domain")


def persistence(view: Floats) -> go.Figure:
    """A persistence image (H, W)."""
    figure = plain("birth (pixel)", "lifetime (pixel)")
    figure.add_heatmap(z=view, colorscale="Cividis")
    figure.update_xaxes(constrain="domain")
    return figure.update_yaxes(scaleanchor="x", constrain="domain")


def softening(series: Floats) -> go.Figure:
    """What temperature does to three logits: softmax(z / T) for T = 1, 2, 4, 8."""
    logits, names = np.array([4.0, 2.0, -1.0]), ["class A (4)", "class B (2)", "class C (-1)"]
    figure = plain("temperature", "softened probability")
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
    figure = plain("sample", "value")
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
    figure = plain("correlation of two unrelated maps", "pairs")
    figure.add_histogram(x=(smooth[:2000] * smooth[2000:]).sum(1), nbinsx=40, marker_color=CONTROL)
    return figure.update_layout(showlegend=False)


def attention(series: Floats) -> go.Figure:
    """Where three fixed difference filters, 1, 4 and 16 samples wide, answer: mean square, 1 at its peak."""
    filters = [np.r_[np.ones(wide), -np.ones(wide)] / wide for wide in (1, 4, 16)]
    padded = np.pad(series.astype(float), 16, mode="edge")
    answers = np.stack([np.convolve(padded, each, "same")[16:-16] for each in filters])
    strength = (answers**2).mean(0)
    figure = plain("sample", "value")
    figure.add_scatter(y=series, name="series", line={"color": INK})
    peak = (strength / (strength.max() or 1.0)).astype(np.float32)
    figure.add_scatter(y=peak, name="activation attention (peak 1)", line={"color": TEACHER}, fill="tozeroy")
    return figure


def luck(series: Floats) -> go.Figure:
    """Best of 30 epochs of a network that is right nine times in ten, on 10 and on 100 validation series."""
    rng = np.random.default_rng(0)
    figure = plain("best validation accuracy of 30 epochs", "share of trainings")
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
