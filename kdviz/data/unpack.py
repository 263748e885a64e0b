"""Zip and gzip, read with a hand on the brake: members and bytes are counted while unpacking, never believed.

Only stored and deflated members are read: Python unpacks those of the other methods without bound before a byte of
them can be counted.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.raw import shown

CHUNK = 1 << 20
ZIP = b"PK\x03\x04"
ENTRY, END, LARGE_END, LOCATOR = b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
END_SIZE, LARGE_END_SIZE, LOCATOR_SIZE = 22, 56, 20
TAIL = END_SIZE + LARGE_END_SIZE + LOCATOR_SIZE + (1 << 16)
COUNTED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
METHODS = {9: "Deflate64", zipfile.ZIP_BZIP2: "bzip2", zipfile.ZIP_LZMA: "LZMA", 93: "Zstandard", 95: "xz"}
GZIP = b"\x1f\x8b"


def first_member(head: bytes) -> str:
    """The name of a zip's first member, "" where it is no zip."""
    if not head.startswith(ZIP) or len(head) < 30:
        return ""
    size = struct.unpack("<H", head[26:28])[0]
    return head[30 : 30 + size].decode("utf-8", "replace")


def opened(source: bytes | Path) -> zipfile.ZipFile:
    """A zip with no more members than are read, each packed in a way that can be counted; raises FileError."""
    try:
        refuse_many(source)
        found = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError) as why:
        raise FileError(f"The archive is damaged or cut off ({str(why)[:80]}). Download or pack it again.") from None
    for info in found.infolist():
        if info.compress_type not in COUNTED:
            by = METHODS.get(info.compress_type, "a rare method")
            raise FileError(f"{shown(info.filename)!r} in the archive is packed with {by}. Pack it again as plain zip.")
    _apart(found)
    return found


def refuse_many(source: bytes | Path) -> None:
    """Raise FileError where a zip has, or says that it has, more members than are read.

    Python makes a record of each before anybody can count them. They are counted where it will look for them, by every
    way of finding that place: it trusts the size that is told there, and not the count.
    """
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as file:
        size = file.seek(0, io.SEEK_END)
        start = max(0, size - TAIL)
        file.seek(start)
        tail = file.read(TAIL)
        for end in {tail.rfind(END), len(tail) - END_SIZE}:
            if end < 0 or not tail.startswith(END, end) or len(tail) < end + END_SIZE:
                continue
            for place, told, length in _directories(tail, end):
                here = start + place
                file.seek(max(0, here - length))
                count = max(told, file.read(min(length, here)).count(ENTRY) if length <= size else 0)
                if count > limits.MEMBERS:
                    raise FileError(
                        f"The archive has {count:,} members; at most {limits.MEMBERS:,} are read. "
                        "Put several recordings or series into one file."
                    )


def _directories(tail: bytes, end: int) -> Iterator[tuple[int, int, int]]:
    """(where it ends, how many members it is said to have, its bytes): the list of members before the mark at `end`."""
    _, _, _, told, length, _, _ = struct.unpack("<4H2LH", tail[end + 4 : end + END_SIZE])
    yield end, told, length
    large = end - LOCATOR_SIZE - LARGE_END_SIZE
    if large >= 0 and tail.startswith(LOCATOR, end - LOCATOR_SIZE) and tail.startswith(LARGE_END, large):
        told, length = struct.unpack("<2Q", tail[large + 32 : large + 48])
        yield large, told, length


def _apart(found: zipfile.ZipFile) -> None:
    """Members that lie over each other unpack to more than there is."""
    end = 0
    for info in sorted(found.infolist(), key=lambda i: i.header_offset):
        if info.header_offset < end:
            raise FileError("Members of this archive overlap, which no honest archive does. It is not opened.")
        end = info.header_offset + info.compress_size


@dataclass
class Room:
    """How many bytes may still be unpacked."""

    left: int = limits.UNPACKED_BYTES

    def take(self, count: int) -> None:
        """Use some; raises FileError where there is none left."""
        self.left -= count
        if self.left < 0:
            raise FileError(too_big("The archive"))


def room_for(size: int) -> Room:
    """The room for an archive of so many bytes: what is stored as it is needs as much as it has."""
    return Room(max(limits.UNPACKED_BYTES, size + size // 10))


def member(found: zipfile.ZipFile, info: zipfile.ZipInfo, room: Room) -> bytes:
    """One member's bytes; raises FileError where they are more than there is room for, damaged or locked."""
    if info.flag_bits & 1:
        raise FileError(f"{shown(info.filename)!r} in the archive is locked by a password. Unpack it first.")
    out = bytearray()
    try:
        with found.open(info) as stream:
            while part := stream.read(CHUNK):
                room.take(len(part))
                out += part
    except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError, OSError) as why:
        raise FileError(f"{shown(info.filename)!r} in the archive cannot be unpacked ({str(why)[:60]}).") from None
    return bytes(out)


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of every member that is a file; together at most what is unpacked."""
    room = room_for(len(data))
    with opened(data) as found:
        for info in found.infolist():
            if info.is_dir():
                continue
            yield info.filename, member(found, info, room)


def too_big(what: str) -> str:
    """The sentence for more than is unpacked."""
    return f"{what} unpacks to more than {limits.UNPACKED_BYTES // 2**20} MB; no more is read. Keep fewer series."


def gunzipped(data: bytes) -> bytes:
    """The content of a .gz, one layer; raises FileError where it is damaged, cut off, or unpacks to too much."""
    out = bytearray()
    rest = data
    while rest.startswith(GZIP):
        stream = zlib.decompressobj(wbits=31)
        try:
            while rest and not stream.eof:
                out += stream.decompress(rest, CHUNK)
                rest = stream.unconsumed_tail or stream.unused_data
                if len(out) > limits.UNPACKED_BYTES:
                    raise FileError(too_big("The file"))
        except zlib.error as why:
            raise FileError(f"The .gz file is damaged ({str(why)[:60]}). Download or pack it again.") from None
        if not stream.eof:
            raise FileError("The .gz file is cut off before its end. Download or pack it again.")
        rest = stream.unused_data
    return bytes(out)
