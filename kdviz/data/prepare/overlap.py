"""Windows that already overlap in a file: found by what they share, joined to recordings, kept on one side of a split.

A window overlaps another where it begins with what the other ends with, to the last bit. Where a window begins is
hashed and looked for in all others, so their order does not matter. What repeats itself anyway (constant or periodic
series) shares nothing: it is left aside, also where it repeats only beyond a window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kdviz.data.prepare.quality import Finding

HEAD = 8
DISTINCT = 6
ALIKE = 8
FEWEST, SHARE = 3, 0.01
SAMPLE = 2_000
CELLS = 1 << 21
Places = NDArray[np.int64]
Series = NDArray[np.float32]
NONE = np.zeros((0, 3), np.int64)


@dataclass(frozen=True, eq=False)
class Overlap:
    """Which of N series of `length` samples share some.

    links     (L, 3) rows (i, j, step): series j begins with what series i has from `step` on
    groups    (N,) the recording of each series, as text; a series that overlaps none is one of its own
    order     (N,) the series in the order of time, recording by recording
    """

    links: Places
    groups: NDArray[np.str_]
    order: Places
    length: int

    @property
    def joined(self) -> int:
        """How many series overlap another."""
        return int(np.unique(self.links[:, :2]).size)

    def parted(self, one: Places, other: Places) -> Places:
        """The series of `one` that overlap a series of `other`; sorted."""
        ends = np.concatenate([self.links[:, :2], self.links[:, 1::-1]])
        return np.intersect1d(one, ends[np.isin(ends[:, 1], other), 0])


def overlap(X: Series) -> Overlap | None:
    """The overlap of series X (N, C, T); None where there is none worth the name (below 1 % of them, or three)."""
    count, _, length = X.shape
    if length < 2 * HEAD or count < 2:
        return None
    heads = _heads(X)
    few = np.unique(np.linspace(0, count - 1, min(count, SAMPLE)).astype(np.int64))
    found = _links(X, heads, few)
    if len(found) and few.size < count:
        found = _links(X, heads, np.arange(count))
    found = _in_time(count, found)
    if len(found) < FEWEST or np.unique(found[:, :2]).size < SHARE * count or _repeats(X, found):
        return None
    found = np.unique(np.concatenate([found, _neighbours(X, found)]), axis=0)
    recording, begins = _placed(count, found)
    return Overlap(found, _named(recording), np.lexsort((begins, recording)), length)


def told(found: Overlap, done: str) -> Finding:
    """What was found, as a sentence; `done` says how the split heeds it."""
    steps, counts = np.unique(found.links[:, 2], return_counts=True)
    share = 1 - int(steps[counts.argmax()]) / found.length
    recordings = np.unique(found.groups).size
    sentence = (
        f"{found.joined:,} of {found.groups.size:,} series overlap another (mostly by "
        f"{share:.0%}): they are windows of {recordings:,} recordings; {done}."
    )
    return Finding("overlap", sentence, found.joined, int(found.links[:, :2].min()), ("split=group",), "split=group")


def _hashes(X: Series) -> NDArray[np.uint64]:
    """A hash of HEAD samples of all channels from each place on, (n, T - HEAD + 1)."""
    rng = np.random.default_rng(0)
    odd = rng.integers(0, 2**63, X.shape[1] + HEAD, np.uint64) * np.uint64(2) + np.uint64(1)
    bits = np.ascontiguousarray(X + np.float32(0)).view(np.uint32)  # -0 is 0
    places = X.shape[2] - HEAD + 1
    moment = np.zeros((len(X), X.shape[2]), np.uint64)
    for channel in range(X.shape[1]):
        moment += bits[:, channel] * odd[channel]
    moment ^= moment >> np.uint64(29)
    found = np.zeros((len(X), places), np.uint64)
    for step in range(HEAD):
        found += moment[:, step : step + places] * odd[X.shape[1] + step]
    return found


def _heads(X: Series) -> tuple[NDArray[np.uint64], Places]:
    """Hashes of how series begin, sorted, and whose they are: of those that say something, and do not say it often."""
    start = np.sort(X[:, :, :HEAD].reshape(len(X), -1), axis=1)
    rows = np.flatnonzero((np.diff(start, axis=1) != 0).sum(1) + 1 >= DISTINCT)
    hashed = _hashes(X[rows, :, :HEAD])[:, 0]
    order = np.argsort(hashed, kind="stable")
    hashed, rows = hashed[order], rows[order]
    _, inverse, many = np.unique(hashed, return_inverse=True, return_counts=True)
    kept = many[inverse] <= ALIKE
    return hashed[kept], rows[kept]


def _links(X: Series, heads: tuple[NDArray[np.uint64], Places], rows: Places) -> Places:
    """(i, j, step) for i among `rows`, equal to the last bit; a series that repeats its own beginning links to none."""
    hashed, whose = heads
    found, step = list[Places](), max(1, CELLS // X.shape[2])
    for start in range(0, rows.size if hashed.size else 0, step):
        here = rows[start : start + step]
        flat = _hashes(X[here])[:, 1:]
        first = np.searchsorted(hashed, flat)
        at = np.argwhere(hashed[np.minimum(first, hashed.size - 1)] == flat)
        low = first[at[:, 0], at[:, 1]]
        many = np.searchsorted(hashed, flat[at[:, 0], at[:, 1]], "right") - low
        again = np.repeat(np.arange(len(at)), many)
        nth = np.arange(again.size) - np.repeat(np.cumsum(many) - many, many)
        found.append(np.stack([here[at[again, 0]], whose[low[again] + nth], at[again, 1] + 1], 1))
    links = np.concatenate(found) if found else NONE
    own = np.unique(links[links[:, 0] == links[:, 1], 0])
    links = links[~np.isin(links[:, 0], own) & ~np.isin(links[:, 1], own)]
    return links[_same(X, links)]


def _same(X: Series, links: Places) -> NDArray[np.bool_]:
    """Whether what the links say is so, over the whole overlap."""
    out = np.zeros(len(links), bool)
    for step in np.unique(links[:, 2]):
        mine, size = np.flatnonzero(links[:, 2] == step), X.shape[2] - step
        for part in np.array_split(mine, 1 + mine.size * X.shape[1] * size // CELLS):
            i, j, _ = links[part].T
            out[part] = (X[i, :, step:] == X[j, :, :size]).all((1, 2))
    return out


def _in_time(count: int, found: Places) -> Places:
    """The links whose series have one place each in time: where a wave repeats, each would follow the other."""
    recording, begins = _placed(count, found)
    odd = begins[found[:, 0]] + found[:, 2] != begins[found[:, 1]]
    return found[~np.isin(recording[found[:, 0]], recording[found[odd, 0]])]


def _neighbours(X: Series, found: Places) -> Places:
    """Rows that follow each other by the usual steps, flat ones too: a pause does not end a recording."""
    steps, counts = np.unique(found[:, 2], return_counts=True)
    before = np.arange(len(X) - 1)
    tried = [np.stack([before, before + 1, np.full_like(before, step)], 1)
             for step in steps[np.argsort(-counts)][:3] if step <= X.shape[2] - HEAD]  # fmt: skip
    links = np.concatenate([NONE, *tried])
    return links[_same(X, links)]


def _repeats(X: Series, found: Places) -> bool:
    """Whether most of those that seem to overlap repeat themselves but for rounding, as a sampled wave does."""
    rows = np.unique(found[:, 1])
    rows = rows[np.linspace(0, rows.size - 1, min(rows.size, 200)).astype(np.int64)]
    off = np.full((rows.size, X.shape[2] - HEAD), np.float32(0))
    for step in range(HEAD):
        apart = np.abs(X[rows, :, 1 + step : X.shape[2] - HEAD + 1 + step] - X[rows, :, step, None])
        off = np.maximum(off, apart.max(1))
    span = np.ptp(X[rows], axis=(1, 2))
    return bool((off.min(1) <= 1e-5 * span).mean() > 0.5)


def _placed(count: int, links: Places) -> tuple[Places, Places]:
    """The recording of each series (N,), and where in it the series begins, in samples."""
    both = np.concatenate([links, links[:, [1, 0, 2]] * [1, 1, -1]])
    both = both[np.argsort(both[:, 0], kind="stable")]
    edges = np.searchsorted(both[:, 0], np.arange(count + 1)).tolist()
    near, steps = both[:, 1].tolist(), both[:, 2].tolist()
    recording, begins = [-1] * count, [0] * count
    for first in range(count):
        waiting = [first] if recording[first] < 0 else []
        recording[first] = first if waiting else recording[first]
        while waiting:
            i = waiting.pop()
            for k in range(edges[i], edges[i + 1]):
                if recording[near[k]] < 0:
                    recording[near[k]], begins[near[k]] = first, begins[i] + steps[k]
                    waiting.append(near[k])
    return np.array(recording), np.array(begins)


def _named(roots: Places) -> NDArray[np.str_]:
    number = np.unique(roots, return_inverse=True)[1] + 1
    return np.char.add("recording ", number.astype(str))
