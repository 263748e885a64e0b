"""Files that visitors bring: stored under their content's hash, read by a child that may die instead of the server."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kdviz.errors import FileError
from kdviz.runs.engine import ROOT, child_environment
from kdviz.runs.home import home

SECONDS = 30.0
SHA = re.compile(r"[0-9a-f]{64}")
_ODD = re.compile(r"[^\w. -]")


def receive(name: str, content: bytes) -> str:
    """Store an upload; its hash. The name counts for its ending and for people, never as a path."""
    sha = hashlib.sha256(content).hexdigest()
    folder = home() / "uploads" / sha
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        (folder / harmless(name)).write_bytes(content)
    return sha


def harmless(name: str) -> str:
    """A file name without separators, control characters or a leading dot, at most 64 characters."""
    return _ODD.sub("_", name)[-64:].lstrip(". ") or "file"


def received(sha: str) -> Path | None:
    """Where an upload lies, if it is still here."""
    folder = home() / "uploads" / sha
    return next(folder.iterdir(), None) if SHA.fullmatch(sha) and folder.is_dir() else None


def read(sha: str, mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Keep an upload as a data set and return the facts about it; raises FileError."""
    path = received(sha)
    if path is None:
        raise FileError("This file is not here any more. Drop it again.")
    words = [sys.executable, "-m", "kdviz", "read", str(path), "--mapping", json.dumps(dict(mapping))]
    try:
        child = subprocess.run(
            words, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, cwd=ROOT, env=child_environment()
        )
    except subprocess.TimeoutExpired:
        raise FileError(f"Reading took longer than {SECONDS:.0f} s and was given up. Try a part of the file.") from None
    if child.returncode == 2:
        raise FileError(child.stderr.decode(errors="replace").strip().splitlines()[-1])
    if child.returncode != 0:
        raise FileError("This file made its reader fail; nothing else was touched. Save it as CSV and try again.")
    facts: dict[str, Any] = json.loads(child.stdout)
    return facts
