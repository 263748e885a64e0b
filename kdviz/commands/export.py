"""A run to carry away."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, refuse_folder, say


class Export(Command):
    """A run as one .zip."""

    id = "export"
    help = "write a run as one .zip that opens on another machine"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, and what goes along."""
        parser.add_argument("run", metavar="RUN_DIR_OR_ID")
        parser.add_argument("--out", required=True, type=Path, metavar="run.kdviz.zip")
        parser.add_argument("--without-epochs", action="store_true", help="leave out the student's earlier epochs")
        parser.add_argument("--with-data", action="store_true", help="put the data set in: whoever has the file has it")

    def run(self, given: Namespace) -> int:
        """The file and its fingerprint."""
        import io

        from kdviz.core.files import fingerprint, write
        from kdviz.runs.archive.archive import pack
        from kdviz.runs.store.run import find_run

        refuse_folder(given.out)
        zipped = io.BytesIO()
        manifest = pack(find_run(given.run), zipped, not given.without_epochs, given.with_data)
        content = zipped.getvalue()
        write(given.out, content)
        said = {"out": str(given.out), "run": manifest["identity"], "files": len(manifest["files"])}
        said |= {"bytes": len(content), "sha256": fingerprint(content)}
        if given.json:
            say(said)
        else:
            print(f"{given.out}: run {said['run']}, {said['files']} files, {len(content) / 1e6:.1f} MB")
        return 0
