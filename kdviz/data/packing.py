"""Files that were dropped together, as one archive with one hash: what a .zip of them would be."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from itertools import pairwise

from kdviz.data.join import part_of_name
from kdviz.data.raw import shown
from kdviz.errors import UserError

NO_TIME = (1980, 1, 1, 0, 0, 0)


def packed(files: Sequence[tuple[str, bytes | memoryview]]) -> tuple[str, bytes | memoryview]:
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
            archive.writestr(zipfile.ZipInfo(name, NO_TIME), bytes(content))
    return _called(names), out.getvalue()


def _called(names: Sequence[str]) -> str:
    """GunPoint.zip of GunPoint_TRAIN.tsv and GunPoint_TEST.tsv."""
    stems = {part_of_name(name)[0] for name in names}
    return f"{stems.pop()}.zip" if len(stems) == 1 else f"{names[0]} and {len(names) - 1} more.zip"
