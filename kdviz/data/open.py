"""A file or a sample, as a data set and as the facts about it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Given
from pathlib import Path
from typing import Any

from kdviz.data import assemble, formats, limits, report, samples
from kdviz.data.dataset import Dataset
from kdviz.data.mapping import Mapping, mapping_from
from kdviz.data.raw import File
from kdviz.errors import FileError

SAMPLE = "sample:"


def open_data(spec: str, mapping: Given[str, object] | Mapping | None = None) -> Dataset:
    """The data set of a path or of "sample:ID"; raises UserError or FileError."""
    if spec.startswith(SAMPLE):
        return samples.load(spec.removeprefix(SAMPLE))
    return _opened(spec, mapping_from(mapping)).dataset


def inspect(spec: str, mapping: Given[str, object] | Mapping | None = None) -> dict[str, Any]:
    """Every fact about a path or "sample:ID", in plain values; raises UserError or FileError."""
    if spec.startswith(SAMPLE):
        return report.of_sample(samples.load(spec.removeprefix(SAMPLE)))
    chosen = mapping_from(mapping)
    return report.of_file(_opened(spec, chosen), chosen)


def _opened(spec: str, mapping: Mapping) -> assemble.Opened:
    path = Path(spec)
    data = path.read_bytes()
    if len(data) > limits.RAW_BYTES:
        raise FileError("too big")
    source = {"file": hashlib.sha256(data).hexdigest(), "name": path.name, "mapping": mapping.plain()}
    raw = formats.read(File(path.name, data), mapping)
    return assemble.open_raw(raw, mapping, path.name, source)
