"""What a reader is: it recognises a file by its content, and reads it without choosing for the user."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from kdviz.data.mapping import Mapping
from kdviz.data.raw import File, Raw


@dataclass(frozen=True)
class Guess:
    """How sure a reader is that a file is its own: 1 by an unmistakable mark, less by habit; and why."""

    sure: float
    why: str


class Reader(ABC):
    """One file format.

    id          short name
    title       the format in words, as in "Read as UCR text"
    extensions  usual endings with their dot; they only break ties
    """

    id: ClassVar[str]
    title: ClassVar[str]
    extensions: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def sniff(self, file: File) -> Guess | None:
        """Whether the content looks like this format; reads `file.head` or `file.beginning` only."""

    @abstractmethod
    def read(self, file: File, mapping: Mapping) -> Raw:
        """Read it; raises FileError with line and column where it cannot be."""
