"""The data sets that come with kdviz, and the runs of them that the first page shows."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kdviz.commands.base import Command, print_rows, say
from kdviz.core.errors import UserError


class Samples(Command):
    """List them, or make their finished runs."""

    id = "samples"
    help = "the data sets that come with kdviz; --make trains the finished runs that the first page shows"

    def arguments(self, parser: ArgumentParser) -> None:
        """`--make` without names makes all of them."""
        parser.add_argument("--make", nargs="*", metavar="NAME", help="train these samples' finished runs from nothing")
        parser.add_argument("--out", type=Path, metavar="DIR", help="where the files go (kdviz/demo_runs unless said)")

    def run(self, given: Namespace) -> int:
        """List, or make one file after the other."""
        from kdviz.data.sources.samples import names

        if given.make is None:
            rows = ({"id": f"sample:{n}", **_without_id(asdict(s))} for n, s in names().items())
            print_rows(rows, given.json)
            return 0
        from kdviz.runs.store.demo_runs import SHIPPED, WATCH, WISHES

        for name in given.make or [*WISHES, WATCH]:
            row = made(name, given.out or SHIPPED)
            say(row) if given.json else print(f"{row['file']}: {row['bytes'] / 1e3:.0f} KB, {row['seconds']} s")
        return 0


def made(name: str, folder: Path) -> dict[str, Any]:
    """One finished run, trained in a home of its own and put into a folder."""
    from kdviz.core.files import write
    from kdviz.runs.store.demo_runs import STORY, WATCH, DemoRun, to_file, watch_to_file
    from kdviz.runs.worker.make_demo import finish, finish_watch

    print(f"Training {name} from nothing.", file=sys.stderr)
    with _nowhere():
        found = finish_watch() if name == WATCH else finish(name)
        parts = ("recipe", "control") if name in STORY else ("recipe",) if name == WATCH else ()
        whole = {each: _packed(str(found.about[each])) for each in parts}
    content, path = to_file(found) if isinstance(found, DemoRun) else watch_to_file(found), folder / f"{name}.npz"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(path, content)
        for each, archive in whole.items():
            write(folder / f"{found.about[each]}.zip", archive)
    except OSError as reason:
        raise UserError(f"{path} cannot be written ({reason.strerror}): choose another --out.") from None
    return {"file": str(path), "bytes": len(content) + sum(map(len, whole.values())), **found.about}


def _packed(identity: str) -> bytes:
    """A run of the home as an archive."""
    from kdviz.runs.archive.archive import pack
    from kdviz.runs.store.run import by_identity

    file = BytesIO()
    pack(by_identity(identity), file)
    return file.getvalue()


@contextmanager
def _nowhere() -> Iterator[None]:
    """A home without anything in it, so that no teacher is found that was trained before."""
    before = os.environ.get("KDVIZ_HOME")
    with TemporaryDirectory(prefix="kdviz-") as place:
        os.environ["KDVIZ_HOME"] = place
        try:
            yield
        finally:
            if before is None:
                del os.environ["KDVIZ_HOME"]
            else:
                os.environ["KDVIZ_HOME"] = before


def _without_id(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != "id"}
