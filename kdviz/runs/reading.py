"""Files that visitors bring: stored under their content's hash, read by a child that may die instead of the server."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kdviz.data.mapping import mapping_from
from kdviz.data.open import parsed
from kdviz.data.packing import packed
from kdviz.data.parse import Progress
from kdviz.errors import FileError, UserError
from kdviz.runs.datasets import keep, store
from kdviz.runs.home import home
from kdviz.runs.quota import refuse_more, refuse_more_data

SHA = re.compile(r"[0-9a-f]{64}")
_ODD = re.compile(r"[^\w. -]")


def receive(name: str, content: bytes | memoryview) -> str:
    """Store an upload; its hash. The name counts for its ending and for people, never as a path."""
    sha = hashlib.sha256(content).hexdigest()
    folder = home() / "uploads" / sha
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        (folder / harmless(name)).write_bytes(content)
    return sha


def take_in(files: Sequence[tuple[str, bytes | memoryview]]) -> tuple[str, str]:
    """Store files that came together as one upload: (hash, name).

    Raises UserError where there is no room for them, or where they do not belong together.
    """
    refuse_more(sum(len(content) for _, content in files))
    name, content = packed(files)
    return receive(name, content), name


def harmless(name: str) -> str:
    """A file name without separators, control characters or a leading dot, at most 64 characters."""
    return _ODD.sub("_", name)[-64:].lstrip(". ") or "file"


def received(sha: str) -> Path | None:
    """Where an upload lies, if it is still here."""
    folder = home() / "uploads" / sha
    return next(folder.iterdir(), None) if SHA.fullmatch(sha) and folder.is_dir() else None


def read(sha: str, mapping: Mapping[str, Any], progress: Progress | None = None) -> dict[str, Any]:
    """Keep an upload as a data set and return the facts about it; raises FileError or UserError."""
    path = received(sha)
    if path is None:
        raise FileError("This file is not here any more. Drop it again.")
    found = parsed(str(path), mapping, progress)
    if found.dataset.sha256 not in store():
        refuse_more_data()
    keep(found.dataset)
    return found.report


def remember(sha: str, mapping: Mapping[str, Any]) -> None:
    """How this content was read last: the same content is read so again."""
    if SHA.fullmatch(sha):
        place = home() / "mappings" / f"{sha}.json"
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = place.with_suffix(".new")
        fresh.write_text(json.dumps(dict(mapping)))
        fresh.replace(place)


def recalled(sha: str) -> dict[str, Any]:
    """How this content was read last; {} where nobody chose, or where that choice is no longer allowed."""
    place = home() / "mappings" / f"{sha}.json"
    try:
        return mapping_from(json.loads(place.read_text())).plain() if SHA.fullmatch(sha) else {}
    except (OSError, ValueError, TypeError, AttributeError, UserError):
        return {}
