"""Encodings and measurements that are kept: found again by content, never stale, never too many, never half."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kdviz.data.dataset import Dataset
from kdviz.modalities.base import Modality, modalities, modality
from kdviz.modalities.gaf import Gaf
from kdviz.runs.analysis import view_separability
from kdviz.runs.store import view_cache
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.run import make
from kdviz.runs.store.view_cache import cache_key, encoded, forget
from kdviz.runs.worker.job import work
from kdviz.training.defaults import Choices
from kdviz.training.recipe_builder import recipe_for
from tests.conftest import bumps


def eye_of(data: Dataset, name: str = "gaf", **settings: Any) -> Modality:
    eye = modality(name, settings)
    eye.fit(data.X[data.train])
    return eye


@pytest.fixture(autouse=True)
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_cache, "WORTH", 0)


def kept(home: Path) -> list[Path]:
    return sorted((home / "cache" / "encodings").iterdir())


@pytest.mark.parametrize("name", modalities())
def test_what_is_kept_is_what_the_modality_sees(name: str, data: Dataset, own_home: Path) -> None:
    eye = eye_of(data, name)
    first, again = encoded(data, eye), encoded(data, eye)
    assert isinstance(again, np.memmap) and len(kept(own_home)) == 1
    for found in (first, again):
        np.testing.assert_array_equal(found, eye.see(data.X))


def test_the_second_time_nothing_is_encoded(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    eye = eye_of(data)
    encoded(data, eye)
    monkeypatch.setattr(type(eye), "see", lambda *_: pytest.fail("encoded again"))
    encoded(data, eye)


def test_pieces_are_the_whole(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_cache, "CHUNK_BYTES", 1 << 16)
    np.testing.assert_array_equal(encoded(data, eye_of(data)), eye_of(data).see(data.X))


def test_other_data_other_knobs_and_other_source_are_other_encodings(
    data: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = replace(data, X=data.X + np.float32(1e-3))
    found = {cache_key(data, eye_of(data)), cache_key(other, eye_of(other)), cache_key(data, eye_of(data, size=32)),
             cache_key(data, eye_of(data, "markov"))}  # fmt: skip
    monkeypatch.setattr(view_cache, "source", lambda: "another version")
    assert len(found | {cache_key(data, eye_of(data))}) == 5


def test_a_file_that_was_cut_off_is_made_again(data: Dataset, own_home: Path) -> None:
    eye = eye_of(data)
    encoded(data, eye)
    path = kept(own_home)[0]
    for rubbish in (path.read_bytes()[:200], b"", b"no array at all"):
        path.unlink()
        path.write_bytes(rubbish)
        np.testing.assert_array_equal(encoded(data, eye), eye.see(data.X))


def test_writing_into_an_encoding_changes_nobody_elses(data: Dataset) -> None:
    eye = eye_of(data)
    mine = encoded(data, eye)
    mine[:] = 7
    np.testing.assert_array_equal(encoded(data, eye), eye.see(data.X))


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    for age, name in enumerate(("old", "middle", "new")):
        (tmp_path / f"{name}.npy").write_bytes(bytes(100))
        os.utime(tmp_path / f"{name}.npy", (1000 + age, 1000 + age))
    forget(tmp_path, 250)
    assert {p.stem for p in tmp_path.iterdir()} == {"middle", "new"}


def test_what_is_too_large_to_keep_is_still_seen(
    data: Dataset, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KDVIZ_CACHE_GB", "0.0000001")
    np.testing.assert_array_equal(encoded(data, eye_of(data)), eye_of(data).see(data.X))
    assert not (own_home / "cache" / "encodings").exists()


def test_what_is_small_is_seen_anew_and_not_kept(
    data: Dataset, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_cache, "WORTH", 1 << 30)
    np.testing.assert_array_equal(encoded(data, eye_of(data)), eye_of(data).see(data.X))
    assert not (own_home / "cache" / "encodings").exists()


def test_a_full_disk_keeps_nobody_from_seeing(data: Dataset, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(view_cache.os, "fsync", full)
    np.testing.assert_array_equal(encoded(data, eye_of(data)), eye_of(data).see(data.X))
    assert kept(own_home) == []


def test_a_disk_that_runs_need_is_left_to_them(data: Dataset, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view_cache.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 90, 10))
    np.testing.assert_array_equal(encoded(data, eye_of(data)), eye_of(data).see(data.X))
    assert not (own_home / "cache" / "encodings").exists()


def test_what_a_writer_that_died_left_behind_is_cleared_and_a_living_ones_is_not(tmp_path: Path) -> None:
    for name, age in ((".old.npy.x.tmp", 2 * view_cache.ABANDONED), (".new.npy.y.tmp", 0)):
        (tmp_path / name).write_bytes(b"half")
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    forget(tmp_path, 1000)
    assert [p.name for p in tmp_path.iterdir()] == [".new.npy.y.tmp"]


def test_some_series_are_a_part_of_what_is_kept_or_seen_alone(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = view_cache.views_of(data, modality("gaf"), data.test)
    whole = encoded(data, modality("gaf"))
    monkeypatch.setattr(Gaf, "see", lambda *_: pytest.fail("encoded again"))
    found = view_cache.views_of(data, modality("gaf"), data.test)
    assert found.tobytes() == alone.tobytes() == np.ascontiguousarray(whole[data.test]).tobytes()


def test_a_run_on_kept_encodings_is_the_run_without_them(
    data: Dataset, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def answers(home: str, worth: int) -> dict[str, bytes]:
        monkeypatch.setenv("KDVIZ_HOME", str(tmp_path / home))
        monkeypatch.setattr(view_cache, "WORTH", worth)
        keep(data)
        settings = {
            "teacher.epochs": 2,
            "control": False,
            "gaf.size": 16,
            "persistence.resolution": 8,
            "budget": "quick",
        }
        recipe = recipe_for(data, Choices("aver", ("gaf", "persistence"), epochs=2), settings)
        run = make(recipe, data.name, dict(data.source), made="in the app")
        list(work(run, data))
        found = {str(p.relative_to(run.folder)): p.read_bytes() for p in run.folder.rglob("*.safetensors")}
        shutil.rmtree(tmp_path / home / "runs")
        return found

    without = answers("without", 1 << 40)
    first = answers("with", 0)
    assert len(kept(tmp_path / "with")) == 3
    monkeypatch.setattr(view_cache, "_made", lambda *_: pytest.fail("encoded again"))
    warm = answers("with", 0)
    assert any("model" in name for name in without) and without == first == warm


def test_a_measurement_is_remembered_and_looks_at_the_training_set_only(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bumps(60)
    assert view_separability.known(data, "gaf", {}) is None
    found = view_separability.measured(data, "gaf", {"size": 16})
    assert found.series == data.train.size
    monkeypatch.setattr(view_separability, "separability", lambda *_: pytest.fail("measured again"))
    assert view_separability.measured(data, "gaf", {"size": 16}) == found
    assert (
        view_separability.known(data, "gaf", {"size": 16}) == found and view_separability.known(data, "gaf", {}) is None
    )
