"""Series whose evidence is known, because it was put there: a ripple of the class's own pitch at a random place.

Every series is red noise with two short ripples in some of its channels. The pitch of one tells the class; the other
is a decoy of the pitch between, so that finding what is loud is not finding the evidence. Training series
may also carry a shortcut that is gone in the test set: a slow bump at the start, mostly of class 1. So a network can
be right for the wrong reason, and an extractor can be scored against the truth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.core.params import Range, fill
from kdviz.data.dataset import Dataset
from kdviz.data.prepare.splits import three_way

Places = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]


@dataclass(frozen=True)
class Params:
    """How the series are made; frequencies in hertz."""

    seed: Annotated[int, Range(0, 2**31 - 1, 1, "another seed, other series")] = 0
    series: Annotated[int, Range(16, 20_000, 2, "how many series; a quarter of them are for testing")] = 240
    channels: Annotated[int, Range(1, 16, 1, "channels; the ripple lies in the first half of them, rounded up")] = 3
    length: Annotated[int, Range(48, 4096, 1, "samples per series")] = 128
    rate: Annotated[float, Range(1.0, 1e4, None, "samples per second")] = 64.0
    width: Annotated[int, Range(8, 512, 1, "samples that the ripple spans: the truth")] = 24
    low: Annotated[float, Range(0.01, 5e3, None, "the pitch of class 0")] = 6.0
    high: Annotated[float, Range(0.01, 5e3, None, "the pitch of class 1")] = 12.0
    strength: Annotated[float, Range(0.0, 100.0, None, "the ripple's height over the noise's spread")] = 2.5
    decoy: Annotated[float, Range(0.0, 10.0, None, "the decoy's height over the ripple's")] = 1.0
    shortcut: Annotated[float, Range(0.0, 1.0, None, "share of class-1 training series with the bump")] = 0.8
    leak: Annotated[float, Range(0.0, 1.0, None, "share of class-0 training series with the bump")] = 0.05
    bump: Annotated[float, Range(0.0, 100.0, None, "the bump's height over the ripple's")] = 2.0


def planted(params: Params | None = None) -> Dataset:
    """The data set of these parameters: the same bits for the same parameters. Raises UserError for absurd ones."""
    p = Params() if params is None else params
    _refuse(p)
    rng = np.random.default_rng(p.seed)
    y = _labels(p, rng)
    train, validation, test = three_way(y, p.seed)
    start, decoy, bumped = _places(p, y, test, rng)
    X = _noise(p, rng)
    pitch = np.where(y == 1, p.high, p.low)
    ripples = _ripple(p, pitch, start, rng) + p.decoy * _ripple(p, np.array(np.sqrt(p.low * p.high)), decoy, rng)
    X[:, : (p.channels + 1) // 2] += ripples[:, None]
    X[bumped, -1] += p.bump * p.strength * np.hanning(_bump(p) + 2)[1:-1] @ np.eye(_bump(p), p.length)
    return Dataset(
        X=X.astype(np.float32),
        y=y,
        classes=("low", "high"),
        channels=tuple(f"channel {n}" for n in range(1, p.channels + 1)),
        train=train,
        validation=validation,
        test=test,
        name="Planted" if p.seed == 0 else f"Planted, seed {p.seed}",
        rate=p.rate,
        source={"planted": asdict(p)},
    )


def truth(data: Dataset) -> NDArray[np.bool_]:
    """Where the telling ripple lies: (N, T). Raises UserError for a data set that was not made here."""
    p, start, _, _ = _made(data)
    return _inside(p, start)


def decoy(data: Dataset) -> NDArray[np.bool_]:
    """Where the ripple that tells nothing lies: (N, T). Raises UserError for other data sets."""
    p, _, start, _ = _made(data)
    return _inside(p, start)


def shortcut(data: Dataset) -> NDArray[np.bool_]:
    """Where the shortcut lies: (N, T), nowhere in the test set. Raises UserError for other data sets."""
    p, _, _, bumped = _made(data)
    return bumped[:, None] & (np.arange(p.length) < _bump(p))


def band(data: Dataset) -> tuple[float, float]:
    """The frequencies of the two classes in hertz. Raises UserError for other data sets."""
    p = _made(data)[0]
    return p.low, p.high


def _made(data: Dataset) -> tuple[Params, NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    given = data.source.get("planted")
    if not isinstance(given, Mapping):
        raise UserError(f"Nobody knows where the evidence of {data.name[:60]} lies: only sample:planted has a truth.")
    p = fill(Params, dict[str, Any](given))
    rng = np.random.default_rng(p.seed)
    y = _labels(p, rng)
    return p, *_places(p, y, three_way(y, p.seed)[2], rng)


def _labels(p: Params, rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.permutation(np.arange(p.series) % 2).astype(np.int64)


def _places(p: Params, y: NDArray[np.int64], test: NDArray[np.int64], rng: np.random.Generator) -> Places:
    """Where ripple and decoy start, neither on the other nor on the bump, and which series carry the bump."""
    free = p.length - _bump(p) - 2 * p.width
    both = np.sort(rng.integers(0, free + 1, (p.series, 2)), axis=1) + np.array([_bump(p), _bump(p) + p.width])
    both = rng.permuted(both, axis=1)
    bumped = rng.random(p.series) < np.where(y == 1, p.shortcut, p.leak)
    bumped[test] = False
    return both[:, 0], both[:, 1], bumped


def _inside(p: Params, start: NDArray[np.int64]) -> NDArray[np.bool_]:
    where = np.arange(p.length) - start[:, None]
    return np.asarray((where >= 0) & (where < p.width))


def _noise(p: Params, rng: np.random.Generator) -> NDArray[np.float64]:
    """Red noise of spread one, so that no single frequency is silent."""
    free = rng.standard_normal((p.series, p.channels, p.length))
    for t in range(1, p.length):
        free[:, :, t] = 0.6 * free[:, :, t - 1] + 0.8 * free[:, :, t]
    return free


def _ripple(
    p: Params, pitch: NDArray[np.float64], start: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """A sine of each series' pitch that swells and fades within an eighth of its width: (N, T)."""
    where = np.arange(p.length) - start[:, None]
    edge = np.minimum(where + 0.5, p.width - where - 0.5) * 8 / p.width
    swell = np.where(_inside(p, start), np.sin(np.pi / 2 * np.clip(edge, 0, 1)) ** 2, 0.0)
    turns = np.broadcast_to(pitch, (p.series,))[:, None] * where / p.rate + rng.random((p.series, 1))
    return np.asarray(p.strength * swell * np.sin(2 * np.pi * turns))


def _bump(p: Params) -> int:
    return p.length // 8


def _refuse(p: Params) -> None:
    if p.length < 2 * p.width + _bump(p):
        raise UserError(
            f"Two ripples of {p.width} samples do not fit into {p.length} beside the shortcut: shorten them."
        )
    if max(p.low, p.high) >= p.rate / 2:
        raise UserError(
            f"A pitch of {max(p.low, p.high):g} Hz cannot be sampled at {p.rate:g} Hz: stay below {p.rate / 2:g} Hz."
        )
