"""The database of the index: where it lies, its tables, and when it is made anew or kept in memory instead.

It holds nothing that the folders of the runs do not say. What is damaged, deleted or of another version is made anew;
where no file can be shared (a network's disk, a full one, a lock that nobody lets go) each process keeps its own in
memory, read from the folders, and says so.
"""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kdviz.core.files import private

NAME = "runs.sqlite"
PATIENCE = 2.0
NETWORKS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "9p", "lustre", "gpfs", "beegfs", "ceph", "fuse.sshfs")
"""Kinds of disk whose locks and shared memory reach no other machine."""

PACKAGE = Path(__file__).parents[2]
DECIDES = ("runs/index", "runs/store/run_table.py", "runs/store/run.py", "runs/store/final_record.py",
           "runs/store/lineage.py", "training/recipe.py", "core/plain_text.py")  # fmt: skip

TABLES = """
CREATE TABLE runs(
  id TEXT PRIMARY KEY, mark TEXT, asked REAL, state TEXT, open INTEGER, begun INTEGER, kind TEXT, method TEXT,
  data TEXT, sha256 TEXT, student TEXT, architecture TEXT, seed INTEGER, accuracy REAL, control REAL, gain REAL,
  seconds REAL, bytes INTEGER, name TEXT, told TEXT, made TEXT, sample TEXT, outcome TEXT, measured INTEGER,
  epoch INTEGER, epochs INTEGER, likeness TEXT, variant TEXT, alone INTEGER, why TEXT
) WITHOUT ROWID;
CREATE TABLE shown(id TEXT PRIMARY KEY, row TEXT) WITHOUT ROWID;
CREATE INDEX runs_asked ON runs(asked DESC, id);
CREATE INDEX runs_kind ON runs(kind, asked);
CREATE INDEX runs_state ON runs(state, method);
CREATE INDEX runs_open ON runs(open, begun);
CREATE INDEX runs_unsettled ON runs(mark) WHERE mark = '';
CREATE TABLE tags(tag TEXT, id TEXT, PRIMARY KEY(tag, id)) WITHOUT ROWID;
CREATE INDEX tags_id ON tags(id);
CREATE TABLE parents(parent TEXT, child TEXT, PRIMARY KEY(parent, child)) WITHOUT ROWID;
CREATE INDEX parents_child ON parents(child);
"""


@dataclass(frozen=True)
class Opened:
    """A connection; `inode` tells whether the file is still the one that was opened, `why` why it is none."""

    db: sqlite3.Connection
    inode: int
    why: str = ""


def opened(place: Path) -> Opened:
    """The index file in a folder, made where it is not there or cannot be used; raises OSError, sqlite3.Error."""
    path = private(place) / NAME
    with contextlib.suppress(sqlite3.DatabaseError):
        return _of_this_version(path)
    remove(path)
    return _of_this_version(path)


def in_memory(why: str) -> Opened:
    """An index of this process alone."""
    db = _connected(":memory:")
    db.executescript(TABLES)
    return Opened(db, 0, why)


def remove(path: Path) -> None:
    """Delete an index file and what belongs to it; nobody loses anything."""
    for name in ("", "-wal", "-shm"):
        path.with_name(path.name + name).unlink(missing_ok=True)


def inode(place: Path) -> int:
    """Of the index file; 0 where there is none."""
    try:
        return (place / NAME).stat().st_ino
    except OSError:
        return 0


class Unshared(OSError):
    """The file cannot be shared by several processes."""


def _of_this_version(path: Path) -> Opened:
    if (kind := file_system(path.parent)) in NETWORKS:
        raise Unshared(f"{path.parent} lies on a network's disk ({kind}), where several machines cannot share it")
    path.touch(0o600)  # before anybody writes: SQLite gives its other files the same mode
    db = _connected(str(path))
    try:
        if db.execute("PRAGMA journal_mode=WAL").fetchone()[0] != "wal":
            raise Unshared(f"{path.parent} lies on a disk where several processes cannot share it")
        db.execute("PRAGMA cache_size=-16000")
        db.execute("PRAGMA synchronous=OFF")  # what a crash of the machine damages is made anew
        if db.execute("PRAGMA user_version").fetchone()[0] != version():
            _made_anew(db)
        db.execute("SELECT count(*) FROM runs WHERE open = 1").fetchone()
    except BaseException:
        db.close()
        raise
    return Opened(db, path.stat().st_ino)


def _made_anew(db: sqlite3.Connection) -> None:
    """Another process may have done it while this one waited."""
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA user_version").fetchone()[0] != version():
        for kind, name in db.execute("SELECT type, name FROM sqlite_master WHERE sql IS NOT NULL").fetchall():
            if kind == "table":
                db.execute(f'DROP TABLE "{name}"')
        for statement in filter(str.strip, TABLES.split(";")):
            db.execute(statement)
        db.execute(f"PRAGMA user_version={version()}")
    db.execute("COMMIT")


def _connected(path: str) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


@cache
def version() -> int:
    """A fingerprint of the source that decides what stands in the index."""
    digest = hashlib.sha256(TABLES.encode())
    for name in DECIDES:
        place = PACKAGE / name
        for path in sorted(place.glob("*.py")) if place.is_dir() else [place]:
            digest.update(path.read_bytes())
    return int.from_bytes(digest.digest()[:4], "big") >> 2


@cache
def file_system(place: Path) -> str:
    """The kind of disk that a folder lies on; empty where the system does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    except OSError:
        return ""
    here = place.resolve()
    over = [(len(m[1]), m[2]) for m in mounts if len(m) > 2 and here.is_relative_to(m[1].replace("\\040", " "))]
    return max(over, default=(0, ""))[1]
