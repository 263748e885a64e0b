"""Which reader a file is for: its content decides, its ending breaks ties, what a browser calls it never counts."""

from __future__ import annotations

from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw, shown
from kdviz.data.readers.base import Guess, Reader
from kdviz.errors import FileError
from kdviz.plugins import discover

READERS = "kdviz.data.readers"
BY_ENDING = 0.05


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


def titles() -> tuple[str, ...]:
    """The formats in words."""
    return tuple(sorted({r.title for r in readers().values() if r.extensions}))


def read(file: File, mapping: Mapping) -> Raw:
    """A file by the reader that recognises it; raises FileError."""
    return recognise(file)[0].read(file, mapping)
