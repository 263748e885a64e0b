"""Times are read as they were meant, or said to be unreadable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kdviz.data.tables import clock_numbers, times

MOMENT = datetime(2024, 2, 29, 13, 5, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    ["2024-02-29 13:05:09", "2024-02-29T13:05:09Z", "2024-02-29T14:05:09+01:00", "2024/02/29 13:05:09",
     "29.02.2024 13:05:09", "29/02/2024 13:05:09", "29-Feb-2024 13:05:09", "2024-02-29 13:05:09.000",
     "29.02.24 13.05.09", "2/29/2024 1:05:09 PM", "2024-02-29T13:05:09.000000+00:00",
     "Thu Feb 29 13:05:09 2024", "Thu Feb 29 13:05:09 UTC 2024", "Thu, 29 Feb 2024 14:05:09 +0100",
     "Feb 29, 2024 1:05:09 PM", "29 February 2024 13:05:09", "29/Feb/2024:13:05:09 +0000", "29. Februar 2024 13:05:09",
     "2024年2月29日 13:05:09", "2024年2月29日13时5分9秒", "2024/2/29 下午 1:05:09", "2024年2月29日 下午1:05:09",
     "2024-02-29 15:05:09.000 +0200", "2024-02-29 13:05:09 UTC", "2024-02-29_13-05-09", "20240229T130509",
     "20240229_130509", "2024:02:29 13:05:09", "29/02/2024 1:05:09 p. m.", "2024-060T13:05:09",
     "Thu Feb 29 2024 14:05:09 GMT+0100 (CET)"],
)  # fmt: skip
def test_one_moment_in_many_spellings(written: str) -> None:
    found = times.from_words([written])
    assert found is not None and found[0] == MOMENT.timestamp()


@pytest.mark.parametrize("written", ["walking", "12", "", "1.5", "2024", "99:99:99", "2024-13-45"])
def test_what_is_no_time_is_none(written: str) -> None:
    assert times.from_words([written] * 5) is None


@given(st.lists(st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)), min_size=1, max_size=20))
def test_iso_times_come_back(moments: list[datetime]) -> None:
    for form in ("%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%dT%H:%M:%S"):
        found = times.from_words([m.strftime(form) for m in moments])
        exact = [m.replace(tzinfo=UTC, microsecond=m.microsecond if "f" in form else 0).timestamp() for m in moments]
        np.testing.assert_allclose(found, exact, atol=1e-5, rtol=0)


def test_day_and_month_are_told_apart_by_what_follows() -> None:
    start = datetime(2024, 3, 1, tzinfo=UTC)
    days = [start + timedelta(hours=6 * i) for i in range(200)]
    exact = [d.timestamp() for d in days]
    for form in ("%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"):
        np.testing.assert_array_equal(times.from_words([d.strftime(form) for d in days]), exact)


def test_a_few_unreadable_times_are_nan() -> None:
    found = times.from_words(["2024-01-01 00:00:00"] * 99 + ["2024-13-01"])
    assert found is not None and np.isnan(found[-1]) and np.isfinite(found[:-1]).all()


def test_minutes_and_seconds_of_a_heart_recording() -> None:
    found = times.from_words(["0:00.003", "1:30.500"])
    assert found is not None and found.tolist() == [0.003, 90.5]


@pytest.mark.parametrize(
    ("first", "step", "name", "rate"),
    [(1.6e9, 0.02, "t", 50), (1.6e12, 20.0, "t", 50), (1.6e15, 2e4, "t", 50), (1.6e18, 2e7, "t", 50),
     (0, 0.01, "time", 100), (0, 20, "time_ms", 50), (0, 0.5, "elapsed_min", 1 / 30), (0, 2e7, "time_ns", 50)],
)  # fmt: skip
def test_the_unit_of_a_clock_follows_from_its_size_or_name(first: float, step: float, name: str, rate: float) -> None:
    seconds, sure = clock_numbers.from_numbers(first + step * np.arange(50), name)
    assert sure and clock_numbers.rate_of(seconds) == pytest.approx(rate, rel=5e-3)


def test_a_bare_count_has_no_rate() -> None:
    assert not clock_numbers.from_numbers(np.arange(100.0), "t")[1]


def test_gaps_and_jitter_leave_the_rate_alone() -> None:
    clock = np.cumsum(np.random.default_rng(0).normal(0.02, 0.001, 1000))
    clock[500:] += 3600
    assert clock_numbers.rate_of(clock) == 50.0


@pytest.mark.parametrize(
    "written", ["2024Q3", "Q3 2024", "07/2024", "2024-07", "Jul-24", "July 2024", "2024M07", "3Q2024"]
)
def test_months_and_quarters_begin_on_their_first_day(written: str) -> None:
    found = times.from_words([written])
    assert found is not None and found[0] == datetime(2024, 7, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("0 days 00:00:00.020000", 0.02), ("1 day, 0:00:01", 86_401), ("PT0.02S", 0.02), ("26:15:00", 94_500),
     ("20 ms", 0.02), ("1.5 h", 5400)],
)  # fmt: skip
def test_lengths_of_time_are_seconds(written: str, seconds: float) -> None:
    found = times.from_words([written])
    assert found is not None and found[0] == pytest.approx(seconds)


def test_zones_are_named() -> None:
    assert times.zones(["2024-01-01T00:00:00+02:00", "2024-01-01T00:00:00Z", "2024-01-01 00:00"]) == {"+02:00", "Z", ""}
