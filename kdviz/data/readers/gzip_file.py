"""A .gz around any of the other formats: one layer, unpacked up to a bound."""

from __future__ import annotations

from dataclasses import replace

from kdviz.core.errors import FileError
from kdviz.data import unpack
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers import base
from kdviz.data.readers.base import Guess, Reader


class GzipFile(Reader):
    """Gzip."""

    id = "gzip"
    title = "gzip"
    extensions = (".gz",)

    def sniff(self, file: File) -> Guess | None:
        """Gzip's first bytes."""
        return Guess(1.0, "its first bytes are gzip's") if file.head.startswith(unpack.GZIP) else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """What is inside, by its own reader."""
        name = file.name[:-3] if file.extension == ".gz" else file.name
        inside = replace(file, name=name, data=unpack.gunzipped(file.data))
        if inside.data.startswith((unpack.GZIP, unpack.ZIP)):
            raise FileError("There is another archive inside this .gz. Unpack it once, then open what is inside.")
        raw = base.read(inside, mapping)
        return replace(raw, format=f"{raw.format}, gzipped")
