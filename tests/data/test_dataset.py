"""What is stored comes back the same, or is refused; a name never becomes a path."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kdviz.core.errors import FileError, UserError
from kdviz.data.dataset import Dataset, Store
from tests.conftest import bumps


def test_a_data_set_comes_back_with_every_field(tmp_path: Path, data: Dataset) -> None:
    whole = replace(
        data, groups=np.array(["s1", "s2"] * 30), source={"file": "x", "mapping": {"label": "a"}}, warnings=("w",)
    )
    sha = Store(tmp_path).put(whole)
    back = Store(tmp_path).get(sha)
    assert sha == whole.sha256 == back.sha256
    for name in ("X", "y", "train", "validation", "test", "groups"):
        np.testing.assert_array_equal(getattr(back, name), getattr(whole, name))
    for name in ("classes", "channels", "name", "rate", "source", "warnings"):
        assert getattr(back, name) == getattr(whole, name)


def test_the_same_content_is_kept_once(tmp_path: Path, data: Dataset) -> None:
    store = Store(tmp_path)
    assert store.put(data) == store.put(replace(data, name="another name"))
    assert store.list() == (data.sha256,)
    assert data.sha256 in store and "0" * 64 not in store


def test_one_changed_value_is_another_data_set(data: Dataset) -> None:
    X = data.X.copy()
    X[0, 0, 0] += 1e-6
    assert replace(data, X=X).sha256 != data.sha256


def test_what_is_not_there_is_asked_for_by_its_fingerprint(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="abababababab"):
        Store(tmp_path).get("ab" * 32)


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "A" * 64, "g" * 64, "a" * 63, "a" * 64 + "\n", "a" * 64 + "/x"]
)
def test_a_false_fingerprint_never_becomes_a_path(tmp_path: Path, name: str) -> None:
    with pytest.raises(UserError, match="fingerprint"):
        Store(tmp_path).get(name)


@pytest.mark.parametrize("harm", ["cut", "flip", "other", "empty"])
def test_a_damaged_file_is_refused(tmp_path: Path, data: Dataset, harm: str) -> None:
    store = Store(tmp_path)
    sha = store.put(data)
    path = tmp_path / f"{sha}.npz"
    held = bytearray(path.read_bytes())
    if harm == "cut":
        held = held[: len(held) // 2]
    elif harm == "flip":
        held[len(held) // 3] ^= 1
    elif harm == "empty":
        held = bytearray()
    else:
        other = store.put(replace(data, rate=99.0))
        held = bytearray((tmp_path / f"{other}.npz").read_bytes())
    path.write_bytes(bytes(held))
    with pytest.raises(FileError, match="stored data set"):
        store.get(sha)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_data_set_that_unpacks_without_bound_is_not_read(tmp_path: Path, method: int) -> None:
    with zipfile.ZipFile(tmp_path / f"{'0' * 64}.npz", "w", method) as zipped:
        zipped.writestr("X.npy", b"\0" * (8 << 20))
    with pytest.raises(FileError, match="packed with"):
        Store(tmp_path).get("0" * 64)


def test_a_write_that_fails_leaves_nothing(tmp_path: Path, data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError):
        Store(tmp_path).put(data)
    assert not list(tmp_path.iterdir())


def test_what_is_independent_has_a_name() -> None:
    alone = bumps()
    recordings = replace(alone, groups=np.array([f"recording {k // 2}" for k in range(alone.series)]))
    people = replace(alone, groups=np.array([f"p{k // 2}" for k in range(alone.series)]))
    assert [each.unit for each in (alone, recordings, people)] == ["series", "recordings", "subjects"]
