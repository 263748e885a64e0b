"""NumPy archives: X and y, or X_train, y_train, X_test, y_test; arrays only, nothing pickled."""

from __future__ import annotations

from kdviz.data import unpack
from kdviz.data.arrays import array_bytes, arrays
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw
from kdviz.data.readers.base import Guess, Reader


class Npz(Reader):
    """NumPy .npz."""

    id = "npz"
    title = "npz"
    extensions = (".npz",)

    def sniff(self, file: File) -> Guess | None:
        """A zip of .npy members that lie in no folder."""
        first = unpack.first_member(file.head)
        return Guess(0.9, "a zip of NumPy arrays") if first.endswith(".npy") and "/" not in first else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """Series, or a recording; raises FileError for pickles and false sizes."""
        found = {}
        for name, data in unpack.members(file.data):
            if name.endswith(".npy"):
                found[name.removesuffix(".npy")] = array_bytes.array_of(data, name)
        return arrays.named_arrays(found, mapping, self.title)
