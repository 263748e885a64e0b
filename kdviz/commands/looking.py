"""What the commands that look at a run share: which run, and arrays into a file."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kdviz.commands.base import refuse_folder
from kdviz.errors import UserError

if TYPE_CHECKING:
    from kdviz.runs.look import Opened


def add_run(parser: ArgumentParser, file: str) -> None:
    """The run, and where its arrays go."""
    parser.add_argument("run", metavar="RUN_DIR|ID", help="a run's directory, or its identity")
    parser.add_argument("--out", type=Path, metavar=file, help="write the arrays here")


def opened(word: str, out: Path | None) -> Opened:
    """The run that a person names, opened; what cannot be written is refused before anything is computed."""
    from kdviz.runs.look import open_for_looking
    from kdviz.runs.store import named

    if out is not None:
        refuse_folder(out)
    return open_for_looking(named(word))


def save(out: Path | None, arrays: Mapping[str, Any]) -> None:
    """Arrays as .npz, names as they are; nothing without a file."""
    import numpy as np

    if out is None:
        return
    plain: dict[str, Any] = {name: np.asarray(value) for name, value in arrays.items()}
    with out.open("wb") as file:
        np.savez(file, allow_pickle=False, **plain)


def class_named(one: Opened, label: str | None) -> int | None:
    """A class's number by its label; raises UserError naming those there are."""
    classes = one.data.classes
    if label is None:
        return None
    if label not in classes:
        raise UserError(f"There is no class {label[:40]!r}. There are: {', '.join(classes[:20])}.")
    return classes.index(label)


def shapes(arrays: Mapping[str, Any]) -> dict[str, list[int]]:
    """The shape of every array by name."""
    return {name: list(value.shape) for name, value in arrays.items()}
