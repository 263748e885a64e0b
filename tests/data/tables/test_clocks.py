"""Clocks and roles are told by what columns hold, under any name; a guess that costs data is said."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pytest

from kdviz.core.errors import FileError, UserError
from kdviz.data.mapping import mapping_from
from kdviz.data.raw import File
from kdviz.data.sources import parser_child
from kdviz.data.sources.file_facts import of_file

N = 300
RNG = np.random.default_rng(0)
WALK = RNG.normal(size=(2, N)).cumsum(1)
V, W = ([f"{x:.4f}" for x in row] for row in WALK)
SECONDS = np.arange(N) / 50
EVENING = datetime(2023, 5, 2, 22, 0)
TENS = [EVENING + timedelta(minutes=10 * i) for i in range(N)]
HOURS = [datetime(2023, 5, 2) + timedelta(hours=i) for i in range(N)]
MINUTES = [(EVENING + timedelta(minutes=i)).isoformat(sep=" ") for i in range(N)]


def text(names: Sequence[str] | None, columns: Sequence[Sequence[Any]], separator: str = ",") -> str:
    rows = [separator.join(str(c) for c in row) for row in zip(*columns, strict=True)]
    return "\n".join([separator.join(names), *rows] if names else rows) + "\n"


def facts(data: str, name: str = "a.csv", **mapping: str) -> dict[str, Any]:
    chosen = mapping_from(mapping)
    read = parser_child.opened([File(name, data.encode())], chosen)
    return of_file(read, chosen) | {"first": read.dataset.X[0, :, 0].tolist()}


def fits(found: dict[str, Any], hz: float | None, channels: int = 2, classes: int = 0) -> None:
    assert (found["channels"], len(found["classes"]), found["rows"]) == (channels, classes, N)
    assert found["sampling_hz"] == (None if hz is None else pytest.approx(hz, rel=0.01))
    assert found["first"][0] == pytest.approx(WALK[0, 0], abs=1e-3)


@pytest.mark.parametrize("swapped", [False, True])
@pytest.mark.parametrize(
    ("date", "clock", "days", "hours"),
    [("Tag", "Zeit", "%d.%m.%Y", "%H:%M:%S"), ("Fecha", "Hora", "%d/%m/%Y", "%H:%M"),
     ("Дата", "Время", "%d.%m.%Y", "%H:%M:%S"), ("yyyymmdd", "hhmmss", "%Y%m%d", "%H%M%S"),
     ("date", "hhmm", "%Y-%m-%d", "%H%M"), ("1:Date", "2:Time", "%m/%d/%Y", "%I:%M:%S %p"),
     ("Start Date", "Start Time", "%d %b %Y", "%H:%M:%S"), ("a", "b", "%Y/%m/%d", "%H:%M:%S.000"),
     ("date", "time", "%Y-%m-%d 00:00:00", "1899-12-30 %H:%M:%S")],
)  # fmt: skip
def test_a_date_and_a_time_of_day_are_one_clock(date: str, clock: str, days: str, hours: str, swapped: bool) -> None:
    names, columns = [date, clock], [[t.strftime(days) for t in TENS], [t.strftime(hours) for t in TENS]]
    if swapped:
        names, columns = names[::-1], columns[::-1]
    fits(facts(text([*names, "x", "y"], [*columns, V, W], ";")), 1 / 600)


@pytest.mark.parametrize("name", ["Hour", "Stunde", "小时", "k"])
@pytest.mark.parametrize(("begin", "factor"), [(0, 1), (1, 1), (0, 100)])
def test_an_hour_beside_a_date_is_its_time_of_day(name: str, begin: int, factor: int) -> None:
    hours = [factor * (h.hour + begin) for h in HOURS]
    fits(facts(text(["Date", name, "x", "y"], [[f"{h:%Y-%m-%d}" for h in HOURS], hours, V, W])), 1 / 3600)


@pytest.mark.parametrize("names", ["YEAR MO DY HR", "yy mm dd hh", "Jahr Monat Tag Stunde", "a b c d"])
def test_a_calendar_in_columns_is_a_clock(names: str) -> None:
    parts = [[h.year for h in HOURS], [h.month for h in HOURS], [h.day for h in HOURS], [h.hour for h in HOURS]]
    fits(facts(text([*names.split(), "x", "y"], [*parts, V, W])), 1 / 3600)


@pytest.mark.parametrize("names", [["time", "x", "y"], ["q", "x", "y"], None])
@pytest.mark.parametrize(
    ("form", "step"), [("%H:%M:%S", 1), ("%H:%M", 60), ("%I:%M:%S %p", 1), ("%H:%M:%S.%f", 0.5), ("%H:%M", 1200)]
)
def test_a_time_of_day_passes_midnight_in_the_order_of_its_rows(
    names: list[str] | None, form: str, step: float
) -> None:
    clock = [(datetime(2023, 5, 2, 23, 58) + timedelta(seconds=step * i)).strftime(form) for i in range(N)]
    found = facts(text(names, [clock, V, W]))
    fits(found, 1 / step)
    assert any("midnight" in w for w in found["warnings"])


def test_a_clock_of_twelve_hours_passes_noon() -> None:
    clock = [(datetime(2023, 5, 2, 12, 57) + timedelta(seconds=i)).strftime("%I:%M:%S") for i in range(N)]
    fits(facts(text(["time", "x", "y"], [clock, V, W])), 1)


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(
    ("name", "values"),
    [("", SECONDS), ("uptime", SECONDS), ("millis", 1e3 * SECONDS), ("foo", 1.68e12 + 1e3 * SECONDS),
     ("Time (min)", SECONDS / 60), ("Time [h]", SECONDS / 3600), ("t/us", 1e6 * SECONDS), ("秒", SECONDS),
     ("MJD", 60_000 + SECONDS / 86_400), ("n", 2_460_000 + SECONDS / 86_400)],
)  # fmt: skip
def test_an_even_ramp_is_a_clock_whatever_its_name(name: str, values: Any, last: bool) -> None:
    clock = [f"{x:.11f}" for x in values]
    data = text(["x", "y", name], [V, W, clock]) if last else text([name, "x", "y"], [clock, V, W])
    fits(facts(data), 50)


def test_a_ramp_that_is_measured_can_be_kept_and_the_only_values_are_never_a_clock() -> None:
    data = text(["load", "x", "y"], [[f"{x:.2f}" for x in SECONDS], V, W])
    found = facts(data)
    assert any("set time=-" in w for w in found["warnings"])
    assert facts(data, time="-")["channel_names"] == ["load", "x", "y"]
    assert facts(text(["time", "x"], [SECONDS, 3 + SECONDS]))["channels"] == 1


@pytest.mark.parametrize("name", ["obs", "Record Number", "序号", "entry_id", "#", "frame_no"])
def test_a_count_is_no_channel(name: str) -> None:
    fits(facts(text([name, "x", "y"], [range(1, N + 1), V, W])), None)
    fits(facts(text(["time", name, "x", "y"], [SECONDS, range(N), V, W])), 50)
    fits(facts(text(["time", name, "x", "y"], [SECONDS, [i % 100 for i in range(N)], V, W])), 50)


@pytest.mark.parametrize(("rows", "step"), [(3, 0.1), (12, 0.05), (25, 1), (73, 0.5)])
def test_rows_that_share_a_time_count_for_the_rate(rows: int, step: float) -> None:
    stamps = [EVENING + timedelta(seconds=step * (i // rows)) for i in range(N)]
    found = facts(text(["timestamp", "x", "y"], [[s.isoformat() for s in stamps], V, W]))
    fits(found, rows / step)
    assert any("share a time" in w for w in found["warnings"])


@pytest.mark.parametrize(
    ("line", "hz"),
    [("# Sampling rate (Hz): 104", 104), ("ODR = 52 Hz", 52), ("interval: 20 ms", 50), ("# recorded @ 128Hz", 128),
     ("Sample Rate = 2 kHz", 2000), ("#fs=64", 64), ("# logged at 32 Hz, gain 2", 32)],
)  # fmt: skip
def test_the_rate_that_a_file_names(line: str, hz: float) -> None:
    fits(facts(f"{line}\n{text(['x', 'y'], [V, W])}"), hz)
    both = facts(f"{line}\n{text(['time', 'x', 'y'], [SECONDS, V, W])}")
    assert both["sampling_hz"] == hz
    assert hz == 50 or any("its times say 50" in w for w in both["warnings"])


@pytest.mark.parametrize(("unit", "factor"), [("ms", 1e3), ("(us)", 1e6), ("[min]", 1 / 60), ("h", 1 / 3600), ("s", 1)])
def test_the_unit_under_a_name_is_used(unit: str, factor: float) -> None:
    clock = [unit, *(f"{factor * x:.12f}" for x in SECONDS)]
    fits(facts(text(["Time", "x", "y"], [clock, ["mV", *V], ["V", *W]])), 50)


@pytest.mark.parametrize(
    ("begin", "step", "hz"), [(45_000.35, 1 / 86_400, 1), (45_000, 1 / 96, 1 / 900), (36_000, 0.02, 50)]
)
def test_day_numbers_of_a_workbook_and_seconds_of_the_day(begin: float, step: float, hz: float) -> None:
    fits(facts(text(["time", "x", "y"], [[f"{begin + step * i:.10f}" for i in range(N)], V, W])), hz)


@pytest.mark.parametrize("name", ["y", "activity", "state", "target", "event", "stage", "label"])
def test_many_whole_numbers_are_data_and_few_that_stay_are_classes(name: str) -> None:
    beside = "v" if name == "y" else "x"
    fits(facts(text(["time", beside, name], [MINUTES, V, RNG.integers(0, 60, N)])), 1 / 60)
    fits(facts(text(["time", beside, name], [MINUTES, V, [i // 60 for i in range(N)]])), 1 / 60, 1, 5)


@pytest.mark.parametrize("name", ["comment", "marker", "Bemerkung", "event", "label", ""])
def test_remarks_are_no_label_but_labels_of_a_stretch_are(name: str) -> None:
    remarks = ["start" if i == 20 else "stop" if i == 250 else "" for i in range(N)]
    fits(facts(text(["time", "x", "y", name], [MINUTES, V, W, remarks])), 1 / 60)
    stretches = ["a" if i < 60 else "b" if i < 120 else "" for i in range(N)]
    few = text(["time", "x", "y", name], [MINUTES, V, W, stretches])
    with pytest.raises(UserError, match=r"22 of 37 series have no label.*bare=drop.*bare=learn.*label=-"):
        facts(few)  # leaving out most of a file is asked, never done
    fits(facts(few, bare="drop"), 1 / 60, 2, 2)


@pytest.mark.parametrize("word", ["None", "null", "NA", "N/A", "-", "nan", "missing"])
def test_a_class_may_be_named_none(word: str) -> None:
    found = facts(text(["time", "x", "y", "label"], [MINUTES, V, W, [word if i < 150 else "go" for i in range(N)]]))
    fits(found, 1 / 60, 2, 2)
    assert any("names a class here" in w for w in found["warnings"])
    rare = [word if i % 30 == 7 else f"c{i // 100}" for i in range(N)]
    assert len(facts(text(["time", "x", "y", "label"], [MINUTES, V, W, rare]))["classes"]) == 3


@pytest.mark.parametrize("mark", [",", "\t", " ", ";"])
def test_a_serial_monitor_writes_an_arrow_and_names(mark: str) -> None:
    stamps = [f"{datetime(2023, 5, 2) + timedelta(seconds=s):%H:%M:%S.%f}"[:-3] for s in SECONDS]
    fits(facts("\n".join(f"{s} -> {v}{mark}{w}" for s, v, w in zip(stamps, V, W, strict=True))), 50)
    named = facts("\n".join(f"ax:{v}{mark}ay:{w}" for v, w in zip(V, W, strict=True)))
    assert named["channel_names"] == ["ax", "ay"]


def test_two_columns_may_tell_series_apart() -> None:
    stores, items = np.repeat([1, 2], 150), np.tile(np.repeat([1, 2, 3], 50), 2)
    days = [f"{datetime(2023, 5, 2) + timedelta(days=i % 50):%Y-%m-%d}" for i in range(N)]
    found = facts(text(["date", "store", "item", "sales"], [days, stores, items, V]))
    assert (found["series"], found["channels"], found["length"]) == (6, 1, [50, 50])


def test_files_are_joined_by_the_names_of_their_channels() -> None:
    first, second = text(["time", "x", "y"], [SECONDS, V, W]), text(["time", "y", "x"], [SECONDS, W, V])
    read = parser_child.opened(
        [File("G_TRAIN.csv", first.encode()), File("G_TEST.csv", second.encode())], mapping_from({})
    )
    half = read.dataset.series // 2
    np.testing.assert_array_equal(read.dataset.X[:half], read.dataset.X[half:])
    other = text(["time", "x", "z"], [SECONDS, V, W])
    with pytest.raises(FileError, match="other names"):
        parser_child.opened([File("G_TRAIN.csv", first.encode()), File("G_TEST.csv", other.encode())], mapping_from({}))


@pytest.mark.parametrize("offset", [1e7, 1e8, 1e9])
def test_what_is_far_from_zero_keeps_its_digits(offset: float) -> None:
    far = [f"{offset + x:.4f}" for x in WALK[0]]
    read = parser_child.opened(
        [File("a.csv", text(["time", "x"], [SECONDS, far]).encode())], mapping_from({"window": "300"})
    )
    x = read.dataset.X[0, 0]
    np.testing.assert_allclose(x - x.mean(), WALK[0] - WALK[0].mean(), atol=1e-3)
    assert any("offset was taken away" in w for w in read.dataset.warnings)


def test_a_disorder_that_sorting_would_hide_is_asked() -> None:
    late = [*MINUTES[:200], *MINUTES[150:250]]
    written = text(["time", "x", "y"], [late, V, W])
    with pytest.raises(UserError, match=r"would move \d+ of 300 rows.*order=sort.*order=keep"):
        facts(written)
    assert any("sorted by time" in w for w in facts(written, order="sort")["warnings"])
    assert facts(written, order="keep")["first"] == pytest.approx(WALK[:, 0], abs=1e-3)
    turned = facts(text(["time", "x", "y"], [MINUTES[::-1], V, W]))  # newest first: nothing is guessed
    assert turned["first"] == pytest.approx(WALK[:, -1], abs=1e-3)
    assert any("turned round" in w for w in turned["warnings"])


def test_channels_without_names_are_not_joined_by_place_unasked() -> None:
    named, bare = text(["time", "x", "y"], [SECONDS, V, W]), text(None, [SECONDS, V, W])
    files = [File("G_TRAIN.csv", named.encode()), File("G_TEST.csv", bare.encode())]
    with pytest.raises(UserError, match=r"names no channels.*join=place"):
        parser_child.opened(files, mapping_from({}))
    assert parser_child.opened(files, mapping_from({"join": "place"})).dataset.channels == ("x", "y")


AUTUMN = [datetime(2023, 10, 29) + timedelta(minutes=5 * i - 60 * (i > 35)) for i in range(N)]
MOMENTS = [datetime(2023, 4, 1) + timedelta(milliseconds=40 * i) for i in range(N)]
HALVES = [datetime(2023, 4, 1) + timedelta(minutes=30 * i) for i in range(N)]
LOGS: dict[str, tuple[tuple[str, ...], list[Sequence[Any]], float | None]] = {
    "an hour twice": (("Datum Uhrzeit", "x", "y"), [[f"{t:%d.%m.%Y %H:%M}" for t in AUTUMN], V, W], 1 / 300),
    "parts of a second": (("Date", "Time", "Millisecond", "x", "y"), [
        [f"{t:%Y-%m-%d}" for t in MOMENTS], [f"{t:%H:%M:%S}" for t in MOMENTS],
        [t.microsecond // 1000 for t in MOMENTS], V, W], 25),
    "seconds and microseconds": (("tv_sec", "tv_usec", "x", "y"), [
        [1_700_000_000 + i // 50 for i in range(N)], [20_000 * (i % 50) for i in range(N)], V, W], 50),
    "day of the year and 930": (("YEAR", "JDAY", "HHMM", "x", "y"), [
        [t.year for t in HALVES], [t.timetuple().tm_yday for t in HALVES], [100 * t.hour + t.minute for t in HALVES],
        V, W], 1 / 1800),
    "a temperature called T": (("Zeit / min", "x", "T"), [[i / 10 for i in range(N)], V, W], 1 / 6),
    "steps of 100 ns since 1601": (("Stamp", "x", "y"), [
        [133_429_680_000_000_000 + 200_000 * i for i in range(N)], V, W], 50),
    "units in cells": (("Zeit", "x", "y"), [[f"{i // 60:02d}h{i % 60:02d}m00s" for i in range(N)],
        [f"{v} °C" for v in V], [f"{w} %" for w in W]], 1 / 60),
    "blocks with a number": (("Messung Nr", "x", "y"), [[i // 30 + 1 for i in range(N)], V, W], None),
}  # fmt: skip


@pytest.mark.parametrize("kind", LOGS)
def test_a_logger_is_read_by_what_its_columns_hold(kind: str) -> None:
    names, columns, hz = LOGS[kind]
    fits(facts(text(names, columns)), hz)


def test_sources_that_take_turns_in_a_log_are_series() -> None:
    found = facts(text(["at", "node", "x"], [[MINUTES[i // 3] for i in range(N)], ["a", "b", "c"] * 100, V]))
    assert (found["series"], found["length"], found["classes"]) == (3, [100, 100], {})


def test_a_decimal_comma_beside_dates_and_a_far_mark_are_seen() -> None:
    days = [f"{t:%d.%m.%Y %H:%M:%S}" for t in HOURS]
    found = facts(text(["Zeitpunkt", "Wert"], [days, [v.replace(".", ",") for v in V]], ";"))
    fits(found, 1 / 3600, 1)
    odd = ["-6999" if i in (20, 21, 90) else v for i, v in enumerate(V)]
    assert any("missing_words=-6999" in w for w in facts(text(["t", "x"], [SECONDS, odd]))["warnings"])


def test_a_table_whose_rows_are_channels_is_turned_round() -> None:
    rows = [["time", *SECONDS], ["x", *V], ["y", *W]]
    fits(facts("\n".join(",".join(map(str, r)) for r in rows)), 50)
