"""Bytes to a data set, in this process: the child runs it, and so may what trusts its files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kdviz.data import bundle, formats
from kdviz.data.assemble import Opened, open_raw
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, shown


def opened(files: Sequence[File], mapping: Mapping) -> Opened:
    """One file, or several that belong together, under a mapping; raises FileError or UserError."""
    said = [replace(f, encoding=mapping.encoding) for f in files]
    raw = formats.read(said[0], mapping) if len(said) == 1 else bundle.read(said, mapping)
    return open_raw(raw, mapping, name_of(files), source_of(files, mapping))


def name_of(files: Sequence[File]) -> str:
    """What the data are called: the first file's name, as it may be shown."""
    return shown(files[0].name)


def source_of(files: Sequence[File], mapping: Mapping) -> dict[str, Any]:
    """How to get the data set again."""
    marks = [hashlib.sha256(f.data).hexdigest() for f in files]
    whole = marks[0] if len(marks) == 1 else hashlib.sha256("".join(marks).encode()).hexdigest()
    return {"file": whole, "name": name_of(files), "mapping": mapping.plain()}
