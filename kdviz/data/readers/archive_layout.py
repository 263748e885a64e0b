"""What the places and names of an archive's files say: the part of each, its class, its subject; or a list says it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kdviz.core.errors import UserError
from kdviz.data import cells
from kdviz.data.cells import part_name
from kdviz.data.file_parts import part_of_name
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.raw import File, shown
from kdviz.data.tables.column_names import LABEL, SET, SUBJECT

NAME = "name"
LIST_BYTES = 4 << 20
_PERSON = re.compile(
    r"(subj(ect)?|person|user|patient|participant|volunteer|proband|driver|sub|session|sess|day|trial|run|rec|"
    r"recording|fold|part|p|s|u|id|no)[ _-]?\d+|\d+|[a-z]{1,3}\d{3,}",
    re.I,
)
_SURE_PERSON = re.compile(r"(subject|person|user|patient|participant|volunteer|proband|session|trial)[ _-]?\d+", re.I)
_NO_CLASSES = """
    acc gyr gyro mag hr eda bvp temp ibi ecg emg eeg eog ppg gsr imu acceleration accelerometer gyroscope
    magnetometer barometer temperature humidity pressure heart location orientation gravity light sound audio
    channel chan sensor signal dev device node station machine motor engine unit file data log record recording
    rec subject subj person user patient participant volunteer session trial run day week month part chunk block
    fold series sample case test train training testing valid validation val set split table sheet export
    untitled new copy raw left right top bottom front back dim dimension lead
"""
_GENERIC = frozenset(_NO_CLASSES.split())


@dataclass(frozen=True)
class Place:
    """Where a file lies: the folders that differ between files, without that of its part, and its name's stem."""

    file: File
    folders: tuple[str, ...]
    stem: str
    part: str


@dataclass(frozen=True)
class Sorted:
    """A class, a subject and a part for each file, None where nothing says; and what to say about it."""

    labels: tuple[str, ...] | None = None
    subjects: tuple[str, ...] | None = None
    parts: tuple[str, ...] | None = None
    why: str = ""
    warnings: tuple[str, ...] = ()


def places_of(files: Sequence[File]) -> list[Place]:
    """The place of every file."""
    paths = [f.name.replace("\\", "/").strip("/").split("/") for f in files]
    depth = 0
    while all(len(p) > depth + 1 for p in paths) and len({p[depth] for p in paths}) == 1:
        depth += 1
    found = []
    for file, path in zip(files, paths, strict=True):
        folders = path[depth:-1]
        inner = next((f for f in folders if part_name(f)), "")
        stem, part = part_of_name(file.name)
        rest = tuple(f for f in folders if f != inner)
        found.append(Place(file, rest, stem, part_name(inner) or part))
    return found


def sorted_by_place(places: Sequence[Place], mapping: Mapping) -> Sorted:
    """Classes, subjects and parts from folders and names; raises UserError where two levels could be the class."""
    parts = tuple(p.part for p in places) if all(p.part for p in places) else None
    wanted = mapping.folder
    if wanted == NOTHING:
        return Sorted(None, None, parts)
    if wanted == NAME:
        return Sorted(_words_of(places), None, parts, "the class of a file is the word its name begins with")
    depth = min(len(p.folders) for p in places)
    levels = [tuple(p.folders[i] for p in places) for i in range(depth)]
    if wanted:
        place = _level(wanted, levels)
        people = [v for i, v in enumerate(levels) if i != place and _are_people(v)]
        return Sorted(levels[place], people[0] if people else None, parts, "the class of a file is its folder")
    return _recognised(places, levels, parts)


def _recognised(places: Sequence[Place], levels: list[tuple[str, ...]], parts: tuple[str, ...] | None) -> Sorted:
    several = [i for i, v in enumerate(levels) if len(set(v)) > 1]
    if not several:
        return _by_name(places, parts)
    classes = several if len(several) == 1 else [i for i in several if not _are_people(levels[i])]
    if len(several) == 1 and all(_SURE_PERSON.fullmatch(v) for v in levels[several[0]]):
        why = f"every folder is a subject or session; folder={several[0] + 1} makes them classes"
        return Sorted(None, levels[several[0]], parts, "", (why[:1].upper() + why[1:] + ".",))
    if len(classes) != 1:
        there = "; ".join(f"{i + 1} ({', '.join(sorted(set(levels[i]))[:4])})" for i in several)
        raise UserError(
            f"Two levels of folders could be the class: {there}. Choose one with folder={several[0] + 1}, or none "
            "with folder=-."
        )
    people = [levels[i] for i in several if i != classes[0]]
    return Sorted(
        levels[classes[0]], people[0] if people else None, parts, "every file is a series; its folder is the class"
    )


def _by_name(places: Sequence[Place], parts: tuple[str, ...] | None) -> Sorted:
    """Classes from the words that names begin with, where they are words and each has several files."""
    words = _words_of(places)
    counts = Counter(words)
    if len(counts) < 2 or min(counts.values()) < 2 or "" in counts:
        return Sorted(None, None, parts)
    there = ", ".join(sorted(counts)[:6])
    if any(len(w) < 3 or w.lower() in _GENERIC or _PERSON.fullmatch(w) for w in counts):
        hint = f"File names begin with {there}: folder=name makes these words the classes."
        return Sorted(None, None, parts, "", (hint,))
    said = f"The classes were read from the files' names ({there}); folder=- leaves them out."
    return Sorted(words, None, parts, "every file is a series; its name says the class", (said,))


def _words_of(places: Sequence[Place]) -> tuple[str, ...]:
    """The word that each name begins with: all before a number, or before the first mark."""
    return tuple(re.split(r"[\W_]*\d|[\W_]", p.stem, maxsplit=1)[0] for p in places)


def _level(wanted: str, levels: Sequence[Sequence[str]]) -> int:
    place = {"first": 1, "last": len(levels)}.get(wanted, int(wanted) if wanted.isdecimal() and len(wanted) < 4 else 0)
    if not 1 <= place <= len(levels):
        there = "; ".join(f"{i + 1} ({', '.join(sorted(set(v))[:4])})" for i, v in enumerate(levels)) or "none"
        raise UserError(f"There is no level {wanted[:20]!r} of folders (folder=). There are: {there}; or name, or -.")
    return place - 1


def _are_people(names: Sequence[str]) -> bool:
    return all(_PERSON.fullmatch(n) for n in names)


def listed_labels(files: Sequence[File], mapping: Mapping) -> tuple[File, Sorted] | None:
    """A file that lists the others with their classes, and what it says of each; None where there is none.

    Raises UserError where several of its columns could be the class.
    """
    keys: dict[str, list[int]] = {}
    for i, f in enumerate(files):
        for key in _keys(f):
            keys.setdefault(key, []).append(i)
    for i, file in enumerate(files):
        rows = _cells_of(file)
        for j in range(len(rows[0]) if rows else 0):
            named = [[k for k in keys.get(r[j].lower(), ()) if k != i] for r in rows]
            hits = [some[-1] for some in named if some]
            if len(set(hits)) >= max(2, 0.8 * (len(files) - 1)) and len(hits) == len(set(hits)):
                others = [f for f in files if f is not file]
                return file, _of_list(file, rows, j, {r[j].lower(): r for r in rows}, others, mapping)
    return None


def _keys(file: File) -> tuple[str, ...]:
    name = file.name.replace("\\", "/").lower().strip("/")
    last = name.rsplit("/", 1)[-1]
    stem = last.rsplit(".", 1)[0]
    number = (str(int(stem)),) if stem.isdecimal() and len(stem) < 12 else ()
    return tuple(dict.fromkeys((name, last, stem, *number)))


def _cells_of(file: File) -> list[list[str]]:
    """The rows of a short text of words, all of one width; none for anything else."""
    if len(file.data) > LIST_BYTES or not file.beginning.strip() or b"\x00" in file.head:
        return []
    lines = [line for line in file.text().text.splitlines() if line.strip()]
    for mark in (",", "\t", ";", "|", None):
        rows = [[c.strip(" \"'") for c in line.split(mark)] for line in lines]
        if rows and len(rows[0]) > 1 and len({len(r) for r in rows}) == 1 and len(rows[0]) < 64:
            return rows
    return []


def _of_list(
    file: File, rows: list[list[str]], key: int, by_key: dict[str, list[str]], others: Sequence[File], mapping: Mapping
) -> Sorted:
    found = [next((by_key[k] for k in _keys(f) if k in by_key), None) for f in others]
    heading = rows[0] if all(rows[0] is not r for r in found) else []
    names = [cells.normalised_name(h) for h in heading] or [""] * len(rows[0])
    free = [j for j in range(len(rows[0])) if j != key]
    subject = next((j for j in free if names[j] in SUBJECT), None)
    part = next((j for j in free if names[j] in SET), None)
    label = _label_of_list(file, heading, names, [j for j in free if j not in (subject, part)], mapping, found)
    labels = None if label is None else tuple(cells.label(r[label]) if r else "" for r in found)
    why = f"{shown(file.name)!r} lists the files" + ("" if label is None else " with their classes")
    return Sorted(labels, None if subject is None else tuple(r[subject] if r else "" for r in found),
                  None if part is None else tuple(part_name(r[part], heading[part]) if r else "" for r in found),
                  why)  # fmt: skip


def _label_of_list(
    file: File, heading: Sequence[str], names: Sequence[str], free: list[int], mapping: Mapping,
    found: Sequence[list[str] | None],
) -> int | None:  # fmt: skip
    if mapping.label == NOTHING:
        return None
    if mapping.label in heading:
        return heading.index(mapping.label)
    if re.fullmatch(r"#\d{1,4}", mapping.label) and 1 <= int(mapping.label[1:]) <= len(names):
        return int(mapping.label[1:]) - 1
    named = [j for j in free if names[j] in LABEL]
    repeats = [j for j in free if 1 < len({r[j] for r in found if r}) <= max(2, len(found) // 2)]
    for some in (named[:1], free, repeats):
        if len(some) == 1:
            return some[0]
    there = ", ".join(heading[j] if heading else f"#{j + 1}" for j in free[:8])
    raise UserError(f"{shown(file.name)!r} lists the files; which of its columns is the class? There are: {there}. "
                    f"Choose one with label={heading[free[0]] if heading and free else '#2'}.")  # fmt: skip
