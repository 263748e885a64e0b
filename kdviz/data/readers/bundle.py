"""Several files as one data set: series beside labels, training beside test, one recording per file or folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.data import cells
from kdviz.data.arrays import array_bytes, array_roles
from kdviz.data.cells import Words, words
from kdviz.data.file_parts import joined, part_of_name, recordings
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.prepare.assemble import Understood, understood
from kdviz.data.raw import Cases, File, Raw, Recording, shown
from kdviz.data.readers import base
from kdviz.data.text.lines import lines_of

_X = ("x", "data", "features", "series")
_Y = ("y", "labels", "label", "target", "targets", "classes")
MOST_CHANNELS = 64
_BEST_FIRST = (".ts", ".arff", ".tsv", ".csv", ".txt")


def read(files: Sequence[File], mapping: Mapping, zipped: bool = False) -> Raw:
    """One file alone, or what several are together; raises FileError where they do not fit."""
    where = ", zipped" if zipped else ""
    if len(files) == 1:
        raw = base.read(files[0], mapping)
        return replace(raw, format=raw.format + where, why=f"{shown(files[0].name)}: {raw.why}")
    pairs = pairs_of(files)
    if pairs:
        return read_pairs(pairs, mapping, where)
    parts = _parts(files)
    if parts:
        return _of_parts(parts, mapping, where)
    return _of_many(files, mapping, where)


def _parts(files: Sequence[File]) -> list[tuple[str, File]]:
    """A training file and the test file of the same name; of several formats, the richest."""
    found: dict[tuple[str, str], dict[str, File]] = {}
    for file in files:
        stem, part = part_of_name(file.name)
        if part:
            found.setdefault((stem.lower(), file.extension), {}).setdefault(part, file)
    whole = {k: v for k, v in found.items() if {"train", "test"} <= set(v)}
    if not whole:
        return []
    plain = {k: v for k, v in whole.items() if "dimension" not in k[0]} or whole
    key = min(plain, key=lambda k: (_BEST_FIRST.index(k[1]) if k[1] in _BEST_FIRST else len(_BEST_FIRST), k))
    if len({k[0] for k in plain}) > 1:
        there = ", ".join(sorted(shown(f.name) for v in plain.values() for f in v.values())[:8])
        raise UserError(f"There are several data sets in this archive: {there}. Choose one with member=NAME.")
    return [(p, plain[key][p]) for p in ("train", "validation", "test") if p in plain[key]]


def _of_parts(parts: Sequence[tuple[str, File]], mapping: Mapping, where: str) -> Raw:
    found = [(part, understood(base.read(file, mapping), mapping)) for part, file in parts]
    first = found[0][1]
    names = " and ".join(shown(f.name) for _, f in parts)
    warnings = tuple(dict.fromkeys(w for _, f in found for w in f.warnings))
    contents = [(part, f.content) for part, f in found]
    if all(isinstance(c, Cases) for _, c in contents):
        content: Cases | Recording = joined([(p, c) for p, c in contents if isinstance(c, Cases)])
    elif all(isinstance(c, Recording) for _, c in contents):
        content = recordings([(p, p, c) for p, c in contents if isinstance(c, Recording)])
    else:
        raise FileError(f"{names} do not fit together: one holds series, the other a recording.")
    return Raw(content, first.format + where, f"{names} are one data set; {first.why}", warnings, roles=first.roles)


def _of_many(files: Sequence[File], mapping: Mapping, where: str) -> Raw:
    found: list[tuple[File, Understood]] = []
    left: list[str] = []
    for file in files:
        try:
            found.append((file, understood(base.read(file, mapping), mapping)))
        except FileError as why:
            left.append(f"{shown(file.name)} ({why})")
    if not found:
        raise FileError(f"No file of this archive can be read: {left[0]}")
    warnings = (f"Left out: {left[0]}" + (f" and {len(left) - 1} more." if len(left) > 1 else ""),) if left else ()
    if len(found) == 1:
        one = found[0][1]
        reason = f"{shown(found[0][0].name)}: {one.why}"
        return Raw(one.content, one.format + where, reason, (*one.warnings, *warnings), one.notes, roles=one.roles)
    raw = _together(found, where)
    return raw.saying(*warnings)


def _as_recording(content: Cases | Recording) -> Recording | None:
    """One series of a file for itself: also a matrix of channels, which alone would be one series per row."""
    if isinstance(content, Recording):
        return content
    plain = content.labels is None and len(content.values) <= MOST_CHANNELS
    if not plain or any(v.shape[0] != 1 for v in content.values) or len(set(content.lengths.tolist())) != 1:
        return None
    values = np.concatenate([np.asarray(v) for v in content.values])
    return Recording(values, tuple(f"channel {i + 1}" for i in range(len(values))), rate=content.rate)


def _together(found: Sequence[tuple[File, Understood]], where: str) -> Raw:
    recorded = [(f, one) for f, u in found if (one := _as_recording(u.content)) is not None]
    if len(recorded) != len(found) or len({r.values.shape[0] for _, r in recorded}) != 1:
        there = ", ".join(shown(f.name) for f, _ in found[:8])
        raise UserError(f"There are {len(found)} data files in this archive: {there}. Choose one with member=NAME.")
    folders = [f.name.replace("\\", "/").split("/")[-2] if "/" in f.name else "" for f, _ in recorded]
    title, roles = found[0][1].format, found[0][1].roles
    if all(r.labels is None for _, r in recorded) and len(set(folders)) > 1:
        first = recorded[0][1]
        values = [np.asarray(r.values) for _, r in recorded]
        cases = Cases(values, words(folders), first.channels, first.rate)
        return Raw(cases, title + where, "every file is a series; its folder is the class", roles=roles)
    content = recordings([(part_of_name(f.name)[0], "", r) for f, r in recorded])
    why = f"{len(recorded)} files, each one recording; no window crosses from one into the next"
    return Raw(content, title + where, why, roles=roles)


def pairs_of(files: Sequence[File]) -> dict[str, tuple[File, File]]:
    """(series, labels) by part ("" where there are no parts); empty where the files are no such pairs."""
    found: dict[str, dict[str, File]] = {}
    for file in files:
        stem, part = part_of_name(file.name)
        kind = "x" if stem.lower() in _X else "y" if stem.lower() in _Y else ""
        if not kind or kind in found.setdefault(part, {}):
            return {}
        found[part][kind] = file
    return {p: (v["x"], v["y"]) for p, v in found.items()} if all(len(v) == 2 for v in found.values()) else {}


def read_pairs(pairs: dict[str, tuple[File, File]], mapping: Mapping, where: str) -> Raw:
    """The series with their labels; raises FileError where their numbers differ."""
    bare = replace(mapping, layout="wide", label=mapping.label or NOTHING)
    done: list[tuple[str, Cases]] = []
    title, warnings = "", []
    for part, (x, y) in pairs.items():
        found = understood(base.read(x, bare), bare)
        if not isinstance(found.content, Cases):
            raise FileError(f"{shown(x.name)!r} holds no series, one in a row.")
        done.append((part, replace(found.content, labels=_labels(y, len(found.content.values), x))))
        title = found.format
        warnings += list(found.warnings)
    names = " and ".join(shown(x.name) for x, _ in pairs.values())
    content = joined(done) if len(done) > 1 or done[0][0] else done[0][1]
    why = f"the series are in {names}, their classes in {shown(next(iter(pairs.values()))[1].name)}"
    return Raw(content, title + where, why, tuple(dict.fromkeys(warnings)))


def _labels(file: File, count: int, beside: File) -> Words:
    """A class for every series, from an array or from lines; raises FileError where their numbers differ."""
    found = _array(file) if array_bytes.is_array(file.head) else _lines(file, count)
    if len(found) != count:
        raise FileError(
            f"{shown(file.name)!r} has {len(found):,} labels, {shown(beside.name)!r} has {count:,} series. "
            "Every series needs one label."
        )
    return found


def _array(file: File) -> Words:
    found = array_roles.labels_from(array_bytes.array_of(file.data, file.name))
    if found is None:
        raise FileError(f"{shown(file.name)!r} holds measured values, not classes. Leave it out.")
    return found


def _lines(file: File, count: int) -> Words:
    """The last cell of each line; a first line more than there are series names the column."""
    lines = [line for line in lines_of(file.text().text) if line.strip()]
    lines = lines[1:] if len(lines) == count + 1 else lines
    return cells.labels([line.replace(";", ",").replace("\t", ",").split(",")[-1].strip(' "') for line in lines])
