"""A file or a sample, as a data set and as the facts about it. Files are read in a process of their own."""

from __future__ import annotations

from collections.abc import Mapping as Given
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from kdviz.core.errors import UserError
from kdviz.data.dataset import Dataset
from kdviz.data.mapping import Mapping, mapping_from
from kdviz.data.sources import file_facts, recordings, samples
from kdviz.data.sources.installed import named_files
from kdviz.data.sources.parser import Heard, Parsed, Progress, parse_bytes, parse_paths, parse_recording
from kdviz.data.stretch import Stretch

SAMPLE = "sample:"
Spec = str | Path | Sequence[str | Path]
Chosen = Given[str, object] | Mapping | None


def open_data(
    spec: Spec, mapping: Chosen = None, progress: Progress | None = None, heard: Heard | None = None
) -> Dataset:
    """The data set of a path, of several (training and test file), or of "sample:ID"; raises UserError or FileError.

    mapping    how it is read, by name: {"label": "class", "window": "2.5s"}; kdviz.data.mapping has them all
    progress   is told the share read so far, 0 to 1
    heard      is told in a sentence what the beginning of a large file says, while the rest is read
    """
    return parsed(spec, mapping, progress, heard).dataset


def open_with(
    spec: Spec,
    unlabelled: Spec | None,
    mapping: Chosen = None,
    progress: Progress | None = None,
    heard: Heard | None = None,
) -> Dataset:
    """The data set of a path, with the series of another file beside it as training series that have no label.

    Labels of that file, where it has some, are not read. Raises UserError where its channels or length are others.
    """
    data = open_data(spec, mapping, progress, heard)
    if not unlabelled:
        return data
    chosen = mapping_from(mapping).as_dict()
    more = open_data(
        unlabelled, {k: v for k, v in chosen.items() if k in ("channels", "time", "window", "step", "rate")}
    )
    for what, mine, other in (("channels", data.channels, more.channels), ("samples", data.length, more.length)):
        if mine != other:
            raise UserError(f"{data.name} has the {what} {mine}, and {more.name}, without labels, has {other}.")
    series = more.X if data.unlabelled is None else np.concatenate([data.unlabelled, more.X])
    named = [str(each) for each in ([unlabelled] if isinstance(unlabelled, str | Path) else unlabelled)]
    return replace(data, unlabelled=series, source={**data.source, "unlabelled": named})


def inspect(
    spec: Spec, mapping: Chosen = None, progress: Progress | None = None, heard: Heard | None = None
) -> dict[str, Any]:
    """Every fact about a path, several, or "sample:ID", in plain values; raises UserError or FileError."""
    return parsed(spec, mapping, progress, heard).report


def parsed(spec: Spec, mapping: Chosen = None, progress: Progress | None = None, heard: Heard | None = None) -> Parsed:
    """The data set and the facts at once; `progress` is called with the share read so far."""
    specs = [str(each) for each in ([spec] if isinstance(spec, str | Path) else spec)]
    chosen = mapping_from(mapping)
    if len(specs) == 1 and specs[0].startswith(SAMPLE):
        return of_sample(specs[0].removeprefix(SAMPLE), chosen)
    if len(specs) == 1 and (there := named_files(specs[0])) is not None:
        return parse_paths(there, chosen, progress, heard)
    if not specs or any(s.startswith(SAMPLE) for s in specs):
        raise UserError("Give one sample, or one or more files; not both.")
    return parse_paths([Path(s) for s in specs], chosen, progress, heard)


def of_sample(name: str, mapping: Mapping) -> Parsed:
    """A sample with its facts; raises UserError where a mapping is given, since a sample has nothing to choose."""
    if mapping.as_dict():
        raise UserError(f"A sample is read as it is; leave out {mapping.flags()}.")
    dataset = samples.load(name)
    return Parsed(dataset, file_facts.of_sample(dataset))


def upload(files: Sequence[tuple[str, bytes]], mapping: Chosen = None, progress: Progress | None = None) -> Parsed:
    """Uploads (name, content) as a data set and its facts; raises UserError or FileError."""
    return parse_bytes(files, mapping_from(mapping), progress)


def open_recording(
    spec: Spec, mapping: Chosen = None, train_end: str = "", progress: Progress | None = None
) -> Stretch:
    """One long recording of a path, several, or "sample:machine"; raises UserError or FileError.

    train_end   where normal ends: samples (2100), a share (0.3), a time, or `whole`; empty: as the file says
    """
    specs = [str(each) for each in ([spec] if isinstance(spec, str | Path) else spec)]
    chosen = mapping_from(mapping)
    if len(specs) == 1 and specs[0].startswith(SAMPLE):
        name = specs[0].removeprefix(SAMPLE)
        if name in samples.names():
            raise UserError(f"sample:{name} holds series with classes. To watch: {', '.join(recordings.TITLES)}.")
        return recordings.recording(name, train_end)
    return parse_recording([Path(s) for s in specs], chosen, train_end, progress)
