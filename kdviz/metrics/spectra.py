"""What frequencies a map is made of, and what is left of it when some are taken away. NumPy only.

Maps are (N, T) or (N, H, W), features (N, K, *grid); frequencies are cycles per place, 0 to 0.5 along an axis.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
V = TypeVar("V")


def power(features: Floats) -> Floats:
    """The mean over the channels of features (N, K, *grid) of |F|^2, unitary, not shifted: (N, *grid).

    Its sum over frequencies is the mean over channels of the energy of the maps.
    """
    axes = tuple(range(2, features.ndim))
    spectra = np.fft.fftn(features, axes=axes, norm="ortho")
    return np.asarray((spectra.real**2 + spectra.imag**2).mean(1))


def picture(spectrum: Floats) -> Floats:
    """A power spectrum (N, *grid) to look at: log(1 + magnitude), zero frequency in the centre."""
    return np.asarray(np.log1p(np.fft.fftshift(np.sqrt(spectrum), axes=tuple(range(1, spectrum.ndim)))))


def distances(grid: tuple[int, ...]) -> NDArray[np.float64]:
    """How far each frequency of a grid is from zero, in cycles per place: (*grid), not shifted."""
    squares = [np.fft.fftfreq(size) ** 2 for size in grid]
    return np.sqrt(sum(np.ix_(*squares), np.zeros(())))


def radial(spectrum: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean power at each distance from zero frequency: distances (R,) and power (N, R).

    Rings are one over the longest side wide and end at 0.5; the corners of a plane beyond are left out.
    """
    grid = spectrum.shape[1:]
    ring = np.rint(distances(grid) * max(grid)).astype(np.int64).ravel()
    rings = max(grid) // 2 + 1
    members = (ring == np.arange(rings)[:, None]).astype(np.float64)
    flat = spectrum.reshape(len(spectrum), -1).astype(np.float64)
    return np.arange(rings) / max(grid), np.asarray(flat @ members.T / members.sum(1))


def high_share(spectrum: Floats, above: float = 0.25) -> NDArray[np.float64]:
    """The share (N,) of power farther than `above` from zero; zero frequency itself does not count. NaN for none."""
    away = distances(spectrum.shape[1:])
    flat = spectrum.reshape(len(spectrum), -1).astype(np.float64)
    total, high = flat[:, 1:].sum(1), flat[:, away.ravel() > above].sum(1)
    known = total > 1e-20 * np.maximum(flat.sum(1), np.finfo(float).tiny)
    return np.asarray(np.divide(high, total, out=np.full(len(flat), np.nan), where=known))


def spectral_distance(one: Floats, other: Floats) -> NDArray[np.float64]:
    """How far two power spectra (N, *grid) differ in shape: decibels (N,), root mean square over the rings above zero.

    Each is scaled to sum one first, so loudness does not count. NaN where one is empty.
    """
    if radial(one)[1].shape[1] < 2:  # one ring alone: nothing lies above frequency zero
        return np.full(len(one), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        lines = [_decibels(radial(each)[1][:, 1:]) for each in (one, other)]
        return np.asarray(np.sqrt(np.square(lines[0] - lines[1]).mean(1)))


def _decibels(rings: NDArray[np.float64]) -> NDArray[np.float64]:
    share = rings / rings.sum(1, keepdims=True)
    return np.asarray(10 * np.log10(np.maximum(share, 1e-12)))


def in_decibels(rings: Floats, floor: float = -60.0) -> NDArray[np.float64]:
    """Power (R,) in decibels of its strongest frequency, no lower than `floor`."""
    rings = np.asarray(rings, np.float64)
    top = float(rings.max(initial=0.0))
    return (
        np.asarray(10 * np.log10(np.maximum(rings / top, 10 ** (floor / 10))))
        if top > 0
        else np.full(rings.shape, floor)
    )


def along_last(picture: Floats) -> NDArray[np.float64]:
    """A picture log(1 + magnitude) (*grid), zero frequency in the centre, as decibels (R,) along its last axis.

    Frequencies 1, 2, ... R cycles over the whole of that axis; power of all rows is added up.
    """
    squared = np.square(np.expm1(picture.astype(np.float64)))
    line = squared if squared.ndim == 1 else squared.sum(0)
    return in_decibels(line[line.size // 2 :][1:])


def block_radius(side: int, cuton: float = 0.1, least: int = 0) -> int:
    """Half the side of the block of low frequencies that FAM's mask removes: int(cuton * (side // 2)), or `least`.

    At the published cuton of 0.1 it is 0 below a side of 20: the high-pass is off, whatever its name says.
    """
    return min(max(int(cuton * (side // 2)), least), side // 2)


def blocked(grid: tuple[int, ...], cuton: float = 0.1, least: int = 0) -> NDArray[np.bool_]:
    """Which frequencies FAM's mask removes: (*grid), zero frequency in the centre; c - r .. c + r - 1 on each axis."""
    gone = np.zeros(grid, bool)
    gone[_centre(grid, cuton, least)] = True
    return gone


def _centre(grid: tuple[int, ...], cuton: float, least: int) -> tuple[slice, ...]:
    radii = [block_radius(side, cuton, least) for side in grid]
    return tuple(slice(side // 2 - r, side // 2 + r) for side, r in zip(grid, radii, strict=True))


def passed(series: Floats, low: float, high: float) -> NDArray[np.float32]:
    """Series (N, C, T) with nothing but frequencies low <= f <= high in cycles per sample, and each channel's mean.

    Zero phase, sharp edges: good for asking a network, not for listening.
    """
    spectra = np.fft.rfft(series, axis=2)
    away = np.fft.rfftfreq(series.shape[2])
    keep = (away >= low - 1e-12) & (away <= high + 1e-12)
    keep[0] = True
    return np.fft.irfft(spectra * keep, n=series.shape[2], axis=2).astype(np.float32)


def by_frequency(x: Floats, slope: Floats) -> Floats:
    """Relevance (n, F) of (n, C, T) and mean gradients (n, C, T), over channels; it adds up to the series'."""
    length = x.shape[-1]
    each = np.real(np.conj(np.fft.rfft(x)) * np.fft.rfft(slope)) / length
    twice = np.full(each.shape[-1], 2.0)
    twice[0] = 1.0
    if length % 2 == 0:
        twice[-1] = 1.0
    return np.asarray((each * twice).sum(1))


def by_time_and_frequency(x: Floats, slope: Floats, window: int) -> Floats:
    """Relevance (n, windows, F) of half-overlapping triangular windows that add up to one; sums to the series'.

    The k-th window's middle is sample k * (window // 2).
    """
    step = max(window // 2, 1)
    window = 2 * step
    shape = 1 - np.abs((np.arange(window) + 0.5) / step - 1)
    before = ((0, 0), (0, 0), (step, step + (-x.shape[-1]) % step))
    x, slope = np.pad(x, before), np.pad(slope, before)
    starts = range(0, x.shape[-1] - window + 1, step)
    return np.stack([by_frequency(x[..., s : s + window] * shape, slope[..., s : s + window]) for s in starts], 1)
