import math

import numpy as np
import pytest

from benchmarks.coverage import coverage, falsely_moved
from kdviz.metrics.intervals import LEAST, interval, too_few

RNG = np.random.default_rng(0)


def test_the_interval_holds_the_mean_and_its_width_is_the_standard_errors() -> None:
    values = RNG.normal(3.0, 1.0, 400)
    told = interval(values)
    assert told.low < told.value < told.high and told.value == values.mean()
    assert abs((told.high - told.low) / (2 * 1.96 * values.std() / 20) - 1) < 0.15


def test_it_covers_the_truth_about_as_often_as_it_says() -> None:
    told = [interval(RNG.normal(size=60), draws=300, seed=n) for n in range(200)]
    assert 0.88 < np.mean([t.low < 0 < t.high for t in told]) < 0.99


def test_windows_of_few_subjects_give_a_wider_interval_than_windows_that_are_free() -> None:
    groups = np.repeat([f"s{n}" for n in range(8)], 50)
    values = np.repeat(RNG.normal(size=8), 50) + RNG.normal(0, 0.1, 400)
    free, held = interval(values), interval(values, groups)
    assert held.units == 8 and held.high - held.low > 3 * (free.high - free.low)


def test_undefined_values_are_left_out_and_counted() -> None:
    told = interval(np.array([1.0, np.nan, 3.0]))
    assert (told.value, told.series, told.undefined) == (2.0, 2, 1)


def test_one_subject_gives_a_value_without_an_interval() -> None:
    told = interval(np.array([1.0, 2.0]), np.array(["a", "a"]))
    assert told.value == 1.5 and math.isnan(told.low) and math.isnan(told.high)


def test_nothing_at_all_gives_nothing_rather_than_a_crash() -> None:
    told = interval(np.full(3, np.nan))
    assert math.isnan(told.value) and told.undefined == 3 and told.units == 0


def test_a_ratio_is_one_of_sums_and_no_room_is_no_ratio() -> None:
    assert interval(np.array([1.0, 1.0]), room=np.array([1.0, 3.0])).value == 0.5
    assert math.isnan(interval(np.ones(2), room=np.zeros(2)).value)


def test_the_same_seed_gives_the_same_interval() -> None:
    values = RNG.normal(size=30)
    assert interval(values, seed=3) == interval(values, seed=3) != interval(values, seed=4)


@pytest.mark.parametrize(("sizes", "shape"), [("falling", "very skewed"), ("unequal", "normal")])
@pytest.mark.parametrize("groups", [6, 8, 15, 40])
def test_what_is_called_95_percent_holds_the_truth_so_often_for_few_subjects_too(
    groups: int, sizes: str, shape: str
) -> None:
    held, _ = coverage(groups, sizes, shape, 300)
    assert 0.92 <= held <= 0.98


@pytest.mark.parametrize("groups", [2, 5, 6, 8, 15, 40])
def test_a_student_like_its_control_is_hardly_ever_said_to_be_nearer_or_farther(groups: int) -> None:
    said = falsely_moved(groups, "unequal", 300 if groups >= LEAST else 30)
    assert said <= 0.06 if groups >= LEAST else said == 0


def test_below_six_subjects_there_is_a_sentence_with_their_number_instead_of_an_interval() -> None:
    for groups in (1, 2, 5):
        told = interval(RNG.normal(size=60), np.array([f"s{n % groups}" for n in range(60)]))
        assert math.isnan(told.low) and math.isnan(told.high) and f"there are {groups}" in too_few(told.units)
    told = interval(RNG.normal(size=60), np.array([f"s{n % 6}" for n in range(60)]))
    assert told.low < told.value < told.high and not too_few(told.units)


def test_one_subject_with_most_of_the_series_makes_an_interval_wider_not_narrower() -> None:
    effects = RNG.normal(size=8)
    even, uneven = np.full(8, 20), np.array([300, 5, 5, 5, 5, 5, 5, 5])
    found = [interval(np.repeat(effects, n), np.repeat(np.arange(8).astype(str), n)) for n in (even, uneven)]
    assert found[1].high - found[1].low > 2 * (found[0].high - found[0].low)


def test_an_interval_keeps_within_what_its_number_can_be() -> None:
    free = interval(np.array([1.0] * 15 + [0.0]))
    held = interval(np.array([1.0] * 15 + [0.0]), bounds=(0.0, 1.0))
    assert free.high > 1 == held.high and held.low == free.low


def test_series_that_are_all_alike_leave_no_doubt_and_many_series_need_no_more_memory() -> None:
    told = interval(np.ones(20))
    assert (told.low, told.value, told.high) == (1, 1, 1)
    many = interval(RNG.normal(size=20_000))
    assert abs((many.high - many.low) / (2 * 1.96 / math.sqrt(20_000)) - 1) < 0.15
