"""What stands beside X and y in a file of arrays is used: names of classes and channels, and whose series they are."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.data.arrays.array_roles import named
from kdviz.data.cells import Words, words
from kdviz.data.dataset import Dataset
from kdviz.data.sources.open_data import open_data

X = np.random.default_rng(0).normal(size=(60, 2, 32)).astype(np.float32)
Y = np.arange(60) % 3


def opened(folder: Path, **arrays: Any) -> Dataset:
    file = io.BytesIO()
    np.savez(file, **arrays)
    (folder / "set.npz").write_bytes(file.getvalue())
    return open_data(str(folder / "set.npz"))


def kept(labels: list[str], names: list[str]) -> Words:
    found = named(words(labels), names)
    assert found is not None
    return found


@pytest.mark.parametrize("key", ["class_names", "label_names", "target_names", "classes", "Class_Names"])
@pytest.mark.parametrize("names", [["walk", "run", "sit"], ["", "walk", "run", "sit"], [b"walk", b"run", b"sit"]])
def test_classes_have_the_names_that_the_file_gives(tmp_path: Path, key: str, names: list[Any]) -> None:
    first = 1 if "" in names else 0
    data = opened(tmp_path, X=X, y=Y + first, **{key: np.array(names)})
    assert [data.classes[k] for k in data.y[:3]] == ["walk", "run", "sit"]


def test_names_count_from_one_where_numbers_do(tmp_path: Path) -> None:
    data = opened(tmp_path, X=X, y=Y + 1, class_names=np.array(["walk", "run", "sit"]))
    assert [data.classes[k] for k in data.y[:3]] == ["walk", "run", "sit"]


@pytest.mark.parametrize(
    ("labels", "names"),
    [(["0", "1", "5"], ["a", "b"]), (["0", "1"], ["a", "a"]), (["left", "right"], ["a", "b"]), (["0", "1"], []),
     (["-1", "1"], ["a", "b"])],
)  # fmt: skip
def test_names_that_do_not_fit_are_left_aside(labels: list[str], names: list[str]) -> None:
    assert list(kept(labels, names)) == labels


def test_a_label_that_is_missing_stays_so() -> None:
    assert list(kept(["1", "", "0"], ["a", "b"])) == ["b", "", "a"]


@pytest.mark.parametrize(
    "key", ["subject", "subjects", "groups", "group", "participant", "participants", "patient_id", "person", "user_id"]
)
@pytest.mark.parametrize("column", [False, True])
def test_whose_series_they_are_is_known_and_splits_them(tmp_path: Path, key: str, column: bool) -> None:
    who = np.arange(60) // 6 + 1
    data = opened(tmp_path, X=X, y=Y, **{key: who[:, None] if column else who})
    assert data.groups is not None and list(data.groups) == [str(n) for n in who]
    assert not set(data.groups[data.train]) & set(data.groups[data.test])


@pytest.mark.parametrize("key", ["channel_names", "channels", "sensors", "signal_names", "channel_labels"])
def test_channels_have_their_names(tmp_path: Path, key: str) -> None:
    assert opened(tmp_path, X=X, y=Y, **{key: np.array(["acc", "gyro"])}).channels == ("acc", "gyro")


def test_names_hold_for_every_part_of_a_file(tmp_path: Path) -> None:
    parts = {"X_train": X[:40], "y_train": Y[:40], "X_test": X[40:], "y_test": Y[40:]}
    who = {"subject_train": np.arange(40) // 4, "subject_test": 20 + np.arange(20) // 4}
    data = opened(tmp_path, **parts, **who, class_names=np.array(["walk", "run", "sit"]))
    assert set(data.classes) == {"walk", "run", "sit"} and data.groups is not None
    assert np.unique(data.groups).size == 15 and data.test.size == 20
