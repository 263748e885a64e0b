"""A run travels as one file and arrives whole; whatever else calls itself a run is refused in a sentence."""

from __future__ import annotations

import io
import json
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.cli import main
from kdviz.core.errors import FileError, UserError
from kdviz.core.files import fingerprint
from kdviz.data.dataset import Dataset, write
from kdviz.runs.analysis.opened_run import open_for_looking
from kdviz.runs.archive.archive import DATA, MANIFEST, pack, unpack
from kdviz.runs.archive.archived_data import refuse_odd
from kdviz.runs.store.datasets import store
from kdviz.runs.store.home import runs_home
from kdviz.runs.store.run import Run, all_runs
from tests.conftest import bumps
from tests.runs.worker.test_runs import asked, done

Parts = dict[str, bytes]


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """One exported run, with its data; trained once for all of these tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KDVIZ_HOME", str(tmp_path_factory.mktemp("elsewhere")))
        data = bumps()
        return packed(done(asked(data, control=True), data), with_data=True)


@pytest.fixture
def finished(content: bytes) -> Run:
    """That run, here."""
    return unpack(content)[0]


def packed(run: Run, **how: bool) -> bytes:
    file = io.BytesIO()
    pack(run, file, **how)
    return file.getvalue()


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def sealed(parts: Parts, honest: bool = True) -> bytes:
    """A zip of these parts; an honest manifest has the fingerprints of what is really there."""
    parts = dict(parts)
    if honest:
        manifest = json.loads(parts[MANIFEST])
        manifest["files"] = {n: fingerprint(p) for n, p in parts.items() if n != MANIFEST}
        parts[MANIFEST] = json.dumps(manifest).encode()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        for name, part in parts.items():
            zipped.writestr(name, part)
    return out.getvalue()


def files_of(folder: Path) -> Parts:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*.safetensors")}


def test_a_run_arrives_as_it_left(data: Dataset) -> None:
    left = done(asked(data), data)
    zipped, before, told, final = packed(left), files_of(left.folder), list(left.events()), left.final
    shutil.rmtree(left.folder)
    run, new = unpack(zipped)
    assert new and run.folder == left.folder and run.state == "finished"
    assert files_of(run.folder) == before and list(run.events()) == told and run.final == final


def test_the_same_run_gives_the_same_bytes(finished: Run) -> None:
    assert packed(finished) == packed(finished)


def test_a_run_that_is_here_is_left_alone(finished: Run) -> None:
    assert unpack(packed(finished)) == (finished, False)


def test_an_imported_run_is_never_started_by_itself(finished: Run) -> None:
    assert finished.request["made"] == "imported"


def test_data_travels_only_where_it_was_asked_to(finished: Run, data: Dataset) -> None:
    assert data.sha256 in store()
    bare, whole = packed(finished), packed(finished, with_data=True)
    for zipped, here in ((bare, False), (whole, True)):
        shutil.rmtree(finished.folder)
        shutil.rmtree(store().folder)
        unpack(zipped)
        assert (data.sha256 in store()) is here


def test_epochs_can_stay_behind(finished: Run) -> None:
    assert any(n.startswith("epochs/") for n in parts_of(packed(finished)))
    assert not any(n.startswith("epochs/") for n in parts_of(packed(finished, with_epochs=False)))


def test_a_run_that_has_not_ended_is_not_exported(data: Dataset) -> None:
    with pytest.raises(UserError, match="only a finished or stopped run"):
        packed(asked(data))


def with_json(name: str, **changes: Any) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        return {**parts, name: json.dumps({**json.loads(parts[name]), **changes}).encode()}

    return change


def with_recipe(**changes: Any) -> Callable[[Parts], Parts]:
    def change(parts: Parts) -> Parts:
        request = json.loads(parts["request.json"])
        request["recipe"] |= changes
        return {**parts, "request.json": json.dumps(request).encode()}

    return change


def added(name: str, content: bytes = b"x") -> Callable[[Parts], Parts]:
    return lambda parts: {**parts, name: content}


def weights(header: dict[str, Any], body: bytes = b"") -> Callable[[Parts], Parts]:
    words = json.dumps(header).encode()
    return added("model-last.safetensors", struct.pack("<Q", len(words)) + words + body)


TENSOR = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
TAMPERED: dict[str, tuple[Callable[[Parts], Parts], str]] = {
    "a name that climbs out": (added("../../evil.json"), "which no run has"),
    "an absolute name": (added("/etc/passwd"), "which no run has"),
    "a backslash": (added("teachers\\..\\x.safetensors"), "which no run has"),
    "a pickle": (added("model-last.pt"), "which no run has"),
    "a lock": (added("lock"), "which no run has"),
    "another recipe": (with_recipe(seed=7), "is not that of the run"),
    "a recipe with a strange field": (with_recipe(command="rm"), "cannot have command"),
    "a recipe of endless epochs": (with_recipe(epochs=10**9), "1 to 2000 epochs"),
    "a recipe of another type": (with_recipe(batch="16; ls"), "cannot have batch"),
    "an unknown method": (with_recipe(method="../kd"), "There is no method"),
    "an unknown network": (with_recipe(architecture="__import__"), "architecture was"),
    "data without a fingerprint": (with_recipe(data="../x"), "fingerprint of 64"),
    "teachers without end": (with_recipe(teachers=[{}] * 99), "at most 8 teachers"),
    "a request with more than it may have": (with_json("request.json", made="in the app"), "not what a run asks for"),
    "a run that has not ended": (with_json("final.json", state="running"), "has not ended"),
    "scores that are no numbers": (with_json("final.json", accuracy={"test": "<script>"}), "accuracy that it cannot"),
    "a score that is too large": (with_json("final.json", accuracy={"test": 10**400}), "accuracy that it cannot"),
    "a score above one": (with_json("final.json", accuracy={"test": 7.0}), "accuracy that no run"),
    "a teacher that is no record": (with_json("final.json", teachers={"gaf": 7}), "teachers that it cannot"),
    "a teacher without scores": (with_json("final.json", teachers={"gaf": {}}), "teachers that no run"),
    "a time without end": (with_json("final.json", seconds=1e999), "seconds that no run"),
    "a choice that is none": (with_json("final.json", choices={"best": 7}), "choices that no run"),
    "a selection without end": (with_json("final.json", selection="x" * 10**6), "selection that it cannot"),
    "an event that never happens": (added("events.jsonl", b'{"event":"exploded"}\n'), "never happens"),
    "an event with the wrong fields": (added("events.jsonl", b'{"event":"noted","who":1,"text":""}\n'), "who that it"),
    "JSON without end": (added("about.json", b"[" * 100_000), "is no JSON"),
    "measures that are none": (added("measured.json", b'{"version":1,"series":"many"}'), "series that it cannot"),
    "no JSON": (added("events.jsonl", b"\xff\n"), "is no JSON"),
    "weights that are none": (added("model-last.safetensors", b"\x80\x04pickle"), "no safetensors"),
    "weights with a huge header": (added("model-last.safetensors", struct.pack("<Q", 1 << 40)), "header is too large"),
    "weights larger than the file": (weights({"a": {**TENSOR, "shape": [10**12]}}), "another size"),
    "weights that overlap": (weights({"a": TENSOR, "b": TENSOR}, b"\0" * 4), "overlap or leave gaps"),
    "weights with a tail": (weights({"a": TENSOR}, b"\0" * 99), "not as many bytes"),
    "weights of a strange type": (weights({"a": {**TENSOR, "dtype": "PY"}}, b"\0" * 4), "no safetensors"),
}  # fmt: skip


@pytest.mark.parametrize("how", TAMPERED)
def test_a_tampered_archive_is_refused_and_leaves_nothing(how: str, content: bytes) -> None:
    change, sentence = TAMPERED[how]
    with pytest.raises(UserError, match=sentence):
        unpack(sealed(change(parts_of(content))))
    assert all_runs() == [] and not list(runs_home().iterdir())


def test_a_changed_byte_is_noticed(content: bytes) -> None:
    parts = parts_of(content)
    parts["model-last.safetensors"] = parts["model-last.safetensors"][:-1] + b"\x01"
    with pytest.raises(FileError, match="altered, lost or added"):
        unpack(sealed(parts, honest=False))


def odd(**changes: Any) -> bytes:
    out = io.BytesIO()
    write(replace(bumps(), **changes), out)
    return out.getvalue()


@pytest.mark.parametrize(
    "part",
    [b"PK\x03\x04 cut off", odd(X=np.zeros((60, 1, 9), np.float32)), odd(y=np.full(60, 10**6))],
    ids=["no archive", "another data set", "labels out of range"],
)
def test_other_data_than_the_recipe_names_are_refused(part: bytes, content: bytes) -> None:
    with pytest.raises(UserError):
        unpack(sealed({**parts_of(content), DATA: part}))
    assert all_runs() == [] and store().list() == ()


def test_data_that_hold_what_no_data_set_holds_are_refused() -> None:
    for changes in ({"y": np.full(60, 9)}, {"train": np.array([99])}, {"X": np.full((60, 1, 4), np.nan, np.float32)}):
        with pytest.raises(UserError, match="not sound series"):
            refuse_odd(replace(bumps(), **changes))
    refuse_odd(bumps())


def test_weights_of_another_network_are_said_to_be(finished: Run) -> None:
    shutil.copy(finished.folder / "teachers" / "signal.safetensors", finished.folder / "model-last.safetensors")
    with pytest.raises(UserError, match="not the weights"):
        _ = open_for_looking(finished).networks


def test_a_bomb_is_not_unpacked(content: bytes) -> None:
    parts = parts_of(content)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(MANIFEST, parts[MANIFEST])
        zipped.writestr("events.jsonl", b"\n" * (300 << 20))
    assert len(out.getvalue()) < 1 << 20
    with pytest.raises(FileError, match="unpacks to more than"):
        unpack(out.getvalue())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_unpacks_without_bound_is_not_begun(method: int, content: bytes) -> None:
    parts, out, data = parts_of(content), io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(out, "w") as zipped:
        zipped.writestr(MANIFEST, parts[MANIFEST])
        zipped.writestr("events.jsonl", b"\n" * (8 << 20), method)
    with pytest.raises(FileError, match=r"'events\.jsonl' in the archive is packed with"):
        unpack(out.getvalue())
    with zipfile.ZipFile(data, "w") as zipped:
        zipped.writestr("X.npy", b"\0" * (8 << 20), method)
    with pytest.raises(FileError, match=r"'X\.npy' in the archive is packed with"):
        unpack(sealed({**parts, DATA: data.getvalue()}))
    assert all_runs() == []


def test_what_is_no_zip_is_said_to_be_none() -> None:
    with pytest.raises(FileError, match="This is no run"):
        unpack(b"PK not really")


def test_the_command_line_carries_a_run(
    finished: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdviz.core.sandbox.limit", lambda: None)
    file = tmp_path / "run.kdviz.zip"
    assert main(["export", finished.folder.name[:10], "--out", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["run"] == finished.folder.name
    shutil.rmtree(finished.folder)
    assert main(["import", str(file), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said == {"run": finished.folder.name, "new": True, "state": "finished", "data_here": True}
    assert main(["import", __file__]) == 2 and "This is no run" in capsys.readouterr().err


def test_room_is_asked_for_all_that_an_archive_unpacks_to_before_anything_is_kept(content: bytes) -> None:
    told: list[tuple[int, bool]] = []

    def none(kept: int, fresh_data: bool) -> None:
        told.append((kept, fresh_data))
        raise UserError("no room")

    with pytest.raises(UserError, match="no room"):
        unpack(content, none)
    whole = sum(len(part) for name, part in parts_of(content).items() if name != MANIFEST)
    assert told == [(whole, True)] and all_runs() == [] and store().list() == ()


def test_a_shared_host_refuses_an_archive_that_is_more_than_a_visitor_may_keep(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.zip"
    path.write_bytes(content)
    monkeypatch.setenv("KDVIZ_HOSTED", "1")
    monkeypatch.setattr("kdviz.runs.hosting.quota.MOST_DATA_SETS", 0)
    monkeypatch.setattr("kdviz.core.sandbox.limit", lambda: None)
    assert main(["import", str(path)]) == 2 and "data sets here already" in capsys.readouterr().err
    assert all_runs() == []
