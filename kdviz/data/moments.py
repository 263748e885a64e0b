"""What is odd about a recording's clock and its windows: times that repeat, gaps, windows that share samples."""

from __future__ import annotations

import numpy as np

from kdviz.data import windowing
from kdviz.data.mapping import Mapping
from kdviz.data.quality import Finding
from kdviz.data.raw import Numbers, Recording
from kdviz.data.tall import borders


def look(recording: Recording, mapping: Mapping) -> tuple[Finding, ...]:
    """Findings about a recording, before it is cut."""
    found = [_repeated(recording), _gaps(recording, mapping), _overlap(recording, mapping)]
    return tuple(f for f in found if f is not None)


def _repeated(recording: Recording) -> Finding | None:
    if recording.times is None or recording.rows < 2:
        return None
    same = np.diff(recording.times) == 0
    same[borders(recording.subjects, recording.rows)[1:-1] - 1] = False
    hit = np.flatnonzero(same)
    if not hit.size:
        return None
    what = "time occurs" if hit.size == 1 else "times occur"
    sentence = f"{hit.size:,} {what} twice (first: row {hit[0] + 2}); every row was kept, in the file's order."
    return Finding("repeated_times", sentence, int(hit.size), int(hit[0]) + 1)


def _gaps(recording: Recording, mapping: Mapping) -> Finding | None:
    places = np.setdiff1d(windowing.gaps_in(recording), borders(recording.subjects, recording.rows))
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
    window, step = windowing.sizes(recording, mapping)
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
