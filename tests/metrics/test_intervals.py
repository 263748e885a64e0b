import math

import numpy as np

from kdviz.metrics.intervals import interval

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
