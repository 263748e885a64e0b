"""One NumPy array: series in rows, or one recording; numbers only, nothing pickled."""

from __future__ import annotations

from kdviz.data.arrays import array_bytes, arrays
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader


class Npy(Reader):
    """NumPy .npy."""

    id = "npy"
    title = "npy"
    extensions = (".npy",)

    def sniff(self, file: File) -> Guess | None:
        """NumPy's first bytes."""
        return Guess(1.0, "its first bytes are NumPy's") if array_bytes.is_array(file.head) else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series, or a recording; raises FileError for pickles and false sizes."""
        found = array_bytes.array_of(file.data, file.name)
        if found.dtype.names:
            return arrays.fields(found, self.title)
        return arrays.named_arrays({"x": found}, mapping, self.title)
