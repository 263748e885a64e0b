"""Windows of a recording as views, a batch at a time: nothing of a long recording is ever copied whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from kdviz.data.stretch import Stretch
from kdviz.modalities.base import Modality, modality
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.kernels.paa import park_jang, stretch, widen
from kdviz.training.watched.watch_settings import FOLLOWED, KEPT, Layout, Settings, starts

Floats = NDArray[np.float32]
LEARNED, BATCH = 256, 128
LEVEL, POINTS, CHUNK = 8, 64, 4_096
MARGIN = {"margin": 0.25, "ggaf": 0.0, "lgaf": 0.0}


@dataclass(frozen=True, eq=False)
class WatchedWindows:
    """A stretch on the scale of its fit part, and its windows by channel and start.

    values  (C, T) float32 at mean 0 and spread 1 on the fit part; `level` and `spread` (C,) undo that
    learned (N, 2) channel and start of the windows that students learn from, at random places of the fit part
    kept    (M, 2) those of the validation part
    """

    values: Floats
    level: Floats
    spread: Floats
    layout: Layout
    learned: NDArray[np.int64]
    kept: NDArray[np.int64]

    def at(self, places: NDArray[np.int64]) -> Floats:
        """The windows (N, 1, W) at (channel, start) pairs (N, 2)."""
        time = places[:, 1:] + np.arange(self.layout.window)
        return np.ascontiguousarray(self.values[places[:, :1], time][:, None])


def drifting(stretch: Stretch, layout: Layout) -> list[bool]:
    """By channel, whether its level leaves the fit part's while all is still normal: by normal data alone.

    So it is where half of the kept windows' means and more lie outside of all that the fit part's were, and these have
    moved on average by as much as a window spreads.
    """
    return [_drifts(np.asarray(row, np.float64), layout) for row in stretch.values[:, : layout.train_end]]


def level_told(stretch: Stretch, layout: Layout, level_is: str) -> tuple[str, ...]:
    """What to know about channels whose running level is taken first, in a sentence; nothing where there are none."""
    names = [n for n, d in zip(stretch.channels, drifting(stretch, layout), strict=True) if d]
    if level_is != FOLLOWED or not names:
        return ()
    return (
        f"The level of {', '.join(names[:4])} drifts while all is normal, so its running median over "
        f"{LEVEL * layout.window:,} samples is taken off first: a change of level longer than half of that is no "
        "longer new. --set level=kept watches it as it is.",
    )


def _drifts(row: NDArray[np.float64], layout: Layout) -> bool:
    size, fit = layout.window, layout.fit
    total = np.cumsum(np.append(0.0, row))
    means = (total[size:] - total[:-size]) / size
    known, later = means[: fit - size + 1], means[fit:]
    blocks = row[: fit // size * size].reshape(-1, size)
    within = float(np.sqrt(blocks.var(1).mean()))
    outside = np.mean((later < known.min()) | (later > known.max()))
    return bool(outside >= 0.5 and abs(later.mean() - known.mean()) > within)


def running_level(row: NDArray[np.floating[Any]], window: int) -> NDArray[np.float64]:
    """The running median (T,) of a channel over eight windows, centred; beyond both ends the channel is turned about,
    so that a trend goes on. What lasts longer than four windows is level, and no longer new."""
    size = LEVEL * window
    thin, half = max(1, size // POINTS), min(size // 2, row.size - 1)
    x = np.asarray(row, np.float64)
    few = max(1, size // 8)
    before, after = 2 * np.median(x[:few]) - x[half:0:-1], 2 * np.median(x[-few:]) - x[-2 : -half - 2 : -1]
    whole = np.concatenate([before, x, after])[::thin]
    reach = size // thin // 2
    around = np.lib.stride_tricks.sliding_window_view(np.pad(whole, reach, "edge"), 2 * reach + 1)
    found = np.concatenate([np.median(around[a : a + CHUNK], 1) for a in range(0, len(around), CHUNK)])
    return np.asarray(np.interp(np.arange(x.size) + half, thin * np.arange(found.size), found))


def windows_of(stretch: Stretch, layout: Layout, seed: int, level_is: str = KEPT) -> WatchedWindows:
    """A stretch scaled by its fit part, and which windows are learned from; the same for the same seed.

    level_is    `followed`: of channels that drift while all is normal, the running level is taken first
    """
    given = stretch.values
    if level_is == FOLLOWED:
        leaves = drifting(stretch, layout)
        given = np.stack([r - running_level(r, layout.window) if d else r for r, d in zip(given, leaves, strict=True)])
    fit = np.asarray(given[:, : layout.fit], np.float64)
    level, spread = fit.mean(1), fit.std(1)
    spread[spread < 1e-9 * np.maximum(1, np.abs(level))] = 1.0
    values = ((given - level[:, None]) / spread[:, None]).astype(np.float32)
    rng = np.random.default_rng(seed)
    every = starts(stretch, layout.window, 1, 0, layout.fit)
    at = rng.choice(every, LEARNED, replace=every.size < LEARNED)
    learned = np.stack([rng.integers(0, len(values), LEARNED), at], 1)
    later = starts(stretch, layout.window, layout.step, layout.fit, layout.train_end)
    some = later[np.unique(np.linspace(0, later.size - 1, 64).astype(np.int64))] if later.size else at[:16]
    kept = np.stack([np.arange(some.size) % len(values), some], 1)
    return WatchedWindows(values, level.astype(np.float32), spread.astype(np.float32), layout, learned, kept)


class WatchedView:
    """One view of windows: how they become what a network sees, and how its maps become time again."""

    def __init__(self, view: str, settings: Settings, windows: WatchedWindows, length: int = 0) -> None:
        self.view, self.settings, self.length = view, settings, length
        self.modality = _fitted(view, settings, windows)
        self.shape = tuple(self.see(windows.at(windows.learned[:2])).shape[1:])

    def see(self, series: Floats) -> Tensor:
        """Windows (N, 1, W) as this view (N, C, *grid)."""
        if self.modality is not None:
            return torch.from_numpy(self.modality.see(series))
        plain = torch.from_numpy(series)
        if not self.length or plain.shape[2] == self.length:
            return plain
        if plain.shape[2] > self.length:
            return F.adaptive_avg_pool1d(plain, self.length)
        return F.interpolate(plain, size=self.length, mode="linear", align_corners=False)

    def to_time(self, maps: Tensor, series: Floats) -> Floats:
        """Maps (N, *grid), or (N, 1) for whole windows, on the samples of their windows (N, W)."""
        found, window = maps.detach().numpy(), series.shape[2]
        if self.modality is None or found.ndim == 2:
            return np.asarray(stretch(found, window), np.float32)
        if self.view == "gaf" and self.settings.gaf_reading == "park_jang":
            side = self.shape[-1]
            plane = F.interpolate(maps[:, None], size=(side, side), mode="bilinear", align_corners=False)[:, 0]
            return np.ascontiguousarray(widen(park_jang(plane.detach().numpy()), window), np.float32)
        if self.view == "persistence":
            grown = F.interpolate(maps[:, None], size=self.shape[1:], mode="bilinear", align_corners=False)[:, 0]
            found = grown.detach().numpy()
        carried = self.modality.to_time(np.ascontiguousarray(found, np.float32), series)
        return carried if carried is not None else np.zeros((len(series), window), np.float32)


def _fitted(view: str, settings: Settings, windows: WatchedWindows) -> Modality | None:
    if view == "signal":
        return None
    knobs: dict[str, Any] = {"range": "window" if settings.gaf_range == "lgaf" else "train"} if view == "gaf" else {}
    found = modality(view, knobs)
    found.fit(windows.at(windows.learned))
    if isinstance(found, Gaf):
        found.widen(MARGIN[settings.gaf_range])
    return found


def batches(windows: WatchedWindows, channel: int, size: int = BATCH) -> Iterator[tuple[NDArray[np.int64], Floats]]:
    """Starts (N,) and windows (N, 1, W) of everything that is scored, a batch at a time."""
    every = windows.layout.scored
    for first in range(0, every.size, size):
        at = every[first : first + size]
        yield at, windows.at(np.stack([np.full(at.size, channel), at], 1))
