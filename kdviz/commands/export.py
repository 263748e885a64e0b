"""A run to carry away."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from kdviz.commands.base import Command, refuse_folder, say
from kdviz.core.errors import UserError


class Export(Command):
    """A run as one .zip, or its student alone."""

    id = "export"
    help = "write a run as one .zip that opens on another machine, or its student alone as ONNX or safetensors"

    def arguments(self, parser: ArgumentParser) -> None:
        """Which run, and what goes along."""
        parser.add_argument("run", metavar="RUN_DIR_OR_ID")
        parser.add_argument("--out", type=Path, metavar="run.kdviz.zip")
        parser.add_argument(
            "--onnx", type=Path, metavar="student.onnx", help="the student alone, checked against torch"
        )
        parser.add_argument(
            "--safetensors",
            type=Path,
            metavar="student.safetensors",
            help="its weights, with their loader beside (.py)",
        )
        parser.add_argument("--without-epochs", action="store_true", help="leave out the student's earlier epochs")
        parser.add_argument("--with-data", action="store_true", help="put the data set in: whoever has the file has it")

    def run(self, given: Namespace) -> int:
        """Each file and its fingerprint."""
        if given.out is None and given.onnx is None and given.safetensors is None:
            raise UserError("Nothing was asked for: name a file with --out, --onnx or --safetensors.")
        if given.onnx is not None:
            self._onnx(given)
        if given.safetensors is not None:
            self._safetensors(given)
        return self._archive(given) if given.out is not None else 0

    def _onnx(self, given: Namespace) -> None:
        from kdviz.core.files import fingerprint, write
        from kdviz.runs.archive.student_file import onnx_of
        from kdviz.runs.store.run import find_run

        refuse_folder(given.onnx)
        found = onnx_of(find_run(given.run))
        write(given.onnx, found.content)
        said = {"out": str(given.onnx), "bytes": len(found.content), "sha256": fingerprint(found.content)}
        if given.json:
            say({**said, "parity": found.parity, "series": found.series})
        else:
            print(f"{given.onnx}: {len(found.content) / 1e3:.1f} kB; logits of {found.series} test series are at most "
                  f"{found.parity:.1e} from torch's")  # fmt: skip

    def _safetensors(self, given: Namespace) -> None:
        from kdviz.core.files import fingerprint, write
        from kdviz.runs.archive.student_file import safetensors_of
        from kdviz.runs.store.run import find_run

        refuse_folder(given.safetensors)
        place = given.safetensors.with_suffix(".safetensors")
        content, loader = safetensors_of(find_run(given.run))
        write(place, content)
        write(place.with_suffix(".py"), loader.encode())
        said = {"out": str(place), "bytes": len(content), "sha256": fingerprint(content)}
        if given.json:
            say({**said, "loader": str(place.with_suffix(".py"))})
        else:
            print(f"{place}: {len(content) / 1e3:.1f} kB; {place.with_suffix('.py').name} loads it with torch alone")

    def _archive(self, given: Namespace) -> int:
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
