"""Several files as one data set: series beside labels, training beside test, one recording per file or folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kdviz.core.errors import FileError, UserError
from kdviz.data.arrays.array_roles import PARTS
from kdviz.data.cells import Words, words
from kdviz.data.file_parts import aligned, joined, part_of_name, recordings
from kdviz.data.mapping import NOTHING, Mapping
from kdviz.data.prepare.assemble import Understood, understood
from kdviz.data.raw import EVERY, Cases, File, Raw, Recording, shown
from kdviz.data.readers import base
from kdviz.data.readers.archive_layout import Sorted, listed_labels, places_of, sorted_by_place
from kdviz.data.readers.label_files import pairs_of, read_pairs

MOST_CHANNELS = 64
_BEST_FIRST = (".ts", ".arff", ".tsv", ".csv", ".txt")


def read(files: Sequence[File], mapping: Mapping, zipped: bool = False) -> Raw:
    """One file alone, or what several are together; raises FileError where they do not fit."""
    files = base.attached(files)
    found = _read(files, mapping, zipped)
    return found if len(files) == 1 else replace(found, heeds=EVERY)


def _read(files: Sequence[File], mapping: Mapping, zipped: bool) -> Raw:
    where = ", zipped" if zipped else ""
    if len(files) == 1:
        raw = base.read(files[0], mapping)
        return replace(raw, format=raw.format + where, why=f"{shown(files[0].name)}: {raw.why}")
    listed = listed_labels(files, mapping)
    if listed is not None:
        return _of_many([f for f in files if f is not listed[0]], mapping, where, listed[1])
    pairs, names = pairs_of(files)
    if pairs:
        return read_pairs(pairs, names, mapping, where)
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
    if not found:
        return _part_folders(files)
    whole = {k: v for k, v in found.items() if {"train", "test"} <= set(v)}
    if not whole:
        return []
    plain = {k: v for k, v in whole.items() if "dimension" not in k[0]} or whole
    key = min(plain, key=lambda k: (_BEST_FIRST.index(k[1]) if k[1] in _BEST_FIRST else len(_BEST_FIRST), k))
    if len({k[0] for k in plain}) > 1:
        there = ", ".join(sorted(shown(f.name) for v in plain.values() for f in v.values())[:8])
        raise UserError(f"There are several data sets in this archive: {there}. Choose one with member=NAME.")
    return [(p, plain[key][p]) for p in ("train", "validation", "test") if p in plain[key]]


def _part_folders(files: Sequence[File]) -> list[tuple[str, File]]:
    """One file in each of the folders train and test; raises UserError where the same names stand in both."""
    places = places_of(files)
    parts = [p.part for p in places]
    if len(set(parts)) < 2 or "train" not in parts:
        return []
    if len(files) == len(set(parts)) <= 3 and all(parts):
        return sorted(((p.part, p.file) for p in places), key=lambda pair: PARTS.index(pair[0]))
    stems: dict[tuple[str, ...], list[str]] = {}
    for p in places:
        stems.setdefault((*p.folders, p.stem), []).append(p.file.name)
    twice = [names for names in stems.values() if len(names) > 1]
    if not all(parts) and twice:
        there = ", ".join(name[-60:] for names in twice[:3] for name in names[:3])
        raise UserError(f"Several files of one name stand in folders of parts: {there}. Choose one with member=NAME.")
    return []


def _of_parts(parts: Sequence[tuple[str, File]], mapping: Mapping, where: str) -> Raw:
    inner = replace(mapping, folder="", join="name")
    found = [(part, understood(base.read(file, inner), inner)) for part, file in parts]
    first = found[0][1]
    names = " and ".join(shown(f.name) for _, f in parts)
    warnings = tuple(dict.fromkeys(w for _, f in found for w in f.warnings))
    contents = [(part, f.content) for part, f in found]
    if all(isinstance(c, Cases) for _, c in contents):
        content: Cases | Recording = joined([(p, c) for p, c in contents if isinstance(c, Cases)], mapping.join)
    elif all(isinstance(c, Recording) for _, c in contents):
        content = recordings([(p, p, c) for p, c in contents if isinstance(c, Recording)], mapping.join)
    else:
        raise FileError(f"{names} do not fit together: one holds series, the other a recording.")
    return Raw(content, first.format + where, f"{names} are one data set; {first.why}", warnings, roles=first.roles)


def _of_many(files: Sequence[File], mapping: Mapping, where: str, listed: Sorted | None = None) -> Raw:
    inner = replace(mapping, folder="", join="name", label="" if listed and mapping.label != NOTHING else mapping.label)
    order = {f.name: i for i, f in enumerate(files)}
    found: list[tuple[File, Understood]] = []
    left: list[str] = []
    for file in files:
        try:
            found.append((file, understood(base.read(file, inner), inner)))
        except FileError as why:
            left.append(f"{shown(file.name)} ({why})")
    if not found:
        raise FileError(f"No file of this archive can be read: {left[0]}")
    warnings = (f"Left out: {left[0]}" + (f" and {len(left) - 1} more." if len(left) > 1 else ""),) if left else ()
    if len(found) == 1:
        one = found[0][1]
        reason = f"{shown(found[0][0].name)}: {one.why}"
        return Raw(one.content, one.format + where, reason, (*one.warnings, *warnings), one.notes, roles=one.roles)
    said = _some(listed, [order[f.name] for f, _ in found]) if listed else None
    raw = _together(found, mapping, where, said)
    return raw.saying(*warnings)


def _some(said: Sorted, places: Sequence[int]) -> Sorted:
    """What was said of those files that could be read."""

    def of(all_: tuple[str, ...] | None) -> tuple[str, ...] | None:
        return None if all_ is None else tuple(all_[i] for i in places)

    return replace(said, labels=of(said.labels), subjects=of(said.subjects), parts=of(said.parts))


def _as_recording(content: Cases | Recording) -> Recording | None:
    """One series of a file for itself: also a matrix of channels, which alone would be one series per row."""
    if isinstance(content, Recording):
        return content
    plain = content.labels is None and len(content.values) <= MOST_CHANNELS
    if not plain or any(v.shape[0] != 1 for v in content.values) or len(set(content.lengths.tolist())) != 1:
        return None
    values = np.concatenate([np.asarray(v) for v in content.values])
    return Recording(values, tuple(f"channel {i + 1}" for i in range(len(values))), rate=content.rate)


def _together(found: Sequence[tuple[File, Understood]], mapping: Mapping, where: str, listed: Sorted | None) -> Raw:
    recorded = [(f, one) for f, u in found if (one := _as_recording(u.content)) is not None]
    if len(recorded) != len(found) or len({r.values.shape[0] for _, r in recorded}) != 1:
        there = ", ".join(shown(f.name) for f, _ in found[:8])
        raise UserError(f"There are {len(found)} data files in this archive: {there}. Choose one with member=NAME.")
    title, roles = found[0][1].format, found[0][1].roles
    rates = sorted({round(r.rate, 6) for _, r in recorded if r.rate})
    if len(rates) > 1 and not mapping.rate:
        said = _other_rates(rates, recorded)
        recorded = [(f, replace(r, rate=None)) for f, r in recorded]
    else:
        said = ()
    own = any(r.labels is not None for _, r in recorded)
    by = listed or sorted_by_place(
        places_of([f for f, _ in recorded]), mapping if not own else replace(mapping, folder=mapping.folder or NOTHING)
    )
    if by.labels is not None and not own:
        first = recorded[0][1]
        values = [np.asarray(r.values) for r in aligned([(shown(f.name), r) for f, r in recorded], mapping.join)]
        groups, parts = (None if w is None else words(w) for w in (by.subjects, by.parts))
        if groups is None and mapping.subject not in ("", NOTHING):
            groups = _asked_subjects(recorded, mapping.subject)
        cases = Cases(values, words(by.labels), first.channels, first.rate, groups, parts)
        return Raw(cases, title + where, by.why, (*by.warnings, *said), roles=roles)
    parts_ = by.parts or [""] * len(recorded)
    named = [(part_of_name(f.name)[0], part, r) for (f, r), part in zip(recorded, parts_, strict=True)]
    content = recordings(named, mapping.join)
    why = f"{len(recorded)} files, each one recording; no window crosses from one into the next"
    return Raw(content, title + where, why, (*by.warnings, *said), roles=roles)


def _asked_subjects(recorded: Sequence[tuple[File, Recording]], column: str) -> Words:
    """Whose each file is, by the column that a person named; raises UserError where one file is of several."""
    for f, r in recorded:
        found = set() if r.subjects is None else set(r.subjects)
        if len(found) != 1:
            raise UserError(
                f"subject={column[:40]}: {shown(f.name)} has {len(found):,} different values in that column, and a "
                "file is one series here. Name a column that says whose a file is, or leave it out."
            )
    return words([str(r.subjects[0]) for _, r in recorded if r.subjects is not None])


def _other_rates(rates: Sequence[float], recorded: Sequence[tuple[File, Recording]]) -> tuple[str, ...]:
    first = {round(r.rate, 6): shown(f.name) for f, r in reversed(recorded) if r.rate}
    there = ", ".join(f"{first[rate]} {rate:g} Hz" for rate in rates[:4])
    return (
        f"The files have other sampling rates ({there}): their samples stand side by side as they are, so no rate is "
        "given. Open files of one rate by themselves (member=NAME), or resample them first.",
    )
