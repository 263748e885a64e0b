"""EDF: fixed text fields, then 16-bit samples (doi:10.1016/0013-4694(92)90009-7); EDF+ notes when what happened.

EDF+: doi:10.1016/S1388-2457(03)00123-8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kdviz.core.errors import FileError, UserError
from kdviz.data import limits
from kdviz.data.cells import Numbers, Words, words
from kdviz.data.mapping import NOTHING, Mapping, listed
from kdviz.data.raw import File, Raw, Recording
from kdviz.data.readers.base import Guess, Reader

MOST = 100_000
COVERED = 0.5
_FIXED = 256
_FIELDS = ((16, "label"), (80, "transducer"), (8, "unit"), (8, "low"), (8, "high"), (8, "digital_low"),
           (8, "digital_high"), (80, "filter"), (8, "samples"), (32, "reserved"))  # fmt: skip


@dataclass(frozen=True)
class Signal:
    """One signal of the header: physical and digital range, samples per record."""

    label: str
    unit: str
    low: float
    high: float
    digital_low: float
    digital_high: float
    samples: int

    @property
    def is_notes(self) -> bool:
        """Whether it holds texts (EDF+ annotations)."""
        return self.label.endswith("Annotations")


@dataclass(frozen=True)
class Header:
    """What the header says."""

    signals: tuple[Signal, ...]
    records: int
    seconds: float
    size: int
    gaps: bool


class Edf(Reader):
    """EDF, EDF+."""

    id = "edf"
    title = "EDF"
    extensions = (".edf", ".rec")

    def sniff(self, file: File) -> Guess | None:
        """A version of 0 and a header of the size that its signals need."""
        head = file.head
        if len(head) < _FIXED or head[:8].strip() != b"0":
            return None
        numbers = head[184:192].strip(), head[236:244].strip().lstrip(b"-"), head[252:256].strip()
        fits = all(n.isdigit() for n in numbers)
        return Guess(1.0, "its header is EDF's") if fits or file.extension == ".edf" else None

    def read(self, file: File, mapping: Mapping) -> Raw:
        """The signals that share the most usual rate, as one recording; the others are named."""
        header = _header(file.data)
        chosen, left = _chosen(header, mapping)
        values = _samples(file.data, header, chosen)
        rate = header.signals[chosen[0]].samples / header.seconds if header.seconds > 0 else None
        names = tuple(header.signals[i].label for i in chosen)
        warnings = []
        if left:
            there = ", ".join(f"{header.signals[i].label} ({_hertz(header, i)})" for i in left[:6])
            warnings.append(f"Left out, since their rate differs: {there}. Choose with channels=NAME,NAME.")
        labels, said = _labels(file.data, header, values.shape[1], rate, mapping)
        warnings += said
        if (held := _held(file.data, header)) < header.records:
            warnings.append(f"It is cut off: the header names {header.records:,} records, {held:,} are there.")
        if header.gaps:
            warnings.append("The recording has gaps (EDF+D); its parts stand one after the other.")
        return Raw(
            Recording(values, names, labels=labels, rate=rate), self.title, "its header is EDF's", tuple(warnings)
        )


def _hertz(header: Header, i: int) -> str:
    return f"{header.signals[i].samples / header.seconds:g} Hz" if header.seconds > 0 else "no rate"


def _header(data: bytes) -> Header:
    try:
        count = int(data[252:256])
        size = int(data[184:192])
        records = int(data[236:244])
        seconds = float(data[244:252])
    except ValueError:
        raise FileError("The EDF header is damaged: it does not say how many signals there are.") from None
    if not 1 <= count <= limits.CHANNELS or size != _FIXED * (count + 1) or len(data) < size or seconds < 0:
        raise FileError(f"The EDF header is damaged: {count} signals in {size:,} bytes do not fit.")
    fields = _fields(data[_FIXED:size], count)
    try:
        signals = tuple(
            Signal(fields["label"][i], fields["unit"][i], float(fields["low"][i]), float(fields["high"][i]),
                   float(fields["digital_low"][i]), float(fields["digital_high"][i]), int(fields["samples"][i]))
            for i in range(count)
        )  # fmt: skip
    except ValueError as why:
        raise FileError(f"The EDF header is damaged: a range is no number ({str(why)[:60]}).") from None
    if any(s.samples < 0 for s in signals) or not any(s.samples for s in signals):
        raise FileError("The EDF header is damaged: its signals have no samples.")
    return Header(signals, records, seconds, size, data[192:236].startswith(b"EDF+D"))


def _fields(data: bytes, count: int) -> dict[str, list[str]]:
    out, at = {}, 0
    for width, name in _FIELDS:
        out[name] = [data[at + i * width : at + (i + 1) * width].decode("latin-1").strip() for i in range(count)]
        at += count * width
    return out


def _chosen(header: Header, mapping: Mapping) -> tuple[list[int], list[int]]:
    """Signals of one rate: those asked for, or the most usual rate (the faster of two)."""
    real = [i for i, s in enumerate(header.signals) if s.samples and not s.is_notes]
    wanted = listed(mapping.channels)
    if wanted:
        known = {header.signals[i].label: i for i in real}
        missing = [w for w in wanted if w not in known]
        if missing:
            raise UserError(f"There is no signal {missing[0][:40]!r}. There are: {', '.join(known)}.")
        real = [known[w] for w in wanted]
        if len({header.signals[i].samples for i in real}) > 1:
            raise UserError("Those signals have different sampling rates. Choose signals of one rate.")
    if not real:
        raise FileError("There are only notes (EDF annotations) in this file, and no signal.")
    counts = Counter(header.signals[i].samples for i in real)
    usual = max(counts, key=lambda n: (counts[n], n))
    chosen = [i for i in real if header.signals[i].samples == usual]
    return chosen, [i for i in real if i not in chosen]


def _labels(
    data: bytes, header: Header, samples: int, rate: float | None, mapping: Mapping
) -> tuple[Words | None, list[str]]:
    """The annotations as labels where they cover the recording, or a sentence about them."""
    noted = notes_in(_texts(data, header))
    if not noted or mapping.label == NOTHING:
        return None, []
    found = labels(noted, samples, rate) if rate else None
    said = f"{len(noted):,} annotations (first: {noted[0].text[:40]!r}) do not cover half of it, so they are no labels."
    return found, [] if found is not None else [said]


def _held(data: bytes, header: Header) -> int:
    """How many whole records there are."""
    return (len(data) - header.size) // (2 * sum(s.samples for s in header.signals))


def _texts(data: bytes, header: Header) -> Iterator[bytes]:
    """The bytes of annotations, record by record."""
    width = 2 * sum(s.samples for s in header.signals)
    starts = np.concatenate([[0], np.cumsum([2 * s.samples for s in header.signals])]).tolist()
    places = [(starts[i], starts[i + 1]) for i, s in enumerate(header.signals) if s.is_notes]
    for record in range(min(_held(data, header), max(header.records, 0)) if places else 0):
        at = header.size + record * width
        yield b"\x00".join(data[at + a : at + b] for a, b in places)


def _samples(data: bytes, header: Header, chosen: Sequence[int]) -> Numbers:
    width, held = sum(s.samples for s in header.signals), _held(data, header)
    records = held if header.records < 0 else min(header.records, held)
    if records < 1 or 2 * held < header.records:
        raise FileError(f"The EDF header claims {header.records:,} records; {held:,} are there. It is cut off.")
    usual = header.signals[chosen[0]].samples
    limits.check_values(records * usual * len(chosen))
    block = np.frombuffer(data, "<i2", records * width, header.size).reshape(records, width)
    starts = np.concatenate([[0], np.cumsum([s.samples for s in header.signals])])
    out = np.empty((len(chosen), records * usual), np.float64)
    for row, i in enumerate(chosen):
        out[row] = _physical(block[:, starts[i] : starts[i] + usual].reshape(-1), header.signals[i])
    return out


def _physical(digital: NDArray[np.int16], signal: Signal) -> Numbers:
    span = signal.digital_high - signal.digital_low
    if not span:
        return digital.astype(np.float64)
    gain = (signal.high - signal.low) / span
    return (digital.astype(np.float64) - signal.digital_low) * gain + signal.low


@dataclass(frozen=True)
class Note:
    """A text that holds from `onset` for `seconds`."""

    onset: float
    seconds: float
    text: str


def notes_in(records: Iterable[bytes]) -> list[Note]:
    """The notes of all records, without the empty ones that only keep time; what cannot be read is no note."""
    found: list[Note] = []
    for record in records:
        for block in record.split(b"\x00"):
            when, *texts = block.split(b"\x14")
            onset, _, seconds = when.partition(b"\x15")
            try:
                start, length = float(onset), float(seconds or 0)
            except ValueError:
                continue
            said = (t.decode("utf-8", "replace").strip() for t in texts)
            found += [Note(start, length, t) for t in said if t and np.isfinite([start, length]).all()]
            if len(found) > MOST:
                return found[:MOST]
    return found


def labels(notes: Sequence[Note], samples: int, rate: float) -> Words | None:
    """The note of each sample, "" where there is none; None where they cover less than half of the recording."""
    out = words([""] * samples)
    for note in notes:
        if note.seconds > 0:
            start, end = (
                round(min(max(t, 0.0), samples / rate) * rate) for t in (note.onset, note.onset + note.seconds)
            )
            out[start:end] = note.text[:200]
    return out if (out != "").mean() >= COVERED else None
