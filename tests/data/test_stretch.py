"""One long recording: marks apart from channels, where normal ends, what is missing; sentences for the rest."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kdviz.core.errors import FileError, UserError
from kdviz.data import stretch as kept
from kdviz.data.mapping import Mapping
from kdviz.data.prepare.marked import of_ranges, stretch_of
from kdviz.data.raw import Cases, File
from kdviz.data.sources import recordings
from kdviz.data.sources.open_data import open_recording
from kdviz.data.sources.parser_child import recording as read_recording

T = 600
VALUES = np.round(np.sin(np.arange(T) / 7) + 0.01 * np.random.default_rng(0).standard_normal(T), 4)
MARKS = np.zeros(T, np.int64)
MARKS[400:420] = 1


def table(head: str, *columns: object) -> bytes:
    rows = [",".join(str(c[k]) for c in columns) for k in range(T)]  # type: ignore[index]
    return "\n".join([head, *rows, ""]).encode()


def opened(name: str, content: bytes, train_end: str = "") -> kept.Stretch:
    return read_recording([File(name, content)], Mapping(), train_end)


WORDS = np.where(MARKS > 0, "Attack", "Normal")
MARKED = {
    "a column by its name": ("a.csv", table("time,value,is_anomaly", np.arange(T), VALUES, MARKS)),
    "0 and 1 in few runs": ("b.csv", table("a,b,c", VALUES, 2 * VALUES, MARKS)),
    "words": ("c.csv", table("FIT101,LIT101,Normal/Attack", VALUES, 2 * VALUES, WORDS)),
    "the archive's name": ("9_UCR_Anomaly_x_300_401_420.txt", "\n".join(map(str, VALUES)).encode()),
}


@pytest.mark.parametrize("how", MARKED)
def test_marks_are_found_and_are_no_channel(how: str) -> None:
    found = opened(*MARKED[how])
    assert found.marks is not None and np.array_equal(found.marks, MARKS)
    assert found.train_end == (300 if "name" in how and "column" not in how else 400)
    assert not {"is_anomaly", "c", "Normal/Attack"} & set(found.channels)
    assert found.sha256 == replace(found, marks=None, name="other").sha256


def test_a_channel_without_any_value_is_left_out_in_words() -> None:
    found = opened("a.csv", table("time,a,hollow,b", np.arange(T), VALUES, [""] * T, 2 * VALUES))
    assert found.channels == ("a", "b") and any("left out: column hollow" in w for w in found.warnings)


def test_an_npz_of_x_label_and_train_end_is_read_in_a_process_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "two.npz"
    np.savez(path, x=np.stack([VALUES, -VALUES]).astype(np.float32), label=MARKS.astype(np.uint8), train_end=350)
    found = open_recording(path)
    assert found.values.shape == (2, T) and found.train_end == 350 and np.array_equal(found.marks, MARKS)
    store = kept.StretchStore(tmp_path / "kept")
    store.put(found)
    again = store.get(found.sha256)
    assert again.marks is None and np.array_equal(again.values, found.values)
    assert np.array_equal(kept.read_marks(store.path(found.sha256), T), MARKS)
    with pytest.raises(UserError, match="ends at sample 450, but sample 400 is already marked"):
        open_recording(path, train_end="450")


SAID = {
    "nothing is left of normal": ("0", "so there is none to learn from"),
    "nothing is left to watch": ("600", "nothing is left to watch"),
    "more than all": ("101%", "a share between 0 and 1"),
    "words": ("soon", "is no sample and no time|names no sample"),
}


@pytest.mark.parametrize("how", SAID)
def test_where_normal_ends_is_answered_in_a_sentence(how: str) -> None:
    given, sentence = SAID[how]
    with pytest.raises(UserError, match=sentence):
        opened("v.csv", table("v", VALUES), given)


def test_shares_and_whole_are_understood_and_nobody_saying_is_said() -> None:
    content = table("v", VALUES)
    assert [opened("v.csv", content, w).train_end for w in ("0.25", "25%", "150", "whole")] == [150, 150, 150, T]
    unsaid = opened("v.csv", content)
    assert unsaid.train_end == 180 and "You have not said where normal ends" in unsaid.warnings[0]


def test_missing_values_are_mended_and_dead_channels_named() -> None:
    gaps = [("" if 100 < k < 110 else v) for k, v in enumerate(VALUES)]
    found = opened("n.csv", table("a,b", gaps, np.full(T, 3)))
    assert found.mended is not None and int(found.mended.sum()) == 9 and np.isfinite(found.values).all()
    assert any("get no alarm" in w for w in found.warnings) and any("b never moves" in w for w in found.warnings)
    large = opened("large.csv", table("a", ["1e300" if k == 7 else v for k, v in enumerate(VALUES)]))
    assert np.isfinite(large.values).all() and any("1 values infinite or beyond" in w for w in large.warnings)
    with pytest.raises(FileError, match="Only marks are in this file"):
        opened("m.csv", table("is_anomaly", MARKS))
    with pytest.raises(UserError, match="series, not one long recording"):
        stretch_of(Cases([VALUES[None], VALUES[None]]), "two.csv", Mapping(), "", {})


def test_ranges_are_samples_or_times_by_file_name_too() -> None:
    machine = replace(recordings.recording("machine"), name="m.csv")
    nab = {"real/m.csv": [["2013-12-10 06:25:00.000000", "2013-12-12 05:35:00.000000"]], "other.csv": []}
    marks = of_ranges(json.dumps(nab).encode(), machine, "windows.json")
    assert np.array_equal(marks[:3_000], machine.marks[:3_000])  # type: ignore[index]
    assert int(of_ranges(b"[[5, 9]]", machine, "r.json").sum()) == 5
    lines = b"from,to\n5, 9\n2013-12-10T06:25:00 to 2013-12-12 05:35\n"
    assert int(of_ranges(lines, machine, "r.csv").sum()) == 5 + int(marks.sum()) - int(marks[3_000:].sum())
    with pytest.raises(UserError, match="ends before it begins"):
        of_ranges(b"[[9, 5]]", machine, "r.json")
    with pytest.raises(UserError, match="holds no ranges"):
        of_ranges(b'{"x": 3}', machine, "r.json")
    with pytest.raises(UserError, match="outside of the recording"):
        machine.sample_at("2019-01-01T00:00")


def test_the_planted_recording_has_its_six_anomalies_after_its_normal_part() -> None:
    found = recordings.recording("planted-recording")
    assert len(recordings.PLANTED) == 6 and min(a for a, _ in recordings.PLANTED.values()) > found.train_end
    assert found.marks is not None and found.marks.sum() == sum(b - a + 1 for a, b in recordings.PLANTED.values())
    flat = found.values[0, slice(*recordings.PLANTED["flat"])]
    assert np.ptp(flat) == 0 and found.sha256 == recordings.recording("planted-recording").sha256
