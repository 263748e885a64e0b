"""What lies in a run's directory, read without torch; the state is derived, never stored."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from kdviz.core.errors import UserError
from kdviz.core.files import is_held, lines, private, write_json
from kdviz.runs.store.final_record import refuse_undrawable
from kdviz.runs.store.home import RUN_ID, home_of, run_folder, runs_home
from kdviz.training.recipe import Recipe, recipe_from

REQUEST = "request.json"
EVENTS = "events.jsonl"
ATTEMPTS = "attempts.jsonl"
LOCK = "lock"
CANCEL = "cancel"
FINAL = "final.json"
TEACHERS = "teachers"
EPOCHS = "epochs"
ABOUT = "about.json"
MEASURED = "measured.json"
DRIVEN = "driven.json"
DEVICE = "device"
"""Where a run was asked to train: a word of its request and no part of its recipe, left out where nobody said."""


class RunState(StrEnum):
    """How a run stands; the words in final records, rows and JSON."""

    RUNNING = "running"
    QUEUED = "queued"
    FINISHED = "finished"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"
    FAILED = "failed"


WITH_ANSWER = (RunState.FINISHED, RunState.STOPPED)
ENDED = (*WITH_ANSWER, RunState.FAILED)
WAITING = (RunState.QUEUED, RunState.INTERRUPTED)
IN_APP = "in the app"
CHANGED: set[Path] = set()
"""The runs' folders that this process changed; the index takes them out when it has read them anew."""
OPENED: set[Path] = set()
"""The homes in which this process opened a run that the app brings to its end; whoever does so takes them out."""
PART_OF_ID = re.compile(r"[0-9a-f]{8,31}")


@dataclass(frozen=True)
class Run:
    """A run's directory."""

    folder: Path

    @property
    def request(self) -> dict[str, Any]:
        """What was asked for: recipe, data name, when."""
        return read_record(self.folder / REQUEST)

    @property
    def recipe(self) -> Recipe:
        """The recipe of the run; raises UserError where it cannot be read."""
        return recipe_from(self.request["recipe"])

    @property
    def identity(self) -> str:
        """The recipe's identity."""
        return self.recipe.identity

    @property
    def final(self) -> dict[str, Any] | None:
        """The final record, where the run has ended."""
        path = self.folder / FINAL
        return read_record(path) if path.exists() else None

    @property
    def state(self) -> RunState:
        """How it stands; raises UserError where its final record says what no run can."""
        return self.state_by(self.final)

    def state_by(self, final: dict[str, Any] | None) -> RunState:
        """The state, where the final record was read already."""
        if final is not None:
            return _ended_as(self, final)
        if is_held(self.folder / LOCK):
            return RunState.RUNNING
        return RunState.INTERRUPTED if (self.folder / ATTEMPTS).exists() else RunState.QUEUED

    @property
    def device(self) -> str:
        """What to ask for so that it trains where it did: its own wish, else the card that its record names, else
        nothing, which is what is usual."""
        return str(self.request.get(DEVICE) or ("cuda" if (self.final or {}).get(DEVICE) == "cuda" else ""))

    @property
    def asked_at(self) -> float:
        """When the run was asked for, in seconds since the epoch."""
        return (self.folder / REQUEST).stat().st_mtime

    @property
    def outcome_key(self) -> str:
        """Changes whenever the run ends anew: the key of what is kept about it."""
        path = self.folder / FINAL
        return str(path.stat().st_mtime_ns) if path.exists() else "open"

    @property
    def told(self) -> str:
        """Changes whenever the run says something more: the key of what is drawn of its log."""
        path = self.folder / EVENTS
        found = path.stat() if path.exists() else None
        return f"{found.st_size} {found.st_mtime_ns}" if found is not None else ""

    def events(self) -> Iterator[dict[str, Any]]:
        """Everything the run has said so far."""
        return lines(self.folder / EVENTS)

    def cancel(self) -> None:
        """Ask the worker to stop; what was learned is kept."""
        (self.folder / CANCEL).touch()


def _ended_as(run: Run, final: dict[str, Any]) -> RunState:
    said = final.get("state", RunState.FINISHED)
    if said not in ENDED:
        raise UserError(f"{FINAL} of run {run.folder.name} says that it is {str(said)[:40]!r}, which no run can be.")
    refuse_undrawable(final, f"{FINAL} of run {run.folder.name}")
    return RunState(str(said))


"""What pages draw of a final record, and how they can: one that was altered or made elsewhere may hold anything."""


def make(
    recipe: Recipe,
    data_name: str,
    source: dict[str, Any],
    folder: Path | None = None,
    made: str = "",
    visitor: str = "",
    durable: bool = True,
    device: str = "",
) -> Run:
    """A run's directory with its request; the home's, unless `folder` is given. Nothing is started.

    Whoever makes thousands flushes them together, and is not `durable` with each. A `device` that is named holds from
    now on, whoever made the run, unless that has ended.
    """
    place = folder or run_folder(recipe.identity)
    private(place)
    if not _written(place / REQUEST):
        request = {"recipe": recipe.plain(), "data": data_name, "source": source, "made": made, "visitor": visitor}
        write_json(place / REQUEST, request, durable)
        CHANGED.add(place)
    if device and not (place / FINAL).exists() and (asked := Run(place).request).get(DEVICE) != device:
        write_json(place / REQUEST, {**asked, DEVICE: device}, durable)
        CHANGED.add(place)
    if made == IN_APP:
        adopt(Run(place), visitor)
    return Run(place)


def _written(path: Path) -> bool:
    """Whether a request is there; one that a crash of the machine left empty is none."""
    try:
        return path.stat().st_size > 0
    except OSError:
        return False


def adopt(run: Run, visitor: str = "") -> None:
    """From now on the app brings this run to its end, whoever made it."""
    request = run.request
    if request.get("made") != IN_APP:
        write_json(run.folder / REQUEST, {**request, "made": IN_APP, "visitor": visitor})
    CHANGED.add(run.folder)
    OPENED.add(home_of(run.folder))


def open_run(folder: Path) -> Run:
    """The run in a directory; raises UserError where there is none."""
    if not (folder / REQUEST).is_file():
        raise UserError(f"{folder} holds no run: there is no {REQUEST} in it. Make one with `python -m kdviz distill`.")
    return Run(folder)


def by_identity(identity: str) -> Run:
    """The run of this identity in the home; raises UserError where there is none."""
    return open_run(run_folder(identity))


def find_run(word: str) -> Run:
    """The run that a person names: a directory, an identity, or the first eight or more digits of one."""
    if RUN_ID.fullmatch(word):
        return by_identity(word)
    if PART_OF_ID.fullmatch(word):
        found = [path for path in runs_home().glob(f"{word}*") if RUN_ID.fullmatch(path.name)]
        if len(found) == 1:
            return open_run(found[0])
    return open_run(Path(word))


def all_runs() -> list[Run]:
    """Every run in the home, newest first, from the folders themselves: lists read kdviz.runs.index."""
    asked: list[tuple[float, Path]] = []
    for path in runs_home().glob(f"*/{REQUEST}"):
        if RUN_ID.fullmatch(path.parent.name):
            with contextlib.suppress(OSError):  # deleted just now
                asked.append((path.stat().st_mtime, path.parent))
    return [Run(folder) for _, folder in sorted(asked, key=lambda a: a[0], reverse=True)]


def read_record(path: Path) -> dict[str, Any]:
    """A JSON record of a run; raises UserError where it cannot be read."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError) as reason:
        raise UserError(f"{path.name} of run {path.parent.name} cannot be read ({type(reason).__name__}).") from None
    if not isinstance(value, dict):
        raise UserError(f"{path.name} of run {path.parent.name} holds no record.")
    return value
