"""Series in one file and their labels in another, as X_train.csv beside y_train.csv."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kdviz.data import array_roles, cells, formats, untrusted
from kdviz.data.assemble import understood
from kdviz.data.cutting import lines_of
from kdviz.data.join import joined, part_of_name
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.raw import Cases, File, Raw, Words, shown
from kdviz.errors import FileError

_X = ("x", "data", "features", "series")
_Y = ("y", "labels", "label", "target", "targets", "classes")


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


def read(pairs: dict[str, tuple[File, File]], mapping: Mapping, where: str) -> Raw:
    """The series with their labels; raises FileError where their numbers differ."""
    bare = replace(mapping, layout="wide", label=mapping.label or NOTHING)
    done: list[tuple[str, Cases]] = []
    title, warnings = "", []
    for part, (x, y) in pairs.items():
        found = understood(formats.read(x, bare), bare)
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
    found = _array(file) if untrusted.is_array(file.head) else _lines(file, count)
    if len(found) != count:
        raise FileError(
            f"{shown(file.name)!r} has {len(found):,} labels, {shown(beside.name)!r} has {count:,} series. "
            "Every series needs one label."
        )
    return found


def _array(file: File) -> Words:
    found = array_roles.labels_from(untrusted.array_of(file.data, file.name))
    if found is None:
        raise FileError(f"{shown(file.name)!r} holds measured values, not classes. Leave it out.")
    return found


def _lines(file: File, count: int) -> Words:
    """The last cell of each line; a first line more than there are series names the column."""
    lines = [line for line in lines_of(file.text().text) if line.strip()]
    lines = lines[1:] if len(lines) == count + 1 else lines
    return cells.labels([line.replace(";", ",").replace("\t", ",").split(",")[-1].strip(' "') for line in lines])
