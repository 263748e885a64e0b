"""Zip and gzip, read with a hand on the brake: members and bytes are counted while unpacking, never believed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.raw import shown

CHUNK = 1 << 20
ZIP = b"PK\x03\x04"
GZIP = b"\x1f\x8b"


def first_member(head: bytes) -> str:
    """The name of a zip's first member, "" where it is no zip."""
    if not head.startswith(ZIP) or len(head) < 30:
        return ""
    size = struct.unpack("<H", head[26:28])[0]
    return head[30 : 30 + size].decode("utf-8", "replace")


def opened(data: bytes) -> zipfile.ZipFile:
    """A zip with no more members than are read; raises FileError."""
    try:
        found = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError) as why:
        raise FileError(f"The archive is damaged or cut off ({str(why)[:80]}). Download or pack it again.") from None
    if len(found.infolist()) > limits.MEMBERS:
        raise FileError(f"The archive has {len(found.infolist()):,} members; at most {limits.MEMBERS} are read.")
    _apart(found)
    return found


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
    room = Room()
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
