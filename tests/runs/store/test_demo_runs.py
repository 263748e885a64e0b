"""The runs that the first page shows are what these sources make today, and hold nobody else's data."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from kdviz.data.sources import samples
from kdviz.runs.store.demo_runs import (
    LARGEST_ARCHIVES,
    LARGEST_FILE,
    SHIPPED,
    STORY,
    WISHES,
    DemoRun,
    NotFinished,
    archives,
    finished,
    finished_watch,
    made_here,
    sample_of,
    to_file,
)
from kdviz.runs.worker.make_demo import finish
from kdviz.training.recipe_builder import recipe_for

ABOUT = "sample made commit seconds processor seed recipe control data accuracy command versions"


def alike(here: DemoRun, shipped: DemoRun) -> None:
    """Another processor rounds otherwise, and training magnifies it; what the page says must still be true."""
    assert here.about["recipe"] == shipped.about["recipe"]
    assert here.snapshots.head() == shipped.snapshots.head()
    for who, share in shipped.about["accuracy"].items():
        assert here.about["accuracy"][who] == pytest.approx(share, abs=0.08), who
    for name in shipped.snapshots.teachers:
        for line in (f"match/{name}", f"control_match/{name}", f"chance/{name}"):
            ours, theirs = (np.nanmean(each.snapshots.arrays[line]) for each in (here, shipped))
            assert ours == pytest.approx(theirs, abs=0.15), line


@pytest.mark.parametrize("name", WISHES)
def test_a_shipped_run_is_small_and_says_where_it_came_from(name: str) -> None:
    path = SHIPPED / f"{name}.npz"
    assert path.stat().st_size <= LARGEST_FILE
    assert set(finished(name).about) == set(ABOUT.split())


@pytest.mark.parametrize("name", WISHES)
def test_a_shipped_run_has_the_recipe_that_these_defaults_give(name: str) -> None:
    now = recipe_for(samples.load(sample_of(name)), WISHES[name]).identity
    told = f"The defaults have changed: python -m kdviz samples --make {name}"
    assert finished(name).about["recipe"] == now, told


@pytest.mark.parametrize("name", WISHES)
def test_no_series_lies_in_a_shipped_run(name: str) -> None:
    kinds = {key.partition("/")[0] for key in finished(name).snapshots.arrays}
    assert kinds == {"series", "student", "control", "teacher", "match", "control_match", "chance"}
    assert finished(name).snapshots.arrays["series"].ndim == 1


@pytest.mark.slow
def test_a_shipped_run_can_be_made_again() -> None:
    alike(finish("planted_at"), finished("planted_at"))


def test_the_story_is_told_by_whole_runs_that_are_small_together() -> None:
    whole = {path for name in STORY for path in archives(finished(name))}
    assert all(len(archives(finished(name))) == 2 for name in STORY)
    watch = finished_watch()
    assert len(archives(watch)) == 1 and watch.apart.shape == (10, watch.low.size) and watch.low.size > watch.normal
    kept = watch.about["kept"]
    assert kept[-1] < 0.2 < watch.about["later"][-1], "it falls on normal data, and stays where something is new"
    assert whole | set(archives(watch)) == set(SHIPPED.glob("*.zip"))
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= LARGEST_ARCHIVES


def test_what_was_made_here_is_shown_where_it_is_newer() -> None:
    shipped = finished("gunpoint")
    made_here().mkdir(parents=True)
    for made, shown in (("2000-01-01T00:00:00Z", shipped.about["made"]), ("2999-01-01T00:00:00Z",) * 2):
        newer = DemoRun({**shipped.about, "made": made}, shipped.snapshots)
        (made_here() / "gunpoint.npz").write_bytes(to_file(newer))
        assert finished("gunpoint").about["made"] == shown


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"\x93NUMPY", b"x" * (LARGEST_FILE + 1)])
def test_a_damaged_run_is_a_sentence_with_the_command(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kdviz.runs.store.demo_runs.SHIPPED", tmp_path)
    with pytest.raises(NotFinished, match="is not here"):
        finished("gunpoint")
    (tmp_path / "gunpoint.npz").write_bytes(content)
    with pytest.raises(NotFinished, match="samples --make gunpoint"):
        finished("gunpoint")


def test_a_torn_run_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(SHIPPED / "gunpoint.npz", tmp_path)
    whole = (tmp_path / "gunpoint.npz").read_bytes()
    monkeypatch.setattr("kdviz.runs.store.demo_runs.SHIPPED", tmp_path)
    (tmp_path / "gunpoint.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NotFinished, match="cannot be read"):
        finished("gunpoint")
