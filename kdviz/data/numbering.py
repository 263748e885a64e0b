"""Column names that count the samples of a series: t0 t1 t2, acc_x_0 acc_x_1 ..., 0.00 0.02 ..., or dates."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from kdviz.data import times
from kdviz.data.raw import Column
from kdviz.data.vocabulary import plain

FEWEST_PER_CHANNEL = 4
FEWEST_DATES = 8
MOST_STRAYS = 8
_SENSORS = (
    "ch", "channel", "chan", "sensor", "s", "eeg", "emg", "ecg", "acc", "gyro", "lead", "sig", "signal", "feature", "f",
    "sensor_measurement", "electrode", "node", "mfcc",
)  # fmt: skip
_NUMBERED = re.compile(r"(?P<stem>.*?)[\s_.\-\[(]*(?P<at>\d+)[\])]?")


def grouped(columns: Sequence[Column]) -> dict[str, list[Column]]:
    """Columns called acc_x_0, acc_x_1 ..., acc_y_0 ... by channel; empty where the names say nothing of the kind."""
    if _dated(columns):
        return {}
    found: dict[str, list[tuple[int, Column]]] = {}
    for c in columns:
        match = _NUMBERED.fullmatch(c.name.strip())
        if not match:
            return {}
        found.setdefault(match["stem"].strip(" _.-[("), []).append((int(match["at"]), c))
    lengths = {len(v) for v in found.values()}
    if len(lengths) != 1 or min(lengths) < FEWEST_PER_CHANNEL:
        return {}
    for stem, block in found.items():
        places = sorted(at for at, _ in block)
        if places != list(range(places[0], places[0] + len(places))):
            return {}
        found[stem] = sorted(block, key=lambda pair: pair[0])
    return {stem or "value": [c for _, c in block] for stem, block in found.items()}


def numbered(columns: Sequence[Column]) -> bool:
    """Whether column names count the samples: 0 1 2, t0 t1, att1 att2, or evenly spaced times."""
    if grouped(columns):
        return True
    try:
        counted = np.array([float(c.name) for c in columns])
    except ValueError:
        return _dated(columns)
    steps = np.diff(counted)
    return bool(steps.size and (steps > 0).all() and np.allclose(steps, steps[0], rtol=1e-3))


def _dated(columns: Sequence[Column]) -> bool:
    """Whether column names are dates that go on."""
    if len(columns) < FEWEST_DATES or not columns[0].name[:1].isdigit():
        return False
    moments = times.from_words([c.name for c in columns])
    return moments is not None and bool((np.diff(moments) > 0).all())


def strays(columns: Sequence[Column]) -> tuple[Column, ...]:
    """The few columns beside many whose names count the samples ("fold" beside t0 ... t59); () where none do."""
    inside = [c for c in columns if _NUMBERED.fullmatch(c.name.strip())]
    stems = {c.name.strip().rpartition(".")[0] for c in inside}
    outside = tuple(c for c in columns if not _NUMBERED.fullmatch(c.name.strip()) and c.name not in stems)
    few = 0 < len(outside) <= min(MOST_STRAYS, len(inside) // 8)
    return outside if few and numbered(inside) and not called_channels(inside) else ()


def called_channels(columns: Sequence[Column]) -> bool:
    """Whether numbered names are those of sensors rather than of moments."""
    stem = re.sub(r"[\d_\s]+$", "", plain(columns[0].name))
    words = (stem, stem.rpartition("_")[2])
    return bool({*_SENSORS} & set(words))
