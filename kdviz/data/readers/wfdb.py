"""WFDB records of PhysioNet: a header in text beside the signal files that it names; formats as in signal(5).

https://physionet.org/physiotools/wag/header-5.htm, https://physionet.org/physiotools/wag/signal-5.htm
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data import limits
from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw, Recording, shown
from kdviz.data.readers.base import Guess, Reader

_RECORD = re.compile(r"(?P<name>\S+?)(/(?P<segments>\d+))?\s+(?P<count>\d{1,4})(\s+(?P<rest>.*))?")
_SIGNAL = re.compile(
    r"(?P<file>\S+)\s+(?P<format>\d+)(x(?P<frame>\d+))?(:(?P<skew>\d+))?(\+(?P<offset>\d+))?"
    r"(\s+(?P<gain>[\d.eE+-]+)(\((?P<base>-?\d+)\))?(/(?P<unit>\S+))?"
    r"(\s+\d+(\s+(?P<zero>-?\d+)(\s+-?\d+(\s+-?\d+(\s+\d+(\s+(?P<called>.*))?)?)?)?)?)?)?\s*"
)
_READ = ("8", "16", "24", "32", "61", "80", "160", "212", "310", "311")
_NONE = {"16": -(2**15), "61": -(2**15), "24": -(2**23), "32": -(2**31), "212": -(2**11), "310": -512, "311": -512,
         "80": -128, "160": -(2**15)}  # fmt: skip
USUAL_GAIN, USUAL_RATE = 200.0, 250.0


@dataclass(frozen=True)
class Signal:
    """A line of the header: where its samples lie, and what they mean."""

    file: str
    format: str
    frame: int
    skew: int
    offset: int
    gain: float
    base: float
    name: str


@dataclass(frozen=True)
class Header:
    """What the header says."""

    signals: tuple[Signal, ...]
    rate: float
    samples: int


class Wfdb(Reader):
    """WFDB header and signals."""

    id = "wfdb"
    title = "WFDB"
    extensions = (".hea",)

    def sniff(self, file: File) -> Guess | None:
        """A record's name and number of signals, then lines that name files and formats; or the ending."""
        lines = _lines(file.beginning)
        fits = len(lines) > 1 and _RECORD.fullmatch(lines[0]) and _SIGNAL.fullmatch(lines[1])
        named = bool(fits) and re.match(r"\S+\.\S+\s|~\s", lines[1])
        if file.extension == ".hea" or named:
            return Guess(1.0 if fits else 0.9, "its lines name signal files and their formats")
        return None

    def wants(self, file: File) -> tuple[str, ...]:
        """The signal files that the header names, and the record's annotations."""
        stem = file.name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
        try:
            named = [s.file for s in _header(file).signals]
        except FileError:
            named = []
        return (*dict.fromkeys(named), *(f"{stem}.{e}" for e in ("atr", "qrs", "ari", "ecg", "xws", "xyz", "st")))

    def read(self, file: File, mapping: Mapping) -> Raw:
        """The signals of the most usual rate as one recording, in physical units; the others are named."""
        header = _header(file)
        held = {shown(f.name): f.data for f in file.beside}
        lacks = next((s.file for s in header.signals if s.file not in held), None)
        if lacks is not None:
            raise FileError(f"This header is of signals in {lacks[:60]!r}. Drop both together, or as one .zip.")
        usual = Counter(s.frame for s in header.signals)
        frame = max(usual, key=lambda n: (usual[n], n))
        chosen = [s for s in header.signals if s.frame == frame]
        rows = {name: _of_file(held[name], [s for s in header.signals if s.file == name], header)
                for name in dict.fromkeys(s.file for s in chosen)}  # fmt: skip
        found = [rows[s.file][[o for o in header.signals if o.file == s.file].index(s)] for s in chosen]
        size = min(v.size for v in found)
        limits.check_values(size * len(found))
        values = np.stack([v[:size] for v in found])
        said = []
        if left := [s.name for s in header.signals if s.frame != frame]:
            said.append(f"Left out, since their rate differs: {', '.join(n[:30] for n in left[:6])}.")
        if header.samples and size < header.samples * frame:
            said.append(f"It is cut off: the header names {header.samples * frame:,} samples, {size:,} are there.")
        if notes := [shown(f.name) for f in file.beside if shown(f.name) not in {s.file for s in header.signals}]:
            said.append(f"Annotations are not read ({', '.join(notes[:3])}); labels may stand in a list of the files.")
        recording = Recording(values, tuple(s.name for s in chosen), rate=header.rate * frame)
        return Raw(recording, self.title, "a header names its signals, their formats and gains", tuple(said))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip() and line.lstrip()[0] != "#"]


def _header(file: File) -> Header:
    lines = _lines(file.text().text)
    found = _RECORD.fullmatch(lines[0]) if lines else None
    if found is None:
        raise FileError("The WFDB header does not begin with the record's name and the number of its signals.")
    if found["segments"]:
        raise FileError(f"The record has {int(found['segments'][:6]):,} segments. Open the header of one of them.")
    count, rest = int(found["count"]), (found["rest"] or "").split()
    if not 1 <= count <= limits.CHANNELS or len(lines) < count + 1:
        raise FileError(f"The WFDB header names {count:,} signals, and {len(lines) - 1:,} lines follow. It is cut off.")
    rate = _number(re.split(r"[/(]", rest[0])[0], USUAL_RATE) if rest else USUAL_RATE
    samples = int(rest[1]) if len(rest) > 1 and rest[1].isdecimal() and len(rest[1]) < 16 else 0
    return Header(tuple(_signal(line, i) for i, line in enumerate(lines[1 : count + 1], 1)), rate, samples)


def _number(text: str, usual: float) -> float:
    try:
        value = float(text)
    except ValueError:
        return usual
    return value if 0 < value < 1e9 else usual


def _signal(line: str, place: int) -> Signal:
    found = _SIGNAL.fullmatch(line)
    if found is None:
        raise FileError(f"Signal {place} of the WFDB header cannot be read: {line[:60]!r}.")
    if found["format"] not in _READ:
        raise FileError(f"Signal {place} is in format {found['format'][:6]}; read are {', '.join(_READ)}.")
    zero = float(found["zero"] or 0)
    base = float(found["base"]) if found["base"] is not None else zero
    frame, skew, offset = (min(int((found[n] or "0")[:9]), 10**9) for n in ("frame", "skew", "offset"))
    name = (found["called"] or "").strip() or f"signal {place}"
    gain = _number(found["gain"] or "", USUAL_GAIN)
    return Signal(found["file"], found["format"], max(1, frame), skew, offset, gain, base, name)


def _of_file(data: bytes, signals: Sequence[Signal], header: Header) -> list[NDArray[np.float64]]:
    """Each signal's samples in physical units, NaN where none was taken; raises FileError for what does not fit."""
    kinds, width = {s.format for s in signals}, sum(s.frame for s in signals)
    if len(kinds) > 1:
        raise UserError(f"{signals[0].file[:60]!r} mixes formats ({', '.join(sorted(kinds))}), which is not read.")
    kind = kinds.pop()
    body = data[signals[0].offset :]
    limits.check_values(len(body))
    digital = _digital(body, kind)
    frames = digital.size // width
    frames = min(frames, header.samples) if header.samples else frames
    if not frames:
        raise FileError(f"{signals[0].file[:60]!r} holds no whole sample of its {width:,} values. It is cut off.")
    block = digital[: frames * width].reshape(frames, width)
    out, at = [], 0
    for s in signals:
        one = block[:, at : at + s.frame].reshape(-1).astype(np.float64)
        at += s.frame
        one = np.cumsum(one) if kind == "8" else np.where(one == _NONE.get(kind), np.nan, one)
        one = (one - s.base) / s.gain
        out.append(np.concatenate([one[s.skew :], np.full(min(s.skew, one.size), np.nan)]))
    return out


def _digital(body: bytes, kind: str) -> NDArray[np.int32]:
    """The samples as they were digitised, one after the other."""
    if kind in ("16", "61", "160"):
        found = np.frombuffer(body[: len(body) // 2 * 2], {"16": "<i2", "61": ">i2", "160": "<u2"}[kind])
        return found.astype(np.int32) - (32768 if kind == "160" else 0)
    if kind == "32":
        return np.frombuffer(body[: len(body) // 4 * 4], "<i4").astype(np.int32)
    raw = np.frombuffer(body, np.uint8).astype(np.int32)
    if kind in ("8", "80"):
        return np.where(raw > 127, raw - 256, raw) if kind == "8" else raw - 128
    if kind == "24":
        b = raw[: raw.size // 3 * 3].reshape(-1, 3)
        return _signed(b[:, 0] | b[:, 1] << 8 | b[:, 2] << 16, 24)
    if kind == "212":
        b = raw[: raw.size // 3 * 3].reshape(-1, 3)
        return _signed(np.stack([b[:, 0] | (b[:, 1] & 15) << 8, b[:, 2] | (b[:, 1] >> 4) << 8], 1).reshape(-1), 12)
    b = raw[: raw.size // 4 * 4].reshape(-1, 4)
    one, two = b[:, 0] | b[:, 1] << 8, b[:, 2] | b[:, 3] << 8
    if kind == "310":
        parts = [one >> 1 & 1023, two >> 1 & 1023, one >> 11 & 31 | (two >> 11 & 31) << 5]
    else:
        whole = one.astype(np.int64) | two.astype(np.int64) << 16
        parts = [(whole >> shift & 1023).astype(np.int32) for shift in (0, 10, 20)]
    return _signed(np.stack(parts, 1).reshape(-1), 10)


def _signed(values: NDArray[np.int32], bits: int) -> NDArray[np.int32]:
    return np.where(values >= 1 << (bits - 1), values - (1 << bits), values).astype(np.int32)
