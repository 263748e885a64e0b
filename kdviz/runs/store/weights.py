"""Weights on disk: safetensors only, whole or absent, and looked at before they are loaded."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors.torch import load, save
from torch import Tensor

from kdviz.core.errors import FileError, UserError
from kdviz.core.files import write
from kdviz.core.json_types import fits

HEADER_BYTES = 1 << 20
KINDS = {"F32": 4, "F64": 8, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "U8": 1, "BOOL": 1}
MOST_DIMENSIONS = 8


def write_tensors(
    path: Path, tensors: Mapping[str, Tensor], words: Mapping[str, Any] | None = None, durable: bool = True
) -> None:
    """Replace `path` by a safetensors file; `words` travel in its header as JSON."""
    plain = {name: value.detach().cpu().contiguous() for name, value in tensors.items()}
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


def refuse_unsound(name: str, content: bytes) -> None:
    """Raise FileError where a file is not plain safetensors: a header within bounds, tensors that fill the rest."""
    try:
        (size,) = struct.unpack("<Q", content[:8])
        if size > HEADER_BYTES:
            raise ValueError("the header is too large")
        header = json.loads(content[8 : 8 + size])
        words = header.pop("__metadata__", {})
        spans = sorted(_span(each) for each in header.values())
        ends = [0, *(end for _, end in spans)]
        if not fits(words, dict[str, str]) or [start for start, _ in spans] != ends[:-1]:
            raise ValueError("tensors overlap or leave gaps")
        if ends[-1] != len(content) - 8 - size:
            raise ValueError("there are not as many bytes as tensors say")
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, struct.error) as why:
        raise FileError(f"{name} in the archive is no safetensors file ({str(why)[:60]}). It is not opened.") from None


def _span(each: Mapping[str, Any]) -> tuple[int, int]:
    start, end = each["data_offsets"]
    shape = each["shape"]
    if not fits(shape, list[int]) or len(shape) > MOST_DIMENSIONS or any(n < 0 for n in shape):
        raise ValueError("a tensor has no shape")
    count = 1
    for n in shape:
        count *= n
    if end - start != count * KINDS[each["dtype"]]:
        raise ValueError("a tensor has another size than its shape says")
    return int(start), int(end)
