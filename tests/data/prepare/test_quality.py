"""Nothing is mended in silence: every remedy is chosen, applied as chosen, and said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from kdviz.core.errors import FileError, UserError
from kdviz.data.cells import words
from kdviz.data.mapping import mapping_from
from kdviz.data.prepare.assemble import open_raw
from kdviz.data.raw import Cases, Raw

NAN = float("nan")


def opened(series: Sequence[Sequence[float]], labels: Sequence[str] = (), **mapping: str):  # type: ignore[no-untyped-def]
    values = [np.array([s], float) for s in series]
    cases = Cases(values, words(list(labels)) if labels else None)
    return open_raw(Raw(cases, "x", "y"), mapping_from(mapping), "n", {})


def codes(found) -> dict[str, int]:  # type: ignore[no-untyped-def]
    assert {f.sentence for f in found.findings} <= set(found.dataset.warnings)
    return {f.code: f.count for f in found.findings}


WAVE = [[np.sin(i + j) for j in range(6)] for i in range(12)]
AB = ["a", "b"] * 6


def test_clean_data_have_nothing_to_say() -> None:
    found = opened(WAVE, AB)
    assert codes(found) == {} and found.dataset.warnings == ()


def test_missing_values_are_filled_as_chosen() -> None:
    holes = [[0.0, NAN, 2.0, NAN, NAN, 5.0], *WAVE[1:]]
    assert opened(holes, AB).dataset.X[0, 0].tolist() == [0, 1, 2, 3, 4, 5]
    assert opened(holes, AB, missing="zero").dataset.X[0, 0].tolist() == [0, 0, 2, 0, 0, 5]
    assert opened(holes, AB, missing="drop").dataset.series == 11
    assert codes(opened(holes, AB))["missing"] == 3


def test_the_ends_take_their_nearest_value() -> None:
    holes = [[NAN, 1.0, 2.0, 3.0, NAN, NAN], *WAVE[1:]]
    assert opened(holes, AB).dataset.X[0, 0].tolist() == [1, 1, 2, 3, 3, 3]


def test_a_series_without_any_value_is_left_out() -> None:
    found = opened([[NAN] * 6, *WAVE[1:]], AB)
    assert found.dataset.series == 11


def test_half_of_the_values_missing_is_too_much() -> None:
    with pytest.raises(FileError, match="fewer than half"):
        opened([[1.0, NAN, NAN, 2.0], [NAN, NAN, 1.0, 3.0]], "ab")


@pytest.mark.parametrize(("how", "length", "last"), [("pad", 6, 3.0), ("truncate", 4, 3.0), ("resample", 6, 3.0)])
def test_unequal_lengths_are_made_equal_as_chosen(how: str, length: int, last: float) -> None:
    found = opened([[0.0, 1.0, 2.0, 3.0], *WAVE[1:]], AB, unequal=how)
    assert found.dataset.length == length
    assert found.dataset.X[0, 0, -1] == pytest.approx(last)
    assert codes(found)["unequal"] >= 1
    assert next(f for f in found.findings if f.code == "unequal").applied == how


def test_infinite_and_huge_values_are_missing() -> None:
    found = opened([[0.0, float("inf"), 2.0, 1e308, 4.0, -1e39], *WAVE[1:]], AB)
    assert codes(found)["too_large"] == 3
    assert found.dataset.X[0, 0].tolist() == [0, 1, 2, 3, 4, 4]


def test_constant_series_are_kept_or_dropped() -> None:
    flat = [[1.0] * 6, *WAVE[1:]]
    assert opened(flat, AB).dataset.series == 12
    assert "drawn at 0" in " ".join(opened(flat, AB).dataset.warnings)
    assert opened(flat, AB, constant="drop").dataset.series == 11
    with pytest.raises(FileError, match="Nothing is left"):
        opened([[1.0] * 6] * 4, "abab", constant="drop")


def test_duplicates_are_kept_or_dropped() -> None:
    twice = [WAVE[1], *WAVE[1:]]
    assert codes(opened(twice, AB))["duplicates"] == 1
    assert opened(twice, AB, duplicates="drop").dataset.series == 11


def test_series_without_a_label_are_left_out_and_counted() -> None:
    found = opened(WAVE, ["", *AB[1:]])
    assert (codes(found)["no_label"], found.dataset.series) == (1, 11)


def test_one_class_can_be_encoded_and_not_distilled() -> None:
    found = opened(WAVE, ["1"] * 12).dataset
    assert "All series have class 1. Encoding works; distillation needs two classes." in found.warnings
    with pytest.raises(UserError, match="needs two classes"):
        found.need_two_classes()


def test_no_labels_can_be_encoded_and_not_distilled() -> None:
    found = opened(WAVE).dataset
    assert not found.labelled and found.counts == {"unlabelled": 12}
    with pytest.raises(UserError, match="no labels"):
        found.need_two_classes()
    opened(WAVE, AB).dataset.need_two_classes()


def test_classes_of_very_different_size_are_named() -> None:
    assert "imbalance" in codes(opened(WAVE, ["a"] * 10 + ["b"] * 2))


def test_subjects_on_both_sides_are_named() -> None:
    values = [np.array([s], float) for s in WAVE]
    cases = Cases(values, words(AB), groups=words(["s1", "s2"] * 6), parts=words(["train"] * 6 + ["test"] * 6))
    found = open_raw(Raw(cases, "x", "y"), mapping_from({}), "n", {})
    assert codes(found)["leak"] == 2


def test_labels_are_in_the_order_of_numbers() -> None:
    assert opened(WAVE, ["10", "9", "-1"] * 4).dataset.classes == ("-1", "9", "10")


def test_more_series_than_are_taken_are_drawn_by_a_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kdviz.data.limits.SERIES", 8)
    first, again, other = (opened(WAVE, AB, seed=s).dataset for s in ("0", "0", "1"))
    assert first.series == 8 and first.sha256 == again.sha256 != other.sha256
