"""Checkpoints named by what they hold: a damaged one is known at sight, and the one before it serves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from safetensors.torch import load, save

from kdviz.runs.files import fingerprint, write
from kdviz.training.state import State

NAME = re.compile(r"ckpt-(\d+)-([0-9a-f]{16})\.safetensors")


def keep(folder: Path, state: State) -> None:
    """Write a checkpoint; of the older ones the newest stays."""
    words = {"words": json.dumps({"epoch": state.epoch, **state.words})}
    content = save(state.tensors, metadata=words)
    write(folder / f"ckpt-{state.epoch}-{fingerprint(content)[:16]}.safetensors", content)
    for path, _ in _found(folder)[2:]:
        path.unlink(missing_ok=True)


def newest(folder: Path) -> State | None:
    """The newest checkpoint whose content still has the fingerprint in its name."""
    for path, mark in _found(folder):
        content = path.read_bytes()
        if fingerprint(content)[:16] == mark:
            return _state(content)
    return None


def drop(folder: Path) -> None:
    """Remove all checkpoints: the run has ended."""
    for path, _ in _found(folder):
        path.unlink(missing_ok=True)


def _found(folder: Path) -> list[tuple[Path, str]]:
    named = [(p, NAME.fullmatch(p.name)) for p in folder.glob("ckpt-*.safetensors")]
    whole = [(p, m) for p, m in named if m]
    return [(p, m.group(2)) for p, m in sorted(whole, key=lambda pm: int(pm[1].group(1)), reverse=True)]


def _state(content: bytes) -> State:
    size = int.from_bytes(content[:8], "little")
    words: dict[str, Any] = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["words"])
    return State(words.pop("epoch"), load(content), words)
