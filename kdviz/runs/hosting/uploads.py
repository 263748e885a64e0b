"""Files that visitors bring, stored under their content's hash, and the data sets read from them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.core.fair_gate import FairGate, Told
from kdviz.core.files import private, write
from kdviz.data.file_parts import to_zip
from kdviz.data.limits import HOSTED_MEGABYTES
from kdviz.data.mapping import mapping_from
from kdviz.data.sources.installed import kinds, named_files
from kdviz.data.sources.open_data import open_recording, parsed
from kdviz.data.sources.parser import Heard, Progress
from kdviz.data.stretch import Stretch
from kdviz.runs.hosting.quota import refuse_more, refuse_more_data
from kdviz.runs.store.datasets import keep, store
from kdviz.runs.store.home import home, hosted

GATE = FairGate(2)
"""Two files are read at once, of two visitors: six pages of one do not keep another waiting."""

SHA = re.compile(r"[0-9a-f]{64}")
FILES, MOST_OFFERED = "KDVIZ_FILES", 500
_ODD = re.compile(r"[^\w. -]")


def receive(name: str, content: bytes | memoryview) -> str:
    """Store an upload; its hash. The name counts for its ending and for people, never as a path."""
    sha = hashlib.sha256(content).hexdigest()
    folder = private(home() / "uploads" / sha)
    if received(sha) is None:
        write(folder / harmless(name), content, durable=False)
    return sha


def take_in(files: Sequence[tuple[str, bytes | memoryview]]) -> tuple[str, str]:
    """Store files that came together as one upload: (hash, name).

    Raises UserError where there is no room for them, or where they do not belong together.
    """
    size = sum(len(content) for _, content in files)
    refuse_more(size)
    for name, content in files:
        if hosted() and len(content) > HOSTED_MEGABYTES * 10**6:
            raise UserError(f"{name[-60:]!r} has {len(content) / 1e6:.0f} MB; on a shared host a file may have "
                            f"{HOSTED_MEGABYTES} MB. Run kdviz yourself for larger ones.")  # fmt: skip
    name, content = to_zip(files)
    return receive(name, content), name


@dataclass(frozen=True)
class Offered:
    """The files of the owner's folder by their place in it, and how many were left out: unreadable, or led to by links
    out of the folder, or beyond the first MOST_OFFERED."""

    files: Mapping[str, Path]
    left: int = 0


def offered() -> Offered:
    """The files of the folder that the owner names (KDVIZ_FILES) and of the folders in it; none on a shared host.

    They are read where they lie: nothing is uploaded, so they may be as large as the disk has room for. Raises
    UserError where there is no such folder, it may not be read, or has no file in it.
    """
    folder = os.environ.get(FILES, "")
    if not folder or hosted():
        return Offered({})
    named = f"{FILES} names {folder[:120]!r}"
    try:
        root = Path(folder).expanduser().resolve()
        if not root.is_dir():
            raise UserError(f"{named}, which is no folder of this machine. Make it, or name another and start again.")
        if not os.access(root, os.R_OK | os.X_OK):
            raise UserError(f"{named}, which this user may not read. Change its permissions, or name another.")
        places = sorted((*root.glob("[!.]*"), *root.glob("[!.]*/[!.]*")))
        known = [(p, _inside(p, root)) for p in places[: 4 * MOST_OFFERED]]
    except (OSError, RuntimeError, ValueError) as why:
        raise UserError(f"{named}, which cannot be read ({type(why).__name__}). Name another folder.") from None
    fit = [p for p, inside in known if inside]
    if not fit:
        raise UserError(f"{named}, which has no file to read in it, nor in the folders in it. Put some there.")
    left = sum(inside is False for _, inside in known) + len(places) - len(known) + len(fit[MOST_OFFERED:])
    return Offered({str(p.relative_to(root)): p for p in fit[:MOST_OFFERED]}, left)


def _inside(path: Path, root: Path) -> bool | None:
    """Whether a file may be offered: one that can be read and lies in the folder itself; None for a folder in it."""
    if not os.access(path, os.R_OK):
        return False
    there = path.resolve().is_relative_to(root)
    return None if there and path.is_dir() else there and path.is_file()


def take_from_folder(name: str) -> str:
    """A file of the owner's folder as if it had been dropped; its hash. Raises UserError where it cannot be read."""
    path = offered().files.get(name)
    if path is None:
        raise UserError(f"{name[:80]!r} is not in the folder that {FILES} names.")
    try:
        with path.open("rb") as file:
            sha = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as why:
        raise UserError(f"{name[:80]!r} cannot be read ({why.strerror}).") from None
    folder = private(home() / "uploads" / sha)
    for old in (p for p in folder.iterdir() if p.is_symlink()):
        old.unlink()  # what it led to may have moved since
    if received(sha) is None:
        (folder / harmless(path.name)).symlink_to(path.resolve())
    return sha


def take_by_name(spec: str) -> str:
    """The files of "ucr:Car" as if they had been dropped; their hash. Raises UserError where there is no such set."""
    found = None if hosted() else named_files(spec.strip())
    if found is None:
        there = ", ".join(kinds())
        raise UserError(f"{spec[:80]!r} names no data set. Write KIND:NAME, as in ucr:Car; kinds here are {there}.")
    return take_in([(path.name, path.read_bytes()) for path in found])[0]


def harmless(name: str) -> str:
    """A file name without separators, control characters or a leading dot, at most 64 characters."""
    return _ODD.sub("_", name)[-64:].lstrip(". ") or "file"


def received(sha: str) -> Path | None:
    """Where an upload lies, if it is still here, and whole."""
    folder = home() / "uploads" / sha
    if not SHA.fullmatch(sha) or not folder.is_dir():
        return None
    return next((path for path in folder.iterdir() if not path.name.startswith(".")), None)


def _still(sha: str) -> Path:
    """Where an upload lies; raises FileError where it is gone, or was changed in the owner's folder since."""
    path = received(sha)
    if path is None or not path.exists():
        raise FileError("This file is not here any more. Drop it again.")
    if path.is_symlink() and path.stat().st_mtime > path.lstat().st_mtime:
        raise FileError("This file was changed in its folder since it was chosen. Choose it again.")
    return path


def read(
    sha: str,
    mapping: Mapping[str, Any],
    progress: Progress | None = None,
    waits: Told | None = None,
    heard: Heard | None = None,
) -> dict[str, Any]:
    """Keep an upload as a data set and return the facts about it; raises FileError or UserError.

    `waits` is called a few times a second while others' files are read first, `heard` once with what the beginning of
    a large file says.
    """
    path = _still(sha)
    with GATE.place(str(home()), waits):
        found = parsed(str(path), mapping, progress, heard)
    if found.dataset.sha256 not in store():
        refuse_more_data()
    keep(found.dataset)
    return found.report


def read_recording(sha: str, mapping: Mapping[str, Any], train_end: str, waits: Told | None = None) -> Stretch:
    """An upload as one long recording, its marks with it; `waits` as for `read`. Raises FileError or UserError."""
    path = _still(sha)
    with GATE.place(str(home()), waits):
        return open_recording(str(path), mapping, train_end)


def remember(sha: str, mapping: Mapping[str, Any]) -> None:
    """How this content was read last: the same content is read so again."""
    if SHA.fullmatch(sha):
        place = home() / "mappings" / f"{sha}.json"
        private(place.parent)
        write(place, json.dumps(dict(mapping)).encode(), durable=False)


def recalled(sha: str) -> dict[str, Any]:
    """How this content was read last; {} where nobody chose, or where that choice is no longer allowed."""
    place = home() / "mappings" / f"{sha}.json"
    try:
        return mapping_from(json.loads(place.read_text())).as_dict() if SHA.fullmatch(sha) else {}
    except (OSError, ValueError, TypeError, AttributeError, UserError):
        return {}


@dataclass(frozen=True)
class StoredDataset:
    """A data set: fingerprint, name as the file gave it, bytes on disk, and the upload it came from."""

    sha256: str
    name: str
    bytes: int
    upload: str


def kept_data() -> list[StoredDataset]:
    """All that are kept; one that cannot be read is called by its fingerprint."""
    return [_about(store().path(sha)) for sha in store().list()]


def discard_data(one: StoredDataset) -> None:
    """Delete a data set, and the uploaded file where no other data set stands on it."""
    store().path(one.sha256).unlink(missing_ok=True)
    let_go(one.upload)


def let_go(sha: str) -> None:
    """Delete an uploaded file, where no data set stands on it."""
    if SHA.fullmatch(sha) and all(other.upload != sha for other in kept_data()):
        shutil.rmtree(home() / "uploads" / sha, ignore_errors=True)


def _about(path: Path) -> StoredDataset:
    name, upload = path.stem[:12], ""
    try:
        with np.load(path, allow_pickle=False) as held:
            said = json.loads(str(held["words"][()]))
        name, upload = str(said["name"]), str(said["source"].get("file", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile):
        pass
    return StoredDataset(path.stem, name, path.stat().st_size if path.exists() else 0, upload)
