"""What queues, comparisons, sweeps and quotas ask of the index, which is brought level with the folders first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kdviz.data.sources import samples
from kdviz.runs.index.opened_indexes import WHOLE, index, level
from kdviz.runs.index.run_index import READ, VERIFY, RunIndex
from kdviz.runs.store.datasets import store
from kdviz.runs.store.home import cache_home, data_home, home, runs_home
from kdviz.runs.store.lineage import size
from kdviz.runs.store.run import IN_APP, WITH_ANSWER, Run, RunState


@dataclass(frozen=True)
class Answered:
    """A run as lists name it. data: fingerprint; epoch: that of its answer; ended: whether it has one; asked: when, in
    seconds since the epoch.
    """

    id: str
    method: str
    data: str
    data_name: str
    seed: int
    epoch: int | None
    epochs: int
    ended: bool
    name: str = ""
    asked: float = 0.0


def answered(data: str = "", most: int = 100) -> list[Answered]:
    """The newest finished and stopped runs that somebody taught, those of this data first."""
    words = f"{LISTED} AND {ENDED} ORDER BY sha256 <> ?, asked DESC, id LIMIT ?"
    return _answered(words, (data, most))


def taught_on(data: str, most: int = 100) -> list[Answered]:
    """The newest runs on one data set that somebody taught or teaches, open ones too."""
    return _answered(f"{LISTED} AND sha256 = ? ORDER BY asked DESC, id LIMIT ?", (data, most))


ENDED = f"state IN ({', '.join(repr(state.value) for state in WITH_ANSWER)})"
LISTED = (
    f"SELECT id, method, sha256, data, seed, epoch, epochs, {ENDED}, coalesce(name, ''), asked FROM runs "
    "WHERE method <> 'supervised' AND state <> 'unreadable'"
)


def _answered(words: str, given: Sequence[object]) -> list[Answered]:
    return [Answered(*found) for found in level().rows(words, given)]


@dataclass(frozen=True)
class Compared:
    """What a comparison's page asks of a run before it is compared; `mark` changes with what it can say."""

    run: Run
    state: str
    method: str
    data: str
    sha256: str
    seed: int
    name: str
    mark: str

    @property
    def id(self) -> str:
        """The run's identity."""
        return self.run.folder.name


def distilled(most: int = -1) -> list[Compared]:
    """The newest finished runs that somebody taught; all of them unless `most` says how many."""
    where = f"WHERE state = '{RunState.FINISHED}' AND method <> 'supervised' ORDER BY asked DESC, id LIMIT ?"
    return _compared(level(), where, (most,))


def watches(most: int = -1) -> list[Compared]:
    """The newest finished runs that watched a recording: somebody taught them, and they have no accuracy."""
    where = f"WHERE state = '{RunState.FINISHED}' AND method <> 'supervised' AND accuracy IS NULL "
    found = _compared(level(), f"{where} ORDER BY asked DESC, id LIMIT ?", (most,))
    return [each for each in found if each.run.recipe.train_end]


def seeds_of(variant: str) -> list[int]:
    """The seeds with which a variant has finished here."""
    words = "SELECT DISTINCT seed FROM runs WHERE state = ? AND variant = ?"
    return [seed for (seed,) in level().rows(words, (RunState.FINISHED.value, variant))]


def able_to_teach(views: Sequence[str], most: int) -> list[Compared]:
    """The newest finished runs whose student sees one of these views."""
    where = "WHERE state = ? AND student IN (SELECT value FROM json_each(?)) ORDER BY asked DESC, id LIMIT ?"
    return _compared(level(), where, (RunState.FINISHED.value, json.dumps(list(views)), most))


def those(identities: Sequence[str]) -> list[Compared]:
    """Those of these runs that are here, in their order."""
    found = {each.run.folder.name: each for each in _compared(level(), f"WHERE {AMONG}", (json.dumps(identities),))}
    return [found[i] for i in identities if i in found]


AMONG = "id IN (SELECT value FROM json_each(?))"


def _compared(found: RunIndex, where: str, given: Sequence[object]) -> list[Compared]:
    place = runs_home()
    words = f"SELECT id, state, method, data, sha256, seed, name, outcome, measured FROM runs {where}"
    return [
        Compared(
            Run(place / i), state, str(method), str(data), str(sha256), seed, str(name or ""), f"{outcome} {measured}"
        )
        for i, state, method, data, sha256, seed, name, outcome, measured in found.rows(words, given)
    ]


@dataclass(frozen=True)
class CellOutcome:
    """What came of one run of a sweep."""

    state: str
    accuracy: float | None
    control: float | None
    seconds: float | None
    why: str


def outcomes(identities: Iterable[str]) -> dict[str, CellOutcome]:
    """By identity: the outcome of each of these that is here."""
    words = f"SELECT id, state, accuracy, control, seconds, why FROM runs WHERE {AMONG}"
    found = level().rows(words, (json.dumps(list(identities)),))
    return {i: CellOutcome(state, a, c, s, why or "") for i, state, a, c, s, why in found}


def states(identities: Iterable[str]) -> dict[str, str]:
    """By identity: how each of these that is here stands, every folder asked."""
    words = f"SELECT id, state FROM runs WHERE {AMONG}"
    return dict(level(WHOLE, WHOLE).rows(words, (json.dumps(list(identities)),)))


def unended(verify: float = VERIFY, read: float = READ) -> list[Run]:
    """The runs that have not ended and are somebody's business: begun by whomever, or asked for in the app."""
    words = "SELECT id FROM runs WHERE open = 1 AND (begun = 1 OR made = ?) ORDER BY asked DESC, id"
    place = runs_home()
    return [Run(place / i) for (i,) in level(verify, read).rows(words, (IN_APP,))]


def open_ids() -> set[str]:
    """The identities of all runs that have not ended and can be read."""
    return {i for (i,) in index().rows("SELECT id FROM runs WHERE open = 1 AND state <> 'unreadable'")}


def usual_seconds(most: int) -> list[float]:
    """How long those of the app's runs took that finished last."""
    words = "SELECT seconds FROM runs WHERE state = ? AND made = ? AND seconds IS NOT NULL ORDER BY asked DESC LIMIT ?"
    return [s for (s,) in level().rows(words, (RunState.FINISHED.value, IN_APP, most))]


def past_seconds() -> dict[str, list[float]]:
    """By likeness: the seconds of the finished runs here that trained nothing but themselves."""
    found: dict[str, list[float]] = {}
    words = "SELECT likeness, seconds FROM runs WHERE state = ? AND alone AND seconds IS NOT NULL"
    for like, seconds in level().rows(words, (RunState.FINISHED.value,)):
        found.setdefault(like, []).append(seconds)
    return found


def known_data() -> dict[str, str]:
    """Names by a sample's id or a data set's fingerprint: samples first, then those of runs, latest first."""
    found = {name: sample.title for name, sample in samples.names().items()}
    words = "SELECT sha256, data, max(asked) FROM runs WHERE sample = '' GROUP BY sha256 ORDER BY 3 DESC"
    for sha, name, _ in level().rows(words):
        if sha in store():
            found.setdefault(sha, name or sha[:8])
    return found


def bytes_of_runs() -> int:
    """Bytes of all runs."""
    return int(level().rows("SELECT coalesce(sum(bytes), 0) FROM runs")[0][0])


def disk() -> dict[str, int]:
    """Bytes by what they are for: runs, data sets, uploads, what can be computed again, and the trash."""
    places = {"data sets": data_home(), "cache": cache_home()}
    places |= {name: home() / name for name in ("uploads", "trash")}
    return {"runs": bytes_of_runs(), **{name: size(place) for name, place in places.items()}}
