"""A run that was carried here."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, say
from kdviz.core.errors import UserError


class Import(Command):
    """Keep a run that was exported elsewhere."""

    id = "import"
    help = "keep a run that was exported as a .zip; it is checked like any upload"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which file."""
        parser.add_argument("file", type=Path, metavar="run.kdviz.zip")

    def run(self, given: Namespace) -> int:
        """The run's identity, and whether its data is here."""
        from kdviz.core.sandbox import limit
        from kdviz.runs.archive.archive import MOST_BYTES, unpack
        from kdviz.runs.hosting.quota import refuse_archive
        from kdviz.runs.store.datasets import reopen

        if not given.file.is_file():
            raise UserError(f"There is no file {given.file}.")
        if given.file.stat().st_size > MOST_BYTES:
            raise UserError(f"{given.file.name} is larger than {MOST_BYTES >> 20} MB, more than a run has.")
        limit()
        run, new = unpack(given.file.read_bytes(), refuse_archive)
        said = {"run": run.folder.name, "new": new, "state": run.state, "data_here": True}
        try:
            reopen(run.recipe.data, run.request.get("source", {}), str(run.request.get("data", "")))
        except UserError:
            said["data_here"] = False
        if given.json:
            say(said)
        else:
            words = ["kept" if new else "was here already", *([] if said["data_here"] else ["its data is not here"])]
            print(f"{said['run']}  {'; '.join(words)}")
        return 0
