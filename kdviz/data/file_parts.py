"""Files that belong together: training and test part as one set, recordings in a row, files dropped as one archive."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data.cells import Words, words
from kdviz.data.raw import Cases, Recording, shown

_PART = re.compile(r"(?P<stem>.*?)[_\-. ]?(?P<part>train|test|valid|validation|val)(?P<rest>(ing)?)$", re.I)
_PLACE = re.compile(r"(?:channel|column|dim(?:ension)?|ch|var)?[ _]?\d*|value|Unnamed: \d+", re.I)
NO_TIME = (1980, 1, 1, 0, 0, 0)


def part_of_name(name: str) -> tuple[str, str]:
    """("GunPoint", "train") from "GunPoint_TRAIN.tsv"; the part is empty where the name says none."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem = stem.removesuffix(".gz").rsplit(".", 1)[0]
    found = _PART.fullmatch(stem)
    if not found:
        return stem, ""
    part = found["part"].lower()
    return found["stem"], part if part in ("train", "test") else "validation"


def joined(parts: Sequence[tuple[str, Cases]], join: str = "name") -> Cases:
    """Parts ("train", series), ("test", series) as one set; raises FileError where they do not fit together."""
    first = parts[0][1]
    if join == "name":
        first_name = parts[0][0]
        parts = [
            (n, replace(c, values=_by_name(c.values, c.channels, first.channels, n, first_name))) for n, c in parts
        ]
    for name, cases in parts[1:]:
        if cases.values[0].shape[0] != first.values[0].shape[0]:
            raise FileError(
                f"The {name} part has {cases.values[0].shape[0]} channels, the {parts[0][0]} part "
                f"{first.values[0].shape[0]}. They do not belong together."
            )
    return Cases(
        [v for _, cases in parts for v in cases.values],
        _both([c.labels for _, c in parts], parts),
        first.channels,
        first.rate,
        _both([c.groups for _, c in parts], parts),
        words([name for name, cases in parts for _ in cases.values]),
    )


def _by_name(
    values: Sequence[NDArray[np.floating]], names: Sequence[str], wanted: Sequence[str], name: str, first: str
) -> Sequence[NDArray[np.floating]]:
    """Series with their channels in the order of the first file's names; raises FileError where others are named."""
    if tuple(names) == tuple(wanted) or len(names) != len(wanted) or (_by_place(names) and _by_place(wanted)):
        return values
    if _by_place(names) or _by_place(wanted):
        if len(names) < 2:
            return values
        without, named = (name, first) if _by_place(names) else (first, name)
        there = ", ".join(repr(n[:30]) for n in (wanted if _by_place(names) else names)[:6])
        raise UserError(
            f"{without!r} names no channels, {named!r} has {there}: "
            "that they stand in the same order is a guess. If they do, join them by place: join=place."
        )
    if sorted(names) != sorted(wanted):
        lacks = ", ".join(repr(n[:30]) for n in wanted if n not in names)
        more = ", ".join(repr(n[:30]) for n in names if n not in wanted)
        raise FileError(
            f"{name!r} has channels of other names than {first!r}: it lacks {lacks} and has {more}. "
            "Name the columns alike, choose those that both have with channels=NAME,NAME, or join them as they stand: "
            "join=place."
        )
    order = [list(names).index(n) for n in wanted]
    return [v[order] for v in values]


def _by_place(names: Sequence[str]) -> bool:
    """Whether names only count the channels, as they do where a file has none."""
    return not names or all(_PLACE.fullmatch(n) for n in names)


def _both(found: Sequence[Words | None], parts: Sequence[tuple[str, Cases]]) -> Words | None:
    if all(f is None for f in found):
        return None
    return words(
        [w for f, (_, c) in zip(found, parts, strict=True) for w in (f if f is not None else [""] * len(c.values))]
    )


def aligned(named: Sequence[tuple[str, Recording]], join: str) -> list[Recording]:
    """(name, recording): channels in the order of the first one's names; raises FileError, or UserError to ask."""
    if join == "place":
        return [r for _, r in named]
    name, first = named[0]
    return [replace(r, values=_by_name([r.values], r.channels, first.channels, n, name)[0]) for n, r in named]


def recordings(parts: Sequence[tuple[str, str, Recording]], join: str = "name") -> Recording:
    """(name, part, recording) one after the other; the name of each becomes a subject, so that no window crosses."""
    first = parts[0][2]
    whole = aligned([(n, r) for n, _, r in parts], join)
    parts = [(n, p, r) for (n, p, _), r in zip(parts, whole, strict=True)]
    for name, _, one in parts[1:]:
        if one.values.shape[0] != first.values.shape[0]:
            raise FileError(
                f"{name!r} has {one.values.shape[0]} channels, {parts[0][0]!r} has {first.values.shape[0]}."
            )
    sizes = [one.rows for _, _, one in parts]
    timed = all(one.times is not None for _, _, one in parts)
    return Recording(
        np.concatenate([one.values for _, _, one in parts], axis=1),
        first.channels,
        np.concatenate([one.times for _, _, one in parts if one.times is not None]) if timed else None,
        _spread([one.labels for _, _, one in parts], sizes),
        np.concatenate([_named(name, one) for name, _, one in parts]),
        first.rate,
        words([p for (_, p, _), n in zip(parts, sizes, strict=True) for _ in range(n)]) if parts[0][1] else None,
    )


def _named(name: str, one: Recording) -> Words:
    return words([name] * one.rows) if one.subjects is None else one.subjects + f" {name}"


def _spread(found: Sequence[Words | None], sizes: Sequence[int]) -> Words | None:
    if all(f is None for f in found):
        return None
    return np.concatenate([f if f is not None else words([""] * n) for f, n in zip(found, sizes, strict=True)])


def to_zip(files: Sequence[tuple[str, bytes | memoryview]]) -> tuple[str, bytes | memoryview]:
    """(name, content): of one file itself, of several a .zip that is the same whatever their order.

    Raises UserError where two have the same name.
    """
    if len(files) == 1:
        return files[0]
    names = sorted(name for name, _ in files)
    if twice := next((a for a, b in pairwise(names) if a == b), None):
        raise UserError(f"Two of these files are called {shown(twice)!r}. Give each a name of its own.")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in sorted(files, key=lambda file: file[0]):
            archive.writestr(zipfile.ZipInfo(name, NO_TIME), content)
    return _called(names), out.getbuffer()


def dropped(name: str, content: bytes | memoryview) -> tuple[str, ...]:
    """The names of the files that `to_zip` made this archive of; none where it is another file, or somebody's own."""
    if bytes(content[:4]) != b"PK\3\4":
        return ()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            inside = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return ()
    names = [each.filename for each in inside]
    ours = all((each.date_time, each.compress_type) == (NO_TIME, zipfile.ZIP_STORED) for each in inside)
    return tuple(names) if ours and len(names) > 1 and names == sorted(names) and name == _called(names) else ()


def _called(names: Sequence[str]) -> str:
    """GunPoint.zip of GunPoint_TRAIN.tsv and GunPoint_TEST.tsv."""
    stems = {part_of_name(name)[0] for name in names}
    return f"{stems.pop()}.zip" if len(stems) == 1 else f"{names[0]} and {len(names) - 1} more.zip"
