"""Runs, links and files that an earlier kdviz made (tests/golden/before), unpacked where a test wants them."""

from __future__ import annotations

import json
import math
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

BEFORE = Path(__file__).parent / "golden" / "before"
NOT_COMPARED = {"out", "seconds", "milliseconds", "sentence", "told", "title", "why", "bytes"}
"""Paths, times of this machine's clock, and words that may be said better."""

RETHOUGHT = {"low", "high", "p"}
"""Ends of intervals and permutations' p: few subjects are judged otherwise since, the estimates are not."""


def unpacked(home: Path) -> Path:
    """The home of before in this folder."""
    home.mkdir(parents=True, exist_ok=True)
    with tarfile.open(BEFORE / "home.tar.xz") as tar:
        tar.extractall(home, filter="data")
    return home


def recorded(name: str) -> Any:
    """What was written down then."""
    return json.loads((BEFORE / f"{name}.json").read_text())


def unlike(then: Any, now: Any, place: str = "") -> Iterator[str]:
    """Where what is said now is not what was said then; more may be said, and the last digits are the machine's."""
    if isinstance(then, Mapping):
        for key in then:
            if key not in NOT_COMPARED | RETHOUGHT:
                here = f"{place}/{key}"
                yield from unlike(then[key], now[key], here) if key in now else [f"{here} is gone"]
    elif isinstance(then, list):
        if not isinstance(now, list) or len(then) != len(now):
            yield f"{place}: {then!r:.80} is {now!r:.80}"
        else:
            for number, (one, other) in enumerate(zip(then, now, strict=True)):
                yield from unlike(one, other, f"{place}/{number}")
    elif isinstance(then, float) and isinstance(now, float):
        if not math.isclose(then, now, rel_tol=1e-3, abs_tol=1e-4):
            yield f"{place}: {then!r} is {now!r}"
    elif then != now:
        yield f"{place}: {then!r:.80} is {now!r:.80}"
