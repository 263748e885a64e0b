"""WAV sound: one recording, its channels and its rate."""

from __future__ import annotations

import io
import struct
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError
from kdviz.data import limits
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw, Recording
from kdviz.data.readers.base import Guess, Reader


class Wav(Reader):
    """WAV, PCM or float."""

    id = "wav"
    title = "WAV"
    extensions = (".wav", ".wave")

    def sniff(self, file: File) -> Guess | None:
        """RIFF and WAVE at the beginning."""
        riff = file.head[:4] in (b"RIFF", b"RIFX", b"RF64") and file.head[8:12] == b"WAVE"
        return Guess(1.0, "its first bytes are WAV's") if riff else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """One recording, scaled so that full volume is 1; raises FileError where it is damaged or compressed."""
        del mapping
        from scipy.io import wavfile

        said: list[str] = []
        try:
            with warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter("always")
                rate, sound = wavfile.read(io.BytesIO(file.data))
            if any("EOF" in str(w.message) for w in caught) or _cut_off(file.data):
                said.append("The sound is cut off before the end that its header names.")
        except (ValueError, struct.error, EOFError, TypeError, OverflowError, MemoryError, UnboundLocalError,
                ZeroDivisionError, IndexError) as why:  # fmt: skip
            raise FileError(f"The WAV file is damaged, or its sound is compressed ({str(why)[:80]}).") from None
        if not np.size(sound) or not 0 < rate < 1e9:
            raise FileError("There is no sound in this WAV file.")
        limits.check_values(int(np.size(sound)))
        with np.errstate(invalid="ignore", over="ignore"):
            values = np.atleast_2d(np.asarray(_scaled(sound), np.float64).T)
        names = {1: ("sound",), 2: ("left", "right")}.get(values.shape[0], ())
        names = names or tuple(f"channel {i + 1}" for i in range(values.shape[0]))
        return Raw(Recording(values, names, rate=float(rate)), self.title, f"sound at {rate:,} Hz", tuple(said))


def _cut_off(data: bytes) -> bool:
    """Whether the header names more sound than there is."""
    at = data.find(b"data", 12)
    order = ">" if data.startswith(b"RIFX") else "<"
    if at < 0 or len(data) < at + 8 or data.startswith(b"RF64"):
        return False
    size = int(struct.unpack(f"{order}I", data[at + 4 : at + 8])[0])
    return size > len(data) - at - 8 and size != 0xFFFFFFFF


def _scaled(sound: NDArray[Any]) -> NDArray[Any]:
    """Whole numbers over their range; 8 bit lies around 128."""
    if sound.dtype == np.uint8:
        return (sound.astype(np.float64) - 128.0) / 128.0
    if sound.dtype.kind == "i":
        return sound.astype(np.float64) / float(2 ** (8 * sound.dtype.itemsize - 1))
    return sound
