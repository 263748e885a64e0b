"""Series in one file, or a file a channel, and their classes in another: X and y under any names, UCI HAR."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kdviz.core.errors import FileError
from kdviz.data import cells
from kdviz.data.arrays import array_bytes, array_roles
from kdviz.data.cells import Words
from kdviz.data.file_parts import joined
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.prepare.assemble import understood
from kdviz.data.raw import Cases, File, Raw, shown
from kdviz.data.readers import base
from kdviz.data.readers.archive_layout import Place, places_of
from kdviz.data.text.lines import lines_of

_X = ("x", "data", "features", "series")
_Y = ("y", "labels", "label", "target", "targets", "classes")
_WHO = re.compile(r"(subjects?|persons?|groups?|users?|patients?|participants?)([_-]ids?)?", re.I)
_NAMES = re.compile(r"(activity|class|label|target)[ _-]?(labels?|names?|classes)", re.I)
FEWEST_COLUMNS = 8
FEW_BYTES = 8 << 20


@dataclass(frozen=True)
class Labelled:
    """The files of one part: those of the series, that of the classes, and of the subjects where there is one."""

    series: tuple[File, ...]
    labels: File
    subjects: File | None = None


Pairs = dict[str, Labelled]


def pairs_of(files: Sequence[File]) -> tuple[Pairs, File | None]:
    """Series with labels by part ("" where there are no parts), and the names of classes; none where files are no such.

    First by name, then by what two files hold: as many labels, one a line, as the other has series.
    """
    names = next((f for f in files if _NAMES.fullmatch(_stem(f))), None)
    places = [p for p in places_of(files) if p.file is not names]
    if any(not p.part for p in places) and any(p.part and p.stem.lower() in (*_X, *_Y) for p in places):
        places = [p for p in places if p.part]  # features.txt beside X_train.txt
    by_part: dict[str, list[Place]] = {}
    for place in places:
        by_part.setdefault(place.part, []).append(place)
    found = {part: _one(some) for part, some in by_part.items()}
    whole = {p: v for p, v in found.items() if v is not None}
    if found and len(whole) == len(found) and ("" not in whole or len(whole) == 1):
        return whole, names
    if len(files) == 2 and (one := _by_content(files[0], files[1])):
        return {"": one}, None
    return {}, None


def _stem(file: File) -> str:
    return file.name.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0]


def _one(places: Sequence[Place]) -> Labelled | None:
    """The labels and series of one part; of several files of series those that are a channel each."""
    y = [p for p in places if p.stem.lower().rstrip("_-. ") in _Y]
    who = [p for p in places if _WHO.fullmatch(p.stem.rstrip("_-. "))]
    rest = [p for p in places if p not in y and p not in who]
    x = [p for p in rest if p.stem.lower().rstrip("_-. ") in _X]
    if len(y) != 1 or len(who) > 1 or not rest:
        return None
    channels = [p for p in rest if p not in x]
    if len(channels) > 1 and len({p.folders for p in channels}) == 1:
        chosen = channels
    elif len(x) == 1 and not channels:
        chosen = x
    else:
        return None
    return Labelled(tuple(p.file for p in chosen), y[0].file, who[0].file if who else None)


def _by_content(one: File, other: File) -> Labelled | None:
    for x, y in ((one, other), (other, one)):
        labels = _labels_alone(y)
        if labels is None or not 2 <= len(set(labels.tolist())) <= max(2, len(labels) // 2):
            continue
        if _count(x) == len(labels):
            return Labelled((x,), y)
    return None


def _labels_alone(file: File) -> Words | None:
    """The labels of a file that holds one a line, or one array of them; None for anything else."""
    if array_bytes.is_array(file.head):
        found = array_bytes.array_of(file.data, file.name)
        return array_roles.labels_from(found) if found.dtype.names is None and found.dtype.kind != "O" else None
    if len(file.data) > FEW_BYTES or not file.beginning.strip() or file.beginning.lstrip()[:1] in "{[@":
        return None
    lines = [line.strip(' "') for line in lines_of(file.text().text) if line.strip()]
    if any(re.search(r"[,;\t|]", line) for line in lines):
        return None
    labels = [cells.label(line) for line in lines]
    if len(set(labels[1:])) < len(set(labels)) and not cells.is_number(labels[0]):
        labels = labels[1:]  # its name
    if any(cells.is_number(w) and not w.lstrip("-").isdigit() for w in labels):
        return None
    return cells.labels(labels)


def _count(file: File) -> int:
    """How many series a file of them has; 0 where its rows may be moments."""
    if array_bytes.is_array(file.head):
        found = array_bytes.array_of(file.data, file.name)
        wide = found.ndim == 3 or (found.ndim == 2 and found.shape[1] >= FEWEST_COLUMNS)
        return len(found) if wide else 0
    try:
        found_cases = understood(
            base.read(file, Mapping(layout="wide", label=NOTHING)), Mapping(layout="wide", label=NOTHING)
        )
    except FileError:
        return 0
    content = found_cases.content
    fits = isinstance(content, Cases) and int(content.lengths.max()) >= FEWEST_COLUMNS
    return len(content.values) if isinstance(content, Cases) and fits else 0


def read_pairs(pairs: Pairs, names: File | None, mapping: Mapping, where: str) -> Raw:
    """The series with their labels; raises FileError where their numbers differ."""
    bare = replace(mapping, layout="wide", label=mapping.label or NOTHING, member="", folder="", join="name")
    done: list[tuple[str, Cases]] = []
    title, warnings = "", []
    for part, one in pairs.items():
        cases, title, said = _series(one.series, bare)
        count = len(cases.values)
        labels = _labels(one.labels, count, one.series[0])
        groups = None if one.subjects is None else _labels(one.subjects, count, one.series[0])
        done.append((part, replace(cases, labels=_called(labels, names), groups=groups)))
        warnings += said
    files = " and ".join(shown(one.series[0].name) for one in pairs.values())
    if any(len(one.series) > 1 for one in pairs.values()):
        first = next(iter(pairs.values())).series
        files = f"{len(first)} files, a channel each ({', '.join(shown(f.name) for f in first[:3])} ...)"
    content = joined(done, mapping.join) if len(done) > 1 or done[0][0] else done[0][1]
    why = f"the series are in {files}, their classes in {shown(next(iter(pairs.values())).labels.name)}"
    return Raw(content, title + where, why, tuple(dict.fromkeys(warnings)))


def _series(files: Sequence[File], bare: Mapping) -> tuple[Cases, str, list[str]]:
    """The series of one file, or those of several as the channels of one; raises FileError where they do not fit."""
    found = [(f, understood(base.read(f, bare), bare)) for f in files]
    cases = []
    for file, one in found:
        if not isinstance(one.content, Cases):
            raise FileError(f"{shown(file.name)!r} holds no series, one in a row.")
        cases.append(one.content)
    title, warnings = found[0][1].format, [w for _, one in found for w in one.warnings]
    if len(cases) == 1:
        return cases[0], title, warnings
    shapes = [[v.shape for v in c.values] for c in cases]
    odd = next((i for i, s in enumerate(shapes) if s != shapes[0]), None)
    if odd is not None:
        raise FileError(
            f"{shown(files[odd].name)!r} and {shown(files[0].name)!r} are channels of the same series, but they have "
            "other numbers of series or samples."
        )
    values = [np.concatenate(rows) for rows in zip(*(c.values for c in cases), strict=True)]
    names = tuple(re.sub(r"[_-]?(train|test|val(id(ation)?)?)$", "", _stem(f), flags=re.I) for f in files)
    return Cases(values, None, names if len(names) == values[0].shape[0] else (), cases[0].rate), title, warnings


def _called(labels: Words, names: File | None) -> Words:
    """Numbers by the names that a list beside them gives ("1 WALKING"); as they are where one has none."""
    if names is None:
        return labels
    rows = [re.split(r"[\s,;:]+", line.strip(), maxsplit=1) for line in names.text().text.splitlines() if line.strip()]
    known = {cells.label(r[0]): r[1].strip(' "') for r in rows if len(r) == 2}
    if not set(labels.tolist()) <= set(known):
        return labels
    return cells.words([known[w] for w in labels])


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
