"""What may go wrong because of what we were given, in sentences."""

from __future__ import annotations


class UserError(Exception):
    """The user's mistake: what was given, what is allowed, what to do next. Never a traceback."""


class FileError(UserError):
    """A file that cannot be read as it stands; says the line and column where they are known."""

    def __init__(self, sentence: str, line: int | None = None, column: int | None = None) -> None:
        self.line, self.column = line, column
        super().__init__(sentence)
