"""The index of a home's runs, kept level with their folders: who reads it has it look at what changed first."""

from __future__ import annotations

import contextlib
import logging
import math
import os
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from kdviz.core.files import is_held
from kdviz.runs.index import index_file, index_rows
from kdviz.runs.index.index_file import Opened, Unshared
from kdviz.runs.index.index_rows import Indexed, deletions, insertions, store_all
from kdviz.runs.store.home import RUN_ID
from kdviz.runs.store.run import CHANGED, LOCK, Run, RunState

VERIFY, READ = 0.01, 1.0
"""Seconds that a look may take: for asking folders whether they changed, and for reading those that did."""

LEAST, FEW, PAUSE = 50, 500, 0.5
"""So many folders are asked at every look, however busy the machine; so many, as time allows; of more, some are, and no
more often than once in so many seconds."""

AGAIN = 60.0
BATCH = 200
UNSURE = "SELECT id FROM runs WHERE mark = '' UNION SELECT id FROM runs WHERE open = 1 AND begun = 1"
"""Whom every look asks: who changed when it was read, and who is worked on."""

STANDS = "UPDATE runs SET state = ? WHERE id = ? AND open = 1"
SHOWN_SO = (
    "UPDATE shown SET row = json_set(row, '$.state', ?) WHERE id = (SELECT id FROM runs WHERE id = ? AND open = 1)"
)
"""What a lock tells of a run, unless that has ended meanwhile: its worker says so in the index by itself."""

ALONE = "Runs are read from their folders, not from an index that all processes share: {why}."
log = logging.getLogger("kdviz")


class RunIndex:
    """One home's; several threads may use it."""

    def __init__(self, place: Path) -> None:
        self.place, self.turn = place, threading.RLock()
        self.file: Opened | None = None
        self.again = 0.0
        self.seen: str | None = None
        self.verified = -PAUSE
        self.listed: set[str] = set()
        self.to_read: deque[str] = deque()
        self.to_verify: deque[str] = deque()

    @property
    def trouble(self) -> str:
        """Why it is this process's own, in a sentence; empty where all share it."""
        return ALONE.format(why=self.file.why) if self.file is not None and self.file.why else ""

    @property
    def unread(self) -> int:
        """How many folders are still to be read."""
        return len(self.to_read)

    def rows(self, query: str, given: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """What a query answers."""
        with self.turn:
            try:
                return self._db().execute(query, given).fetchall()
            except sqlite3.DatabaseError as fault:
                self._replace(fault)
                self._look(VERIFY, READ)
                return self._db().execute(query, given).fetchall()

    def look(self, verify: float = VERIFY, read: float = READ) -> None:
        """Bring the index level with the folders, for at most so many seconds each; what is left is done next time."""
        with self.turn:
            try:
                self._look(verify, read)
            except sqlite3.DatabaseError as fault:
                self._replace(fault)
                self._look(verify, read)

    def note_changed(self) -> None:
        """Read anew what this process changed; nothing where there is no file to share that with others."""
        with self.turn:
            self._reopened()
            if self.file is None and not index_file.inode(self.place / "cache"):
                return
            db = self._db()
            if self.file is not None and self.file.inode:
                with self._changed_here() as mine:
                    self._store(db, mine)

    def close(self) -> None:
        """Let the file go."""
        with self.turn:
            if self.file is not None:
                self.file.db.close()
            self.file, self.seen = None, None

    def _db(self) -> sqlite3.Connection:
        if self.file is None:
            self.file = self._opened()
            self.seen = None
        return self.file.db

    def _opened(self) -> Opened:
        """The file, where there is anything to list and it can be shared."""
        if not _names(self.place / "runs"):
            return index_file.in_memory("")
        try:
            return index_file.opened(self.place / "cache")
        except (OSError, sqlite3.Error) as reason:
            return self._own(reason)

    def _own(self, reason: Exception) -> Opened:
        """An index in memory; what keeps others from sharing the file may pass, unless that is the disk itself."""
        self.again = math.inf if isinstance(reason, Unshared) else time.monotonic() + AGAIN
        log.warning(ALONE.format(why=reason))
        return index_file.in_memory(str(reason))

    def _replace(self, fault: sqlite3.DatabaseError) -> None:
        """A file that is locked for long is left to others; one that is damaged is made anew."""
        before, self.file = self.file, None
        if before is None:
            return
        if isinstance(fault, sqlite3.OperationalError) and "malformed" not in str(fault):
            self.file, self.seen = self._own(fault), None
            with contextlib.suppress(sqlite3.Error):
                before.db.backup(self.file.db)
        else:
            index_file.remove(self.place / "cache" / index_file.NAME)
        before.db.close()

    def _reopened(self) -> None:
        """Take the file that is there now: another process may have made it anew, or let it go."""
        if self.file is None:
            return
        if self.file.inode:
            if self.file.inode != index_file.inode(self.place / "cache"):
                self.close()
        elif time.monotonic() > self.again if self.file.why else bool(_names(self.place / "runs")):
            self.close()

    def _look(self, verify: float, read: float) -> None:
        self._reopened()
        db = self._db()
        self._list(db)
        with self._changed_here() as mine:
            now = dict.fromkeys([*mine, *(i for (i,) in db.execute(UNSURE))])
            stale = [*self._stale(db, now), *self._verified(db, verify)]
            waiting = set(self.to_read)
            self.to_read.extendleft(i for i in dict.fromkeys(stale) if i not in waiting)
        self._read(db, time.monotonic() + read)
        self._probe(db)

    def _list(self, db: sqlite3.Connection) -> None:
        """Note which folders came and went, where the folder of all runs was changed."""
        folder, when = self.place / "runs", time.time_ns()
        try:
            seen = str(folder.stat().st_mtime_ns)
        except OSError:
            seen = "0"
        if seen == self.seen:
            return
        names, known = _names(folder), {i for (i,) in db.execute("SELECT id FROM runs")}
        if gone := known - names:
            store_all(db, deletions(gone))
        self.to_read.extend(names - known - set(self.to_read))
        self.listed = known & names
        self.to_verify = deque(self.listed)
        self.seen = seen if index_rows.settled(seen, when) else None

    @contextlib.contextmanager
    def _changed_here(self) -> Iterator[list[str]]:
        """The runs that this process changed; they stay changed where the block ends badly."""
        mine = [folder for folder in list(CHANGED) if folder.parent == self.place / "runs"]
        CHANGED.difference_update(mine)
        try:
            yield [folder.name for folder in mine]
        except BaseException:
            CHANGED.update(mine)
            raise

    def _stale(self, db: sqlite3.Connection, ids: Iterable[str]) -> Iterator[str]:
        """Those of these whose folders are no longer as they were when they were read."""
        for identity in ids:
            known = db.execute("SELECT mark FROM runs WHERE id = ?", (identity,)).fetchone()
            try:
                now = index_rows.mark(str(self.place / "runs" / identity))
            except FileNotFoundError:
                now = None
            if now is None or known is None or known[0] != now:
                yield identity

    def _verified(self, db: sqlite3.Connection, verify: float) -> Iterator[str]:
        """Ask folder after folder, whoever was asked longest ago first, until the time is over or all were asked."""
        if len(self.listed) > FEW and time.monotonic() - self.verified < PAUSE and verify < 1:
            return
        until, self.verified = time.monotonic() + verify, time.monotonic()
        for asked in range(len(self.to_verify)):
            if asked >= LEAST and time.monotonic() > until:
                return
            identity = self.to_verify[0]
            self.to_verify.rotate(-1)
            yield from self._stale(db, (identity,))

    def _read(self, db: sqlite3.Connection, until: float) -> None:
        while self.to_read and time.monotonic() < until:
            some = list(islice(self.to_read, BATCH))
            left = self._store(db, some, until)
            for _ in range(len(some) - len(left)):
                self.to_read.popleft()

    def _store(self, db: sqlite3.Connection, ids: Sequence[str], until: float = math.inf) -> Sequence[str]:
        """Read these folders into the index, one at least; those for which there was no time."""
        known, gone = list[Indexed](), set[str]()
        left = deque(ids)
        while left and (not known or time.monotonic() < until):
            identity = left.popleft()
            folder = self.place / "runs" / identity
            try:
                known.append(index_rows.read(folder))
            except FileNotFoundError:
                gone.add(identity)
        if known or gone:
            store_all(db, chain(deletions(gone), insertions(known, self.place / "runs")))
        fresh = {str(each.values[0]) for each in known} - self.listed
        self.to_verify.extend(fresh)
        self.listed |= fresh
        return left

    def _probe(self, db: sqlite3.Connection) -> None:
        """Whether somebody works on what has begun: a lock tells, and nothing else changes with it."""
        begun = "SELECT id, state FROM runs WHERE open = 1 AND begun = 1 AND state <> 'unreadable'"
        changes = []
        for identity, state in db.execute(begun).fetchall():
            folder = self.place / "runs" / identity
            held = is_held(folder / LOCK)
            now = RunState.RUNNING if held else Run(folder).state_by(None)
            if now != state:
                changes += [(words, (now.value, identity)) for words in (STANDS, SHOWN_SO)]
        if changes:
            store_all(db, changes)


def _names(folder: Path) -> set[str]:
    try:
        with os.scandir(folder) as entries:
            return {entry.name for entry in entries if RUN_ID.fullmatch(entry.name)}
    except OSError:
        return set()
