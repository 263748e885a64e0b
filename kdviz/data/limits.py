"""How much of a file is read: every size is bounded before it is believed."""

from __future__ import annotations

from kdviz.core.errors import FileError

RAW_BYTES = 50 * 2**20
"""Larger files are never held whole where their format allows that."""
LARGE_BYTES = 8 * 2**30
WHOLE_BYTES = 500 * 2**20
BROWSER_MEGABYTES = 500
HOSTED_MEGABYTES = -(-RAW_BYTES // 10**6)  # browsers count by the million
UNPACKED_BYTES = 200 * 2**20
ROWS = 2_000_000
COLUMNS = 16_384
VALUES = 50_000_000
KEPT_VALUES = 80_000_000
"""Of a large recording, as 32-bit numbers."""
KEPT_BYTES = 750 * 2**20
"""Of a large recording, with the time and the labels of each row."""
LINE_CHARACTERS = 4 * 2**20
MEMBERS, SHEETS = 2_000, 64
"""Each member of an archive is a file of its own to read, which takes some milliseconds."""
SERIES = 100_000
CHANNELS = 1_024
CLASSES = 2_000
NAME_CHARACTERS = 64


def check_values(count: int, what: str = "The file") -> None:
    """Raises FileError where `count` values are more than are read."""
    if count > VALUES:
        raise FileError(
            f"{what} holds {count:,} values; at most {VALUES:,} are read. Keep fewer series or channels, or resample."
        )


def check_columns(count: int, line: int | None = None) -> None:
    """Raises FileError where a line has more values than are read."""
    if count > COLUMNS:
        where = f"Line {line}" if line else "The table"
        raise FileError(
            f"{where} has {count:,} columns; at most {COLUMNS:,} are read. "
            "If rows are the channels, transpose the table; otherwise resample to shorter series.",
            line,
        )


def check_rows(count: int) -> None:
    """Raises FileError where there are more rows than are read."""
    if count > ROWS:
        raise FileError(f"The file has more than {ROWS:,} rows; that many are read at most. Cut it into parts.")
