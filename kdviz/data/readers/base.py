"""What a reader is, and which one a file is for: its content decides, its ending breaks ties."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from kdviz.core.errors import FileError
from kdviz.core.plugins import discover
from kdviz.data import limits
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw, shown

READERS = "kdviz.data.readers"
BY_ENDING = 0.05


@dataclass(frozen=True)
class Guess:
    """How sure a reader is that a file is its own: 1 by an unmistakable mark, less by habit; and why."""

    sure: float
    why: str


class Reader(ABC):
    """One file format.

    id          short name
    title       the format in words, as in "Read as UCR text"
    extensions  usual endings with their dot; they only break ties
    streams     whether a large file is read without holding it whole (`file.path`)
    """

    id: ClassVar[str]
    title: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]] = ()
    streams: ClassVar[bool] = False

    @abstractmethod
    def sniff(self, file: File) -> Guess | None:
        """Whether the content looks like this format; reads `file.head` or `file.beginning` only."""

    def wants(self, file: File) -> tuple[str, ...]:
        """The names of other files that belong to this one, where a format is spread over several."""
        del file
        return ()

    @abstractmethod
    def read(self, file: File, mapping: Mapping) -> Raw:
        """Read it; raises FileError with line and column where it cannot be."""


def readers() -> dict[str, type[Reader]]:
    """Every reader by id."""
    return discover(READERS, Reader)  # type: ignore[type-abstract]


def recognise(file: File) -> tuple[Reader, Guess]:
    """The reader that is surest; raises FileError where none is, or the file is empty."""
    if not file.data.strip(b"\x00\r\n\t \xef\xbb\xbf"):
        raise FileError("The file is empty. Choose one that has series in it.")
    found = [(r, g) for kind in readers().values() if (g := (r := kind()).sniff(file)) is not None]
    if not found:
        raise FileError(
            f"{shown(file.name)!r} is in no format that is read. Read are: {', '.join(titles())}. Export it as CSV."
        )
    return max(found, key=lambda pair: pair[1].sure + BY_ENDING * (file.extension in pair[0].extensions))


def attached(files: Sequence[File]) -> list[File]:
    """Files that name others (a header beside its signals) with those beside them; the rest as they are."""
    spread = [kind for kind in readers().values() if kind.wants is not Reader.wants]
    found, taken = [], set()
    for file in files:
        for kind in spread:
            if (one := kind()).sniff(file) is not None:
                folder = file.name.rpartition("/")[0]
                names = {f"{folder}/{n}".lstrip("/") for n in one.wants(file)}
                beside = tuple(f for f in files if f is not file and f.name in names)
                taken |= {f.name for f in beside}
                file = replace(file, beside=beside)
        found.append(file)
    return [f for f in found if f.name not in taken]


def titles() -> tuple[str, ...]:
    """The formats in words."""
    return tuple(sorted({r.title for r in readers().values() if r.extensions}))


def read(file: File, mapping: Mapping) -> Raw:
    """A file by the reader that recognises it; raises FileError."""
    reader = recognise(file)[0]
    return reader.read(file if reader.streams else whole(file), mapping)


def whole(file: File) -> File:
    """A file with all of its bytes; raises FileError where they are more than are held."""
    if file.path is None:
        return file
    size = file.path.stat().st_size
    if size > limits.WHOLE_BYTES:
        raise FileError(
            f"{shown(file.name)!r} has {size / 2**20:,.0f} MB; of this kind at most {limits.WHOLE_BYTES // 2**20} MB "
            "are read. Text with a moment in every row may have more; else cut it into parts."
        )
    return replace(file, data=file.path.read_bytes(), path=None)
