"""A run as one .zip: packed with fingerprints, and believed in nothing when it is opened.

Members are known by their names, which are compared and never used as paths; sizes are counted while unpacking;
JSON must have the types and bounds of a recipe and its events; weights are safetensors. Nothing is unpickled.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO, Any

from kdviz.core.errors import FileError, UserError
from kdviz.core.files import fingerprint, private, write
from kdviz.data import limits
from kdviz.data import unpack as zips
from kdviz.runs.archive import archived_data, checks
from kdviz.runs.store.datasets import reopen, reopen_stretch, store, stretches
from kdviz.runs.store.home import run_folder, runs_home
from kdviz.runs.store.run import WITH_ANSWER, Run, open_run

FORMAT = 1
MANIFEST = "kdviz-run.json"
DATA = "data.npz"
MODALITY = r"[a-z_]{1,20}"
NAMES = re.compile(
    rf"(?:request|final|about|measured)\.json|recorded\.npz|events\.jsonl|(?:model|method)-(?:best|last)\.safetensors"
    rf"|scores\.safetensors"
    rf"|control\.safetensors|teachers/{MODALITY}\.safetensors|epochs/\d{{5}}\.safetensors|data\.npz"
)
MOST_BYTES = 256 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(run: Run, file: IO[bytes], with_epochs: bool = True, with_data: bool = False) -> dict[str, Any]:
    """Write a run that has ended as a zip; the same run gives the same bytes. Returns the manifest.

    Raises UserError where the run has not ended, or would be too large to be opened again.
    """
    if run.state not in WITH_ANSWER:
        raise UserError(f"This run is {run.state}: only a finished or stopped run can be exported.")
    parts = {name: path.read_bytes() for name, path in _files(run.folder, with_epochs).items()}
    parts["request.json"] = checks.portable_request(run)
    if with_data:
        parts[DATA] = _data_bytes(run)
    if sum(map(len, parts.values())) > limits.UNPACKED_BYTES:
        raise UserError(
            "This run is too large for one archive. Leave out its epochs or its data (`--without-epochs`), "
            "or copy its folder instead."
        )
    files = {name: fingerprint(content) for name, content in parts.items()}
    manifest = {"format": FORMAT, "identity": run.identity, "files": files}
    with zipfile.ZipFile(file, "w") as zipped:
        for name, content in {MANIFEST: json.dumps(manifest, indent=1, sort_keys=True).encode(), **parts}.items():
            kind = zipfile.ZIP_STORED if name.endswith((".safetensors", ".npz")) else zipfile.ZIP_DEFLATED
            zipped.writestr(zipfile.ZipInfo(name, EPOCH), content, kind)
    return manifest


def anyway(kept: int, fresh_data: bool) -> None:
    """There is room for every run."""


def unpack(content: bytes, room: Callable[[int, bool], None] = anyway) -> tuple[Run, bool]:
    """Keep the run of an archive in the home, and whether it is new here; raises FileError or UserError.

    `room` raises UserError where there is none for so many unpacked bytes, or for a data set that is new here.
    """
    parts = _parts(content)
    manifest = _manifest(parts.pop(MANIFEST, b""))
    _refuse_altered(parts, manifest)
    recipe = checks.checked(parts)
    if recipe.identity != manifest.get("identity"):
        raise FileError("The recipe in this archive is not that of the run it says it is. It is not opened.")
    place = run_folder(recipe.identity)
    if place.exists():
        return open_run(place), False
    room(sum(map(len, parts.values())), DATA in parts and recipe.data not in store())
    if DATA in parts:
        keep = archived_data.keep_recording if recipe.train_end else archived_data.keep_data
        keep(parts.pop(DATA), recipe.data)
    _place(parts, place)
    return open_run(place), True


def _files(folder: Path, with_epochs: bool) -> dict[str, Path]:
    found = {str(p.relative_to(folder)): p for p in sorted(folder.rglob("*")) if p.is_file()}
    return {
        name: path
        for name, path in found.items()
        if NAMES.fullmatch(name) and (with_epochs or not name.startswith("epochs/"))
    }


def _data_bytes(run: Run) -> bytes:
    request = run.request
    source, name = request.get("source", {}), str(request.get("data", "the data"))
    if run.recipe.train_end:
        stretch = reopen_stretch(run.recipe.data, source, name, run.recipe.train_end)
        return stretches().put(stretch).read_bytes()
    data = reopen(run.recipe.data, source, name)
    return store().path(store().put(data)).read_bytes()


def _parts(content: bytes) -> dict[str, bytes]:
    if len(content) > MOST_BYTES:
        raise FileError(f"The archive has {len(content) >> 20} MB; at most {MOST_BYTES >> 20} are read.")
    if not content.startswith(zips.ZIP):
        raise FileError(
            "This is no run: a run is exported as a .zip, on the Runs page or with `python -m kdviz export`."
        )
    parts: dict[str, bytes] = {}
    for name, part in zips.members(content):
        if name != MANIFEST and not NAMES.fullmatch(name):
            raise FileError(f"The archive holds {name[:60]!r}, which no run has. It is not opened.")
        if name in parts:
            raise FileError(f"The archive holds {name!r} twice. It is not opened.")
        parts[name] = part
    return parts


def _manifest(content: bytes) -> Mapping[str, Any]:
    found = checks.record(content, MANIFEST) if content else {}
    if found.get("format") != FORMAT or not isinstance(found.get("files"), dict):
        raise FileError("This archive holds no run of kdviz, or one of a newer version: update kdviz, or export again.")
    return found


def _refuse_altered(parts: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
    if {name: fingerprint(part) for name, part in parts.items()} != manifest["files"]:
        raise FileError("Something in this archive was altered, lost or added since it was exported. Export it again.")


def _place(parts: Mapping[str, bytes], place: Path) -> None:
    """All files of a run at once: its folder appears when it is whole."""
    fresh = runs_home() / f".import-{secrets.token_hex(8)}"
    try:
        for name, part in parts.items():
            private((fresh / name).parent)
            write(fresh / name, checks.as_imported(part) if name == "request.json" else part)
        fresh.rename(place)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
