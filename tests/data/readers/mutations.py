"""Seeded damage to files: bits, bytes, lines and numbers, as networks, editors and attackers do it."""

from __future__ import annotations

import re

import numpy as np

EXTREMES = (
    b"1e999",
    b"-1e308",
    b"NaN",
    b"",
    b"9" * 400,
    b"0x10",
    b"1_0",
    b"\xff",
    b"\0",
    b'"',
    b"'",
    b":",
    b",,",
    b"-",
    b"=1",
)


def mutated(data: bytes, rng: np.random.Generator, other: bytes) -> bytes:
    """One to three kinds of damage."""
    for _ in range(int(rng.integers(1, 4))):
        kind = KINDS[int(rng.integers(len(KINDS)))]
        data = kind(data, rng) if data else other
    if rng.random() < 0.05:
        cut = int(rng.integers(len(data) + 1))
        data = data[:cut] + other[int(rng.integers(len(other) + 1)) :]
    return data


def _place(data: bytes, rng: np.random.Generator) -> int:
    """Anywhere, but headers more often."""
    most = min(len(data), 300) if rng.random() < 0.5 else len(data)
    return int(rng.integers(most))


def flipped(data: bytes, rng: np.random.Generator) -> bytes:
    out = bytearray(data)
    for _ in range(int(rng.integers(1, 8))):
        out[_place(data, rng)] ^= 1 << int(rng.integers(8))
    return bytes(out)


def overwritten(data: bytes, rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    return data[:at] + rng.bytes(int(rng.integers(1, 9))) + data[at + 8 :]


def cut_off(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: _place(data, rng)]


def lost(data: bytes, rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    return data[:at] + data[at + int(rng.integers(1, 60)) :]


def repeated(data: bytes, rng: np.random.Generator) -> bytes:
    at = _place(data, rng)
    return data[:at] + data[at : at + 50] * int(rng.integers(2, 5)) + data[at:]


def extreme(data: bytes, rng: np.random.Generator) -> bytes:
    found = [m.span() for m in re.finditer(rb"-?\d+(\.\d+)?", data[:20_000])]
    if not found:
        return flipped(data, rng)
    start, end = found[int(rng.integers(len(found)))]
    return data[:start] + EXTREMES[int(rng.integers(len(EXTREMES)))] + data[end:]


def shuffled(data: bytes, rng: np.random.Generator) -> bytes:
    lines = data.split(b"\n")
    a, b = (int(rng.integers(len(lines))) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]
    return b"\n".join(lines)


KINDS = (flipped, overwritten, cut_off, lost, repeated, extreme, extreme, shuffled)
