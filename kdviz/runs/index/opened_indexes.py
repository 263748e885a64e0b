"""The indexes that this process has open: one a home, and on a shared host one a visitor."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import OrderedDict
from pathlib import Path

from kdviz.runs.index.run_index import READ, VERIFY, RunIndex
from kdviz.runs.store.home import home
from kdviz.runs.store.run import CHANGED, Run

MOST_OPEN = 64
WHOLE = 3600.0
"""Seconds for who wants every folder asked and read, however many there are."""

_known: OrderedDict[Path, RunIndex] = OrderedDict()
_turn = threading.Lock()


def index() -> RunIndex:
    """The index of the home of whoever asks."""
    place = home()
    with _turn:
        found = _known.pop(place, None) or RunIndex(place)
        _known[place] = found
        while len(_known) > MOST_OPEN:
            _known.popitem(last=False)[1].close()
    return found


def note(run: Run) -> None:
    """Tell the index that a run changed; it is none of the run's business whether that can be written down."""
    CHANGED.add(run.folder)
    with contextlib.suppress(OSError, sqlite3.Error):
        index().note_changed()


def level(verify: float = VERIFY, read: float = READ) -> RunIndex:
    """The index, brought level with the folders for at most so many seconds."""
    found = index()
    found.look(verify, read)
    return found
