"""What a command is: its flags and what it does."""

from __future__ import annotations

import json
import signal
import sys
import threading
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, ClassVar

from kdviz.core.errors import UserError
from kdviz.core.plugins import discover


class Command:
    """One word of the command line. Heavy imports go inside `run`."""

    id: ClassVar[str] = ""
    help: ClassVar[str] = ""

    def arguments(self, parser: ArgumentParser) -> None:
        """Declare flags."""

    def run(self, given: Namespace) -> int:
        """Do it; the exit status. Raises UserError for the user's mistakes."""
        raise NotImplementedError


def commands() -> dict[str, type[Command]]:
    """Every command there is, by its word."""
    return discover("kdviz.commands", Command)


def add_settings(parser: ArgumentParser, text: str) -> None:
    """The flag `--set KEY=VALUE ...`, repeatable."""
    parser.add_argument(
        "--set", dest="settings", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help=text
    )


def say(value: Any) -> None:
    """One JSON value, one line, on stdout."""
    plain = not (sys.stdout.encoding or "utf-8").lower().startswith("utf")
    print(json.dumps(value, ensure_ascii=plain, default=str), flush=True)


def print_rows(rows: Iterable[Mapping[str, Any]], as_json: bool) -> None:
    """Rows as JSON, or as aligned columns for a person."""
    kept = list(rows)
    if as_json:
        say(kept)
        return
    for row in kept:
        words = [str(v) for v in row.values()]
        print("  ".join([f"{words[0]:<18}", *words[1:]]))


def refuse_folder(path: Path) -> None:
    """Raise UserError where the folder that a file shall lie in is not there, or the file is a folder."""
    if not path.parent.is_dir():
        raise UserError(f"The folder {path.parent} is not there: make it, or choose another --out.")
    if path.is_dir():
        raise UserError(f"{path} is a folder: name a file for --out.")


class ReadingBar:
    """On stderr: what the beginning of a large file says, and how far it is read. Ctrl-C stops it."""

    def __init__(self) -> None:
        self.large, self.width = False, 30

    def heard(self, sentence: str) -> None:
        """What the beginning says."""
        self.large = True
        if threading.current_thread() is threading.main_thread():
            for told in (signal.SIGTERM, signal.SIGHUP):  # as Ctrl-C does: the child and its folder go
                signal.signal(told, signal.default_int_handler)
        print(f"{sentence}. Reading ...", file=sys.stderr, flush=True)

    def __call__(self, share: float) -> None:
        """A share more is read."""
        if self.large and sys.stderr.isatty():
            done = round(self.width * share)
            bar = "#" * done + "." * (self.width - done)
            print(f"\r[{bar}] {share:4.0%}", end="\n" if share >= 1 else "", file=sys.stderr, flush=True)
