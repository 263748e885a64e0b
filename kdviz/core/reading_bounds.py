"""What reading a file may cost: it grows with the file, so that a small one stays cheap to refuse."""

from __future__ import annotations

from dataclasses import dataclass

MEMORY_BYTES = 2 * 2**30
CPU_SECONDS = 20
WALL_SECONDS = 30
FILE_BYTES = 256 * 2**20
SMALL_BYTES = 50 * 2**20
LARGE_MEMORY_BYTES, LARGE_FILE_BYTES = 3 * 2**30, 2 * 2**30
CPU_PER_MB, WALL_PER_MB = 0.4, 1.0


@dataclass(frozen=True)
class Bounds:
    """What reading may cost: seconds of computing and of waiting, bytes of memory and of a file that it writes."""

    cpu: int = CPU_SECONDS
    wall: int = WALL_SECONDS
    memory: int = MEMORY_BYTES
    file: int = FILE_BYTES


def bounds_of(size: int) -> Bounds:
    """The bounds for reading so many bytes: they grow with what is above SMALL_BYTES."""
    more = max(0, size - SMALL_BYTES) / 2**20
    if not more:
        return Bounds()
    return Bounds(
        CPU_SECONDS + int(more * CPU_PER_MB),
        WALL_SECONDS + int(more * WALL_PER_MB),
        LARGE_MEMORY_BYTES,
        LARGE_FILE_BYTES,
    )
