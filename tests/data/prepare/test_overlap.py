"""Windows that overlap in a file are found by what they share, and never stand on both sides of a split."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kdviz.data.cells import words
from kdviz.data.mapping import mapping_from
from kdviz.data.prepare.assemble import AssembledData, open_raw
from kdviz.data.prepare.overlap import overlap
from kdviz.data.raw import Cases, Raw
from kdviz.data.sources.open_data import open_data
from tests.conftest import bumps

HAR = Path(__file__).parents[3].parent / "shared" / "data" / "ucihar_train800.npz"


def cut(recordings: int, each: int, length: int, step: int, channels: int = 1, seed: int = 0) -> np.ndarray:
    """Windows (recordings * each, channels, length), `step` apart within each recording."""
    rng = np.random.default_rng(seed)
    long = rng.normal(size=(recordings, channels, length + step * (each - 1))).astype(np.float32)
    return np.concatenate([[r[:, n * step : n * step + length] for n in range(each)] for r in long])


def assembled(X: np.ndarray, y: np.ndarray, **mapping: object) -> AssembledData:
    return open_raw(Raw(Cases(list(X.astype(np.float64)), words(list(y))), "npz", "x"), mapping_from(mapping), "n", {})


def same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(((one[:, None] == one) == (other[:, None] == other)).all())


@settings(deadline=None, max_examples=60)
@given(
    recordings=st.integers(1, 12), each=st.integers(2, 9), length=st.integers(16, 60), channels=st.integers(1, 3),
    data=st.data(),
)  # fmt: skip
def test_whatever_the_step_and_the_order_recordings_are_found_again(
    recordings: int, each: int, length: int, channels: int, data: st.DataObject
) -> None:
    step = data.draw(st.integers(1, length - 8))
    X = cut(recordings, each, length, step, channels)
    order = data.draw(st.permutations(range(len(X)))) if data.draw(st.booleans()) else list(range(len(X)))
    found, truth = overlap(X[order]), np.repeat(np.arange(recordings), each)[order]
    if recordings * (each - 1) < 3:
        return
    assert found is not None and same_partition(found.groups, truth)
    assert (found.links[:, 2] % step == 0).all()
    for i, j, by in found.links:
        np.testing.assert_array_equal(X[order[i], :, by:], X[order[j], :, : length - by])


@settings(deadline=None, max_examples=60)
@given(
    kind=st.sampled_from(["noise", "constant", "sine", "square", "saw", "copies", "steps"]),
    period=st.integers(3, 40), count=st.integers(2, 60), seed=st.integers(0, 99),
)  # fmt: skip
def test_what_repeats_itself_or_nothing_is_no_overlap(kind: str, period: int, count: int, seed: int) -> None:
    rng, t = np.random.default_rng(seed), np.arange(80)
    at = t + rng.integers(0, 200, count)[:, None]
    X = {
        "noise": rng.normal(size=(count, 80)),
        "constant": np.repeat(rng.normal(size=count), 80).reshape(count, 80),
        "sine": np.sin(2 * np.pi * at / period),
        "square": np.sign(np.sin(2 * np.pi * at / period)),
        "saw": (at % period) / period,
        "copies": np.repeat(rng.normal(size=(1, 80)), count, 0),
        "steps": rng.integers(0, 2, (count, 8)).repeat(10, 1),
    }[kind]
    assert overlap(X[:, None].astype(np.float32)) is None


@pytest.mark.parametrize("sample", ["gunpoint", "basic_motions", "coffee"])
def test_sets_of_whole_series_have_no_overlap(sample: str) -> None:
    assert overlap(open_data(f"sample:{sample}").X) is None


def test_a_pause_in_which_nothing_moves_does_not_end_a_recording() -> None:
    rng = np.random.default_rng(0)
    long = np.concatenate([rng.normal(size=200), np.ones(200), rng.normal(size=200)]).astype(np.float32)
    found = overlap(np.stack([long[a : a + 40] for a in range(0, 561, 20)])[:, None])
    assert found is not None and np.unique(found.groups).size == 1


@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.parametrize("recordings", [1, 2, 12, 60])
def test_windows_that_share_samples_are_never_on_two_sides(recordings: int, shuffled: bool) -> None:
    X = cut(recordings, 120 // recordings, 40, 10, 2)
    y = np.repeat(np.arange(recordings) % 3, 120 // recordings) if recordings > 3 else np.arange(120) // 8 % 3
    order = np.random.default_rng(1).permutation(120) if shuffled else np.arange(120)
    told = assembled(X[order], y[order])
    data, shared = told.dataset, overlap(X[order])
    assert shared is not None
    sets = [data.train, data.validation, data.test]
    assert all(s.size for s in sets)
    for k, one in enumerate(sets):
        for other in sets[k + 1 :]:
            assert not np.intersect1d(one, other).size and not shared.parted(one, other).size
    finding = next(f for f in told.findings if f.code == "overlap")
    assert f"{recordings} recordings" in finding.sentence and "flattered" not in finding.sentence
    assert data.groups is not None and np.unique(data.groups).size == recordings
    if recordings > 3:
        assert all(set(data.y[s]) == {0, 1, 2} for s in (data.train, data.test))


def test_a_split_that_was_asked_for_is_made_and_called_flattering() -> None:
    X = cut(12, 10, 40, 20)
    told = assembled(X, np.repeat(np.arange(12) % 3, 10), split="stratified")
    sentence = next(f.sentence for f in told.findings if f.code == "overlap")
    assert "flattered" in sentence and any(f.code == "leak" and "recordings" in f.sentence for f in told.findings)


def test_subjects_that_are_known_stay_the_groups() -> None:
    X = cut(12, 10, 40, 20)
    who = words([f"p{n // 30}" for n in range(120)])
    cases = Cases(list(X.astype(np.float64)), words(list(np.arange(120) // 5 % 3)), groups=who)
    told = open_raw(Raw(cases, "npz", "x"), mapping_from({}), "n", {})
    assert told.dataset.groups is not None and set(told.dataset.groups) == {"p0", "p1", "p2", "p3"}
    assert not set(told.dataset.groups[told.dataset.train]) & set(told.dataset.groups[told.dataset.test])
    assert "whole subjects" in next(f.sentence for f in told.findings if f.code == "overlap")


def test_a_set_without_overlap_is_split_as_before() -> None:
    data = bumps(60)
    told = assembled(data.X, data.y)
    assert told.dataset.groups is None and not any(f.code == "overlap" for f in told.findings)
    assert any("same share of each class" in note for note in told.notes)


def test_twenty_thousand_windows_take_seconds() -> None:
    X = cut(200, 100, 32, 16, 3)[np.random.default_rng(0).permutation(20_000)]
    began = time.process_time()
    found = overlap(X)
    assert found is not None and np.unique(found.groups).size == 200 and time.process_time() - began < 10


@pytest.mark.skipif(not HAR.exists(), reason="needs the shared excerpt of UCI HAR")
def test_the_half_overlap_of_uci_har_is_found() -> None:
    found = overlap(np.load(HAR, allow_pickle=False)["X"])
    assert found is not None and found.joined == 425 and set(found.links[:, 2]) == {64}


def test_a_wave_that_is_longer_than_its_overlap_is_no_recording() -> None:
    """Ten phases of one ramp: each begins with the end of the next, and the next with its own."""
    ramp = np.tile(np.arange(70, 80, dtype=np.float32), 4)
    X = np.stack([ramp[phase : phase + 16] for phase in range(10)] * 3)[:, None]
    assert overlap(X) is None
    assert sum(part.size for part in assembled(X, np.tile(["a", "b"], 15)).dataset.splits.values()) == 30
