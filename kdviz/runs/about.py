"""What a person wrote about a run: a name and tags. No part of its identity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from kdviz.errors import UserError
from kdviz.runs.files import write_json
from kdviz.runs.layout import ABOUT
from kdviz.runs.store import Run, read_record

LONGEST_NAME = 80
LONGEST_TAG = 24
MOST_TAGS = 12


@dataclass(frozen=True)
class About:
    """A name, empty where none was given, and tags in the order of their writing."""

    name: str = ""
    tags: tuple[str, ...] = ()


def about(run: Run) -> About:
    """What was written about a run; nothing where that cannot be read."""
    if not (run.folder / ABOUT).exists():
        return About()
    try:
        found = read_record(run.folder / ABOUT)
        return About(_text(found.get("name", ""), LONGEST_NAME), _tags(found.get("tags", ())))
    except (UserError, TypeError):
        return About()


def write(run: Run, name: str, tags: Iterable[str]) -> About:
    """Keep a name and tags; too long ones are cut, and tags are told once."""
    found = About(_text(name, LONGEST_NAME), _tags(tags))
    write_json(run.folder / ABOUT, asdict(found))
    return found


def _tags(given: Iterable[object]) -> tuple[str, ...]:
    cut = (_text(tag, LONGEST_TAG).lower() for tag in given)
    return tuple(dict.fromkeys(tag for tag in cut if tag))[:MOST_TAGS]


def _text(given: object, most: int) -> str:
    line = "".join(c if c.isprintable() else " " for c in str(given))
    return " ".join(line.split())[:most]
