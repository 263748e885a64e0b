"""One long recording cut into windows: where they begin, which label each has, and what another length would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Plain
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.data import cells, limits
from kdviz.data.cells import Numbers, Words, words
from kdviz.data.mapping import Mapping, span
from kdviz.data.prepare.quality import Finding
from kdviz.data.raw import Cases, Recording

USUAL = 128
SHORT = 8
WANTED = 20

MOST_RUNS = 5_000

Places = NDArray[np.int64]


def samples(text: str, what: str, rate: float | None) -> int | None:
    """A length in samples; raises UserError where seconds are asked for and the rate is unknown."""
    found = span(text, what)
    if found is None:
        return None
    number, seconds = found
    if not seconds:
        return int(number)
    if not rate:
        raise UserError(
            f"The {what} {text!r} is in seconds, but the sampling rate is unknown. Set rate=HZ, or samples."
        )
    return max(1, round(number * rate))


def suggested(rows: int) -> int:
    """A window for a recording of `rows` samples: 128, shorter where that leaves fewer than 20."""
    if rows < 2 * SHORT:
        return max(1, rows)
    return int(min(USUAL, max(SHORT, 2 ** int(np.log2(max(2, rows // WANTED))))))


def sizes(recording: Recording, mapping: Mapping) -> tuple[int, int]:
    """Window and step in samples; raises UserError where the window is longer than the recording."""
    rate = mapping.rate or recording.rate
    window = samples(mapping.window, "window", rate) or min(suggested(recording.rows), longest(recording, mapping.gaps))
    while not mapping.window and recording.rows > limits.SERIES * window:
        window *= 2
    step = samples(mapping.step, "step", rate) or window
    if window > recording.rows:
        raise UserError(
            f"The window has {window:,} samples, the recording only {recording.rows:,}. Choose a shorter window."
        )
    return window, step


def longest(recording: Recording, gaps: str) -> int:
    """The longest stretch that one window may span."""
    return int(np.diff(edges_of(recording, gaps)).max(initial=1))


def edges_of(recording: Recording, gaps: str) -> Places:
    """Where no window goes on: from one subject to the next, and at gaps where gaps="split"."""
    return np.union1d(recording.borders, recording.gaps) if gaps == "split" else recording.borders


def starts(recording: Recording, window: int, step: int, gaps: str) -> Places:
    """Where windows begin: never across subjects, nor across gaps where gaps="split"; a partial last one is dropped."""
    return between(edges_of(recording, gaps), window, step)


def between(edges: Places, window: int, step: int) -> Places:
    """Where windows begin that cross none of the edges."""
    found = [np.arange(a, b - window + 1, step) for a, b in pairwise(edges)]
    return np.concatenate(found).astype(np.int64) if found else np.zeros(0, np.int64)


def windowed(recording: Recording, mapping: Mapping) -> tuple[Cases, tuple[Finding, ...], str]:
    """The windows as series, what to know about them, and a sentence that says how they were cut.

    Raises UserError where there are none, or more than are read.
    """
    findings = look(recording, mapping)
    window, step = sizes(recording, mapping)
    chosen = "" if mapping.window else " (no window was given; choose one with window=W)"
    sentence = f"Cut into windows of {window:,} samples, every {step:,}{chosen}."
    return cut(recording, mapping), findings, sentence


def cut(recording: Recording, mapping: Mapping) -> Cases:
    """The windows as series; raises UserError where there are none, or more than are read."""
    window, step = sizes(recording, mapping)
    places = starts(recording, window, step, mapping.gaps)
    if not places.size:
        raise UserError(f"No stretch of the recording is {window:,} samples long. Choose a shorter window.")
    if places.size > limits.SERIES or places.size * window * recording.values.shape[0] > limits.KEPT_VALUES:
        raise UserError(
            f"A window of {window:,} and a step of {step:,} samples give {places.size:,} series; at most "
            f"{limits.SERIES:,} series and {limits.KEPT_VALUES:,} values are taken. Choose a longer step."
        )
    labels, kept = label_of(recording.labels, places, window, mapping.rule)
    if not kept.any():
        raise UserError("No window has one label throughout. Choose a shorter window, or rule=majority.")
    places = places[kept]
    return Cases(
        [recording.values[:, a : a + window] for a in places],
        None if labels is None else labels[kept],
        recording.channels,
        mapping.rate or recording.rate,
        None if recording.subjects is None else recording.subjects[places],
        None if recording.parts is None else recording.parts[places],
    )


def label_of(written: Words | None, places: Places, window: int, rule: str) -> tuple[Words | None, NDArray[np.bool_]]:
    """Each window's label and whether it counts: of most samples (a tie goes to the later label), or whole windows."""
    kept = np.ones(places.size, bool)
    if written is None:
        return None, kept
    names = cells.in_order([w for w in set(written) if w])
    place = {n: i for i, n in enumerate(names)} | {"": len(names)}
    codes = np.fromiter(map(place.__getitem__, written), np.int32, len(written))
    out = np.empty(places.size, object)
    whole = np.bincount(codes, minlength=len(names) + 1)[:-1]
    for i, a in enumerate(places):
        votes = np.bincount(codes[a : a + window], minlength=len(names) + 1)
        kept[i] = rule != "whole" or votes.max() == window
        said = votes[:-1]
        if rule == "rarest" and said.any():
            out[i] = names[int(np.argmin(np.where(said > 0, whole, whole.max() + 1)))]
            continue
        out[i] = names[said.size - 1 - int(np.argmax(said[::-1]))] if said.any() else ""
    return out, kept


def look(recording: Recording, mapping: Mapping) -> tuple[Finding, ...]:
    """Findings about a recording, before it is cut."""
    found = [_repeated(recording), _gaps(recording, mapping), _overlap(recording, mapping), _lost(recording, mapping)]
    return tuple(f for f in found if f is not None)


def _lost(recording: Recording, mapping: Mapping) -> Finding | None:
    """Labels that occur, but are no window's label."""
    if recording.labels is None or mapping.rule == "rarest":
        return None
    window, step = sizes(recording, mapping)
    labels, kept = label_of(recording.labels, starts(recording, window, step, mapping.gaps), window, mapping.rule)
    there = {str(w) for w in recording.labels if w}
    gone = sorted(there - ({str(w) for w in labels[kept]} if labels is not None else set()))
    if not gone or len(there) < 2:
        return None
    rows = int(np.isin(recording.labels, gone).sum())
    sentence = (
        f"{len(gone):,} of {len(there):,} labels ({', '.join(g[:20] for g in gone[:4])}; {rows:,} rows) are in no "
        f"window with rule={mapping.rule}. rule=rarest gives a window the rarest label in it; a shorter one helps too."
    )
    return Finding("lost_labels", sentence, len(gone), -1, ("rule=rarest",))


def _repeated(recording: Recording) -> Finding | None:
    if recording.times is None or recording.rows < 2:
        return None
    same = np.diff(recording.times) == 0
    same[recording.borders[1:-1] - 1] = False
    hit = np.flatnonzero(same)
    if not hit.size:
        return None
    what = "time occurs" if hit.size == 1 else "times occur"
    sentence = f"{hit.size:,} {what} twice (first: row {hit[0] + 2}); every row was kept, in the file's order."
    return Finding("repeated_times", sentence, int(hit.size), int(hit[0]) + 1)


def _gaps(recording: Recording, mapping: Mapping) -> Finding | None:
    places = np.setdiff1d(recording.gaps, recording.borders)
    if not places.size or recording.times is None:
        return None
    steps = recording.times[places] - recording.times[places - 1]
    done = "no window spans one" if mapping.gaps == "split" else "windows go on across them"
    which = "1 gap" if places.size == 1 else f"{places.size:,} gaps"
    sentence = f"{which} in time (first: before row {places[0] + 1}; longest: {_span(steps)}); {done}."
    return Finding("gaps", sentence, int(places.size), int(places[0]), ("gaps=split", "gaps=bridge"), mapping.gaps)


def _span(steps: Numbers) -> str:
    longest = float(np.max(np.abs(steps)))
    for seconds, word in ((86_400.0, "days"), (3_600.0, "h"), (60.0, "min")):
        if longest >= 2 * seconds:
            return f"{longest / seconds:.3g} {word}"
    return f"{longest:.3g} s"


def _overlap(recording: Recording, mapping: Mapping) -> Finding | None:
    window, step = sizes(recording, mapping)
    if step >= window:
        return None
    share = 100 * (window - step) / window
    if mapping.split == "stratified":
        rest = "are in training and test, so accuracy is flattered. Choose split=block, or split=group with subjects."
        return Finding(
            "overlap", f"Windows overlap by {share:.0f} %: neighbours {rest}", window - step, -1, ("split=block",)
        )
    rest = "so that only those at a border share samples"
    done = "subjects" if recording.subjects is not None and mapping.split in ("auto", "group") else "blocks of time"
    sentence = f"Windows overlap by {share:.0f} %; training and test sets are cut by {done}, {rest}."
    return Finding("overlap", sentence, window - step, applied="split=block")


@dataclass(frozen=True)
class Windows:
    """What a window length gives: how many series, and how many of each class ({} where that is not known)."""

    series: int
    classes: Plain[str, int]


def outline(recording: Recording) -> dict[str, Any] | None:
    """What says without the values how many windows a length gives: rows, rate, borders, gaps and runs of labels.

    None where they are too many to keep.
    """
    edges, gaps, runs = recording.borders, recording.gaps, _runs(recording)
    if max(edges.size, gaps.size, len(runs)) > MOST_RUNS:
        return None
    return {
        "rows": recording.rows, "rate": recording.rate, "edges": edges.tolist(), "gaps": gaps.tolist(), "labels": runs,
    }  # fmt: skip


def _runs(recording: Recording) -> list[tuple[str, int]]:
    if recording.labels is None:
        return []
    change = np.flatnonzero(recording.labels[1:] != recording.labels[:-1]) + 1
    places = [0, *change.tolist(), recording.rows]
    return [(str(recording.labels[a]), b - a) for a, b in pairwise(places)]


def count(known: Plain[str, Any], window: int, step: int, rule: str = "majority", gaps: str = "bridge") -> Windows:
    """The windows of this length and step, in samples, of the recording with this outline."""
    edges = np.array(known["edges"], np.int64)
    if gaps == "split":
        edges = np.union1d(edges, np.array(known["gaps"], np.int64))
    places = between(edges, window, step)
    runs = known["labels"]
    if not runs or not places.size:
        return Windows(int(places.size), {})
    written = np.repeat(words([name for name, _ in runs]), [length for _, length in runs])
    labels, kept = label_of(written, places, window, rule)
    found = [str(w) for w in labels[kept] if w] if labels is not None else []
    counts = Counter(found)
    return Windows(len(found), {name: counts[name] for name in cells.in_order(found)})
