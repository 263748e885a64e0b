"""A .zip around any of the other formats: one file, or training and test files, or one recording per file."""

from __future__ import annotations

from dataclasses import replace

from kdviz.core.errors import FileError, UserError
from kdviz.data import unpack
from kdviz.data.mapping import Mapping
from kdviz.data.raw import EVERY, File, Raw, shown
from kdviz.data.readers import bundle
from kdviz.data.readers.base import Guess, Reader

_OTHER = ("[Content_Types].xml", "mimetype", "_rels/.rels", "docProps/", "xl/")
_NO_DATA = (".md", ".pdf", ".html", ".png", ".jpg", ".py", ".m", ".r", ".doc", ".docx", ".ds_store", ".xml", ".rtf")


class ZipFile(Reader):
    """Zip."""

    id = "zip"
    title = "zip"
    extensions = (".zip",)

    def sniff(self, file: File) -> Guess | None:
        """Zip's first bytes, and no spreadsheet or NumPy archive inside."""
        empty = file.head.startswith(b"PK\x05\x06")
        if not empty and (not file.head.startswith(unpack.ZIP) or unpack.first_member(file.head).startswith(_OTHER)):
            return None
        return Guess(0.8, "its first bytes are zip's")

    def read(self, file: File, mapping: Mapping) -> Raw:
        """What is inside, by its own reader; raises FileError where the archive is damaged, locked or too big."""
        with unpack.opened(file.data) as found:
            names = [i for i in found.infolist() if not i.is_dir() and _is_data(i.filename)]
            if mapping.member:
                names = [i for i in names if mapping.member in (i.filename, shown(i.filename))]
            if not names:
                there = ", ".join(shown(i.filename) for i in found.infolist()[:8]) or "nothing"
                if mapping.member:
                    raise UserError(f"There is no {mapping.member[:40]!r} in the archive. There is: {there}.")
                raise FileError(f"No data file was found in this archive. There is: {there}.")
            room = unpack.room_for(len(file.data))
            files = [_unzipped(replace(file, name=i.filename, data=unpack.member(found, i, room)), room) for i in names]
        if any(f.data.startswith((unpack.ZIP, unpack.GZIP)) and not _is_format(f) for f in files):
            raise FileError("There is another archive inside this .zip. Unpack it once, then open what is inside.")
        raw = bundle.read(files, mapping, zipped=True)
        return raw if raw.heeds == EVERY else replace(raw, heeds=(*raw.heeds, "member"))


def _unzipped(file: File, room: unpack.Room) -> File:
    """A member that is itself gzipped, without that layer."""
    if not file.data.startswith(unpack.GZIP):
        return file
    data = unpack.gunzipped(file.data)
    room.take(len(data))
    return replace(file, name=file.name.removesuffix(".gz"), data=data)


def _is_format(file: File) -> bool:
    """Formats that are zips themselves: NumPy archives and workbooks."""
    first = unpack.first_member(file.head)
    return first.endswith(".npy") or first.startswith(_OTHER)


def _is_data(name: str) -> bool:
    last = name.rsplit("/", 1)[-1].lower()
    hidden = last.startswith((".", "~")) or "__macosx" in name.lower()
    return bool(last) and not hidden and not last.endswith(_NO_DATA) and not last.startswith("readme")
