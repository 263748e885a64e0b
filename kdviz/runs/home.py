"""Where things are kept: one folder with data sets, runs and caches."""

from __future__ import annotations

import os
import re
from pathlib import Path

from kdviz.errors import UserError

RUN_ID = re.compile(r"[0-9a-f]{32}")


def home() -> Path:
    """`KDVIZ_HOME`, or `.kdviz` in the user's home; made private to its owner."""
    place = Path(os.environ.get("KDVIZ_HOME") or Path.home() / ".kdviz")
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as reason:
        raise UserError(f"The folder {place} cannot be made ({reason.strerror}). Set KDVIZ_HOME to another.") from None
    return place


def runs_home() -> Path:
    """The folder of all runs."""
    place = home() / "runs"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def data_home() -> Path:
    """The folder of stored data sets."""
    place = home() / "datasets"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def cache_home() -> Path:
    """The folder of what can be computed again."""
    place = home() / "cache"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def run_folder(identity: str) -> Path:
    """The folder of a run in the home; raises UserError where the identity is none."""
    if not RUN_ID.fullmatch(identity):
        raise UserError(f"{identity[:40]!r} names no run: a run's identity is 32 hexadecimal digits.")
    return runs_home() / identity
