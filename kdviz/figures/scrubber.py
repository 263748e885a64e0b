"""The epoch scrubber as bytes for the browser: a JSON head, then the arrays it names. A report shows the same."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.figures.palette import CONTROL, STUDENT, colour

MOST_POINTS = 1000
Arrays = Mapping[str, NDArray[Any]]


def scrubber(
    words: Mapping[str, Any],
    arrays: Arrays,
    signal: NDArray[np.floating[Any]],
    y: NDArray[np.int64],
    classes: Sequence[str],
    titles: Mapping[str, str],
    against: str,
    signed: bool,
    seconds: float | None,
    start: Mapping[str, int | None],
    truth: Sequence[tuple[float, float]] = (),
) -> bytes:
    """Everything that scrubber.js draws.

    words, arrays   kdviz.runs.analysis.snapshots
    signal (n, T)   the probes, labels y (n,) into classes
    titles          of networks by role; `against` is the teacher of match and difference
    seconds         per sample, None where unknown; start: `epoch` and `series` to begin with, or None
    truth           by series, from and to where the evidence was put, as shares of its length; none where unknown
    """
    parts: dict[str, NDArray[Any]] = {"signal": drawn(signal), "y": np.asarray(y, np.int16)}
    parts |= {name: _small(value) for name, value in arrays.items() if name != "series"}
    head = {
        **words,
        "series": arrays["series"].tolist(),
        "classes": list(classes),
        "titles": dict(titles),
        "against": against if f"match/{against}" in arrays else next(iter(words["teachers"]), ""),
        "signed": signed,
        "seconds": seconds,
        "start": dict(start),
        "truth": [list(each) for each in truth],
        "colours": {"student": STUDENT, "control": CONTROL} | {t: colour(t) for t in words["teachers"]},
        "parts": [{"name": n, "shape": list(v.shape), "dtype": v.dtype.str} for n, v in parts.items()],
    }
    said = json.dumps(head, allow_nan=False).encode()
    said += b" " * (-(len(said) + 4) % 8)
    body = b"".join(v.tobytes() + b"\0" * (-v.nbytes % 8) for v in parts.values())
    return len(said).to_bytes(4, "little") + said + body


def drawn(signal: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """Each signal (n, T) from its lowest (0) to its highest (255); a long one as the ends of each of few stretches."""
    low, high = signal.min(1, keepdims=True), signal.max(1, keepdims=True)
    shades: NDArray[np.uint8] = np.rint(255 * (signal - low) / np.where(high > low, high - low, 1)).astype(np.uint8)
    if signal.shape[1] <= MOST_POINTS:
        return shades
    starts = np.arange(MOST_POINTS // 2) * signal.shape[1] // (MOST_POINTS // 2)
    ends = [each.reduceat(shades, starts, axis=1) for each in (np.minimum, np.maximum)]
    return np.stack(ends, 2).reshape(len(signal), -1)


def _small(values: NDArray[Any]) -> NDArray[Any]:
    return np.ascontiguousarray(values.astype(np.float32) if values.dtype.kind == "f" else values)
