"""EDF+ annotations: what was noted, from when, for how long. doi:10.1016/S1388-2457(03)00123-8."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from kdviz.data.raw import Words, words

MOST = 100_000
COVERED = 0.5


@dataclass(frozen=True)
class Note:
    """A text that holds from `onset` for `seconds`."""

    onset: float
    seconds: float
    text: str


def notes_in(records: Iterable[bytes]) -> list[Note]:
    """The notes of all records, without the empty ones that only keep time; what cannot be read is no note."""
    found: list[Note] = []
    for record in records:
        for block in record.split(b"\x00"):
            when, *texts = block.split(b"\x14")
            onset, _, seconds = when.partition(b"\x15")
            try:
                start, length = float(onset), float(seconds or 0)
            except ValueError:
                continue
            said = (t.decode("utf-8", "replace").strip() for t in texts)
            found += [Note(start, length, t) for t in said if t and np.isfinite([start, length]).all()]
            if len(found) > MOST:
                return found[:MOST]
    return found


def labels(notes: Sequence[Note], samples: int, rate: float) -> Words | None:
    """The note of each sample, "" where there is none; None where they cover less than half of the recording."""
    out = words([""] * samples)
    for note in notes:
        if note.seconds > 0:
            start, end = (
                round(min(max(t, 0.0), samples / rate) * rate) for t in (note.onset, note.onset + note.seconds)
            )
            out[start:end] = note.text[:200]
    return out if (out != "").mean() >= COVERED else None
