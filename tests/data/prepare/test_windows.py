"""A recording is cut where the mapping says, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdviz.core.errors import UserError
from kdviz.data.cells import words
from kdviz.data.mapping import mapping_from
from kdviz.data.prepare import windows
from kdviz.data.prepare.assemble import open_raw
from kdviz.data.raw import Raw, Recording


def recording(rows: int = 100, rate: float | None = 10.0, **more: object) -> Recording:
    values = np.arange(2 * rows, dtype=float).reshape(2, rows)
    return Recording(values, ("a", "b"), np.arange(rows) / 10, rate=rate, **more)  # type: ignore[arg-type]


@given(rows=st.integers(1, 300), window=st.integers(1, 300), step=st.integers(1, 50))
def test_windows_lie_one_step_apart_and_the_partial_one_is_dropped(rows: int, window: int, step: int) -> None:
    whole = recording(rows)
    if window > rows:
        with pytest.raises(UserError, match="shorter window"):
            windows.cut(whole, mapping_from({"window": str(window), "step": str(step)}))
        return
    found = windows.cut(whole, mapping_from({"window": str(window), "step": str(step)}))
    assert len(found.values) == (rows - window) // step + 1
    assert [int(v[0, 0]) for v in found.values] == [step * i for i in range(len(found.values))]
    assert all(v.shape == (2, window) for v in found.values)


def test_seconds_need_a_rate() -> None:
    assert windows.sizes(recording(), mapping_from({"window": "2.5s", "step": "0.5s"})) == (25, 5)
    assert windows.sizes(recording(rate=None), mapping_from({"window": "2s", "rate": 20})) == (40, 40)
    with pytest.raises(UserError, match="rate"):
        windows.sizes(recording(rate=None), mapping_from({"window": "2s"}))


def test_most_samples_decide_and_a_tie_goes_to_the_later_label() -> None:
    label = words(["2"] * 5 + ["10"] * 5 + ["2"] * 6 + ["10"] * 4)
    found = windows.cut(recording(20, labels=label), mapping_from({"window": "10"}))
    assert found.labels is not None and found.labels.tolist() == ["10", "2"]


def test_whole_windows_only_where_asked_for() -> None:
    label = words(["a"] * 15 + ["b"] * 15)
    chosen = mapping_from({"window": "10", "rule": "whole"})
    found = windows.cut(recording(30, labels=label), chosen)
    assert found.labels is not None and found.labels.tolist() == ["a", "b"]
    with pytest.raises(UserError, match="majority"):
        windows.cut(recording(30, labels=words(["a", "b"] * 15)), chosen)


def test_no_window_crosses_from_one_subject_to_the_next() -> None:
    subjects = words(["s1"] * 25 + ["s2"] * 25)
    found = windows.cut(recording(50, subjects=subjects), mapping_from({"window": "10"}))
    assert found.groups is not None and found.groups.tolist() == ["s1", "s1", "s2", "s2"]
    assert [int(v[0, 0]) for v in found.values] == [0, 10, 25, 35]


def test_gaps_are_crossed_only_where_allowed() -> None:
    whole = recording(40)
    assert whole.times is not None
    whole.times[25:] += 100
    assert len(windows.cut(whole, mapping_from({"window": "20"})).values) == 2
    assert len(windows.cut(whole, mapping_from({"window": "20", "gaps": "split"})).values) == 1
    assert [f.code for f in windows.look(whole, mapping_from({"window": "20"}))] == ["gaps"]


def test_too_many_windows_are_refused_before_they_are_made() -> None:
    with pytest.raises(UserError, match="longer step"):
        windows.cut(recording(150_000), mapping_from({"window": "10", "step": "1"}))


def test_overlapping_windows_are_split_in_blocks_or_warned_of() -> None:
    label = words((["a"] * 50 + ["b"] * 50) * 10)
    raw = Raw(recording(1000, labels=label), "x", "y")
    found = open_raw(raw, mapping_from({"window": "20", "step": "10"}), "n", {}).dataset
    test = set(found.test.tolist())
    borders = sum((i in test) != (i + 1 in test) for i in range(found.series - 1))
    assert borders <= 24 and set(found.y[found.test]) == {0, 1} == set(found.y[found.train])
    mixed = open_raw(raw, mapping_from({"window": "20", "step": "10", "split": "stratified"}), "n", {})
    assert any("flattered" in w for w in mixed.dataset.warnings)


@given(rows=st.integers(2, 3_000_000))
def test_a_window_is_suggested_that_fits(rows: int) -> None:
    assert 1 <= windows.suggested(rows) <= min(rows, windows.USUAL)
