"""What the recipe and the recording of a watch from elsewhere must hold before they are kept."""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from kdviz.core.errors import FileError, UserError
from kdviz.data import limits, stretch
from kdviz.data import unpack as zips
from kdviz.runs.store.datasets import stretches
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_settings import EPOCHS, knobs_from, pairs_from

SHA = re.compile(r"[0-9a-f]{64}")
ORIGIN = re.compile(r"[a-z_]{1,40}=[a-z0-9_]{1,20}:[0-9a-z]{1,12}")
MOST_SAMPLES = 1 << 31


def refuse_odd_watch(recipe: Recipe) -> Recipe:
    """The recipe of a watch; raises UserError with the first thing that none can have."""
    if not SHA.fullmatch(recipe.data):
        raise UserError("A recipe names its recording by a fingerprint of 64 hexadecimal digits.")
    if recipe.teachers or recipe.control or recipe.selection != "last" or recipe.epochs != EPOCHS:
        raise UserError("A watch has frozen teachers, no control, and its last epoch for an answer.")
    if not 0 <= recipe.seed < 2**31 or not 1 <= recipe.threads <= 64:
        raise UserError("A watch has a seed from 0, and 1 to 64 threads.")
    if recipe.window % 8 or not 8 <= recipe.window <= 1024 or not 1 <= recipe.step <= recipe.window:
        raise UserError("A watch has a window of 8 to 1024 samples, a multiple of 8, and a step of no more than it.")
    if not 0 < recipe.train_end < MOST_SAMPLES:
        raise UserError("A watch says at which sample normal ends.")
    pairs = pairs_from(recipe)
    named = recipe.origin.split(",")
    if not all(ORIGIN.fullmatch(word) for word in named) or [w.split("=")[0] for w in named] != [p.key for p in pairs]:
        raise UserError("A watch says of each view whose weights its teacher has.")
    if knobs_from(recipe.knobs, recipe.method.split("+")) != dict(recipe.knobs):
        raise UserError("A watch says all of its settings.")
    return recipe


def keep_recording(content: bytes, sha256: str) -> None:
    """Keep the recording of an archive, if it is the one that the recipe names; raises FileError."""
    with zips.opened(content) as zipped:
        if sum(info.file_size for info in zipped.infolist()) > limits.UNPACKED_BYTES:
            raise FileError(zips.too_big("The recording in the archive"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{sha256}.stretch.npz"
        path.write_bytes(content)
        try:
            found = stretch.read(path)
        except MemoryError:
            raise FileError("The recording in the archive claims more than there is. It is not opened.") from None
    if found.sha256 != sha256:
        raise FileError("The recording in the archive is not the one that was watched. It is not opened.")
    stretches().put(found)
