"""Weights on disk: safetensors only, whole or absent."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import load, save
from torch import Tensor

from kdviz.errors import UserError
from kdviz.runs.files import write


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], words: Mapping[str, Any] | None = None, durable: bool = True
) -> None:
    """Replace `path` by a safetensors file; `words` travel in its header as JSON."""
    plain = {name: value.detach().contiguous() for name, value in tensors.items()}
    write(path, save(plain, metadata={"words": json.dumps(words or {})}), durable)


def read_tensors(path: Path) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors and words of a safetensors file; raises UserError where it is not one."""
    try:
        content = path.read_bytes()
        size = int.from_bytes(content[:8], "little")
        header = json.loads(content[8 : 8 + size])
        return load(content), json.loads(header.get("__metadata__", {}).get("words", "{}"))
    except Exception as reason:
        raise UserError(
            f"{path.name} cannot be read as weights ({type(reason).__name__}). Train the run again."
        ) from None
