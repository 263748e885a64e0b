"""Where things are kept: one folder with data sets, runs and caches; on a shared host one a visitor, with bounds."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from kdviz.core.child_process import ONE_THREAD, ROOT
from kdviz.core.errors import UserError

FREE_BYTES = 500 << 20
RUN_ID = re.compile(r"[0-9a-f]{32}")
VISITOR = re.compile(r"[0-9a-f]{32}")
VISITORS = "visitors"
_here: ContextVar[Path | None] = ContextVar("kdviz_home", default=None)
_whose: list[Callable[[], str]] = []
SWITCH, DAYS, RUN_SECONDS = "KDVIZ_HOSTED", "KDVIZ_KEEP_DAYS", "KDVIZ_RUN_SECONDS"

# What a visitor of a shared host may have; on one's own machine nothing is limited.
MOST_QUEUED = 3
MOST_RUNNING = 1
MOST_DATA_SETS = 8
MOST_BYTES = 256 << 20
MOST_BYTES_OF_ALL = 20 << 30
CACHE_GIGABYTES = "0.25"
WINDOWS, WINDOWS_AT_HOME = 8, 32


class NoHome(UserError):
    """The folder that everything is kept in cannot be made: no file that is given helps."""


def root() -> Path:
    """`KDVIZ_HOME`, or `.kdviz` in the user's home; made private to its owner."""
    try:
        place = Path(os.environ.get("KDVIZ_HOME") or "~/.kdviz").expanduser()
    except RuntimeError:
        raise NoHome("Your home folder cannot be found. Set KDVIZ_HOME to a folder that may be written.") from None
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as reason:
        raise NoHome(f"The folder {place} cannot be made ({reason.strerror}). Set KDVIZ_HOME to another.") from None
    return place


def home() -> Path:
    """The folder of whoever asks: the root, unless a shared host told by `separate` whose it is, or `at` says."""
    place = _here.get()
    if place is not None:
        return place
    who = _whose[-1]() if _whose else ""
    return home_for(who) if who else root()


def home_for(visitor: str) -> Path:
    """A visitor's own folder on a shared host, made by what is first written there, not by a visit.

    Raises UserError where that is no visitor.
    """
    if not VISITOR.fullmatch(visitor):
        raise UserError("It is not known who asks. Reload the page.")
    return root() / VISITORS / visitor


def home_of(folder: Path) -> Path:
    """The visitor's folder that a run's directory lies in; the folder of whoever asks where it lies in none."""
    places = folder.parts[-4:]
    mine = len(places) == 4 and places[0] == VISITORS and bool(VISITOR.fullmatch(places[1])) and places[2] == "runs"
    return folder.parent.parent if mine else home()


def homes() -> list[Path]:
    """Every visitor's folder."""
    place = root() / VISITORS
    return sorted(p for p in place.iterdir() if VISITOR.fullmatch(p.name)) if place.is_dir() else []


@contextmanager
def at(place: Path) -> Iterator[None]:
    """Within, `home` is this one, whoever asks."""
    before = _here.set(place)
    try:
        yield
    finally:
        _here.reset(before)


@contextmanager
def separate(whose: Callable[[], str]) -> Iterator[None]:
    """Within, every visitor has a folder of his own; `whose` tells who asks, and nothing where nobody does."""
    _whose.append(whose)
    try:
        yield
    finally:
        _whose.remove(whose)


def runs_home() -> Path:
    """The folder of all runs."""
    return _room("runs")


def data_home() -> Path:
    """The folder of stored data sets."""
    return _room("datasets")


def cache_home() -> Path:
    """The folder of what can be computed again."""
    return _room("cache")


def _room(name: str) -> Path:
    """A folder of the home, made where the home is there: a visitor's own is made by what he keeps."""
    place = home() / name
    with contextlib.suppress(FileNotFoundError):
        place.mkdir(mode=0o700, exist_ok=True)
    return place


def run_folder(identity: str) -> Path:
    """The folder of a run in the home; raises UserError where the identity is none."""
    if not RUN_ID.fullmatch(identity):
        raise UserError(f"{identity[:40]!r} names no run: a run's identity is 32 hexadecimal digits.")
    return runs_home() / identity


def refuse_full_disk(folder: Path) -> None:
    """Raise UserError under 500 MB of free space."""
    space = os.statvfs(folder if folder.exists() else root())
    if space.f_bavail * space.f_frsize < FREE_BYTES:
        raise UserError("Less than 500 MB are free on this disk. Delete old runs on the Runs page, then start again.")


def hosted() -> bool:
    """Whether visitors who do not know each other share this server."""
    return os.environ.get(SWITCH, "") == "1"


def child_environment() -> dict[str, str]:
    """The environment of every child: one thread, our package first, nothing asked of the network."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    own = {"KDVIZ_HOME": str(home().resolve()), "PYTHONPATH": path, "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
    if hosted():
        own["KDVIZ_CACHE_GB"] = os.environ.get("KDVIZ_CACHE_GB", CACHE_GIGABYTES)
    return {**os.environ, **ONE_THREAD, **own}


def keep_days() -> float:
    """How many days after a visitor's last visit all of his is deleted; raises UserError where that is no number."""
    given = os.environ.get(DAYS, "7")
    try:
        days = float(given)
    except ValueError:
        days = 0.0
    if not 0 < days <= 3650:
        raise UserError(f"{DAYS} was {given[:20]!r}; allowed is a number of days above 0, at most 3650.")
    return days


def run_seconds() -> float | None:
    """How long a run may train on a shared host, None on one's own; raises UserError where that is no number."""
    if not hosted():
        return None
    given = os.environ.get(RUN_SECONDS, "900")
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 7 * 86400:
        raise UserError(f"{RUN_SECONDS} was {given[:20]!r}; allowed is a number of seconds from 1 to 604800.")
    return seconds


def windows() -> int:
    """How many pages of one browser may be open at once."""
    return WINDOWS if hosted() else WINDOWS_AT_HOME
