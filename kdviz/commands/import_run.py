"""A run that was carried here."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, say
from kdviz.core.errors import UserError


class Import(Command):
    """Keep runs that were exported elsewhere."""

    id = "import"
    help = "keep a run that was exported as a .zip; it is checked like any upload"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which files."""
        parser.add_argument("files", type=Path, nargs="+", metavar="run.kdviz.zip")

    def run(self, given: Namespace) -> int:
        """Each run's identity, and whether its data is here."""
        from kdviz.core.sandbox import limit

        limit()
        for file in given.files:
            self._keep(file, given.json)
        return 0

    def _keep(self, file: Path, as_json: bool) -> None:
        from kdviz.runs.archive.archive import MOST_BYTES, unpack
        from kdviz.runs.hosting.quota import refuse_archive
        from kdviz.runs.store.datasets import reopen

        if not file.is_file():
            raise UserError(f"There is no file {file}.")
        if file.stat().st_size > MOST_BYTES:
            raise UserError(f"{file.name} is larger than {MOST_BYTES >> 20} MB, more than a run has.")
        run, new = unpack(file.read_bytes(), refuse_archive)
        said = {"run": run.folder.name, "new": new, "state": run.state, "data_here": True}
        try:
            reopen(run.recipe.data, run.request.get("source", {}), str(run.request.get("data", "")))
        except UserError:
            said["data_here"] = False
        if as_json:
            say(said)
        else:
            words = ["kept" if new else "was here already", *([] if said["data_here"] else ["its data is not here"])]
            print(f"{said['run']}  {'; '.join(words)}")
