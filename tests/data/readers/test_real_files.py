"""Ten real files, read exactly as they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kdviz.core.errors import FileError
from kdviz.data.sources.open_data import inspect, open_data

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"
EXPECTED: list[dict[str, Any]] = (
    json.loads((SHARED / "EXPECTED.json").read_text()) if (SHARED / "EXPECTED.json").exists() else []
)
needs_shared = pytest.mark.skipif(not EXPECTED, reason="../shared/data is not here")
SERIES = [e for e in EXPECTED if "n_series" in e]
ACTIVITIES = ("WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING")
NAMED = {"ucihar_train800.npz": {str(n): name for n, name in enumerate(ACTIVITIES, 1)}}
"""Names of classes that stand in the file beside its numbers."""
RECORDINGS = [e for e in EXPECTED if "n_rows" in e]


@needs_shared
@pytest.mark.parametrize("expected", SERIES, ids=lambda e: e["file"])
def test_a_set_of_series_is_read_exactly(expected: dict[str, Any]) -> None:
    found = inspect(str(SHARED / expected["file"]))
    assert found["series"] == expected["n_series"]
    assert found["length"] == [expected["length_min"], expected["length_max"]]
    assert found["channels"] == expected["n_channels"]
    names = NAMED.get(expected["file"], {})
    assert found["classes"] == {names.get(c, c): many for c, many in expected["class_counts"].items()}
    assert found["kind"] == expected["kind"]
    assert sum(found["splits"].values()) == expected["n_series"]


@needs_shared
@pytest.mark.parametrize("expected", RECORDINGS, ids=lambda e: e["file"])
def test_a_recording_is_read_exactly(expected: dict[str, Any]) -> None:
    found = inspect(str(SHARED / expected["file"]))
    assert found["rows"] == expected["n_rows"]
    assert found["channels"] == expected["n_channels"]
    assert found["classes"] == expected["class_counts"]
    assert found["kind"] == expected["kind"]
    assert found["channel_names"] == expected.get("channels", ["value"])


@needs_shared
@pytest.mark.parametrize("expected", [e for e in RECORDINGS if "windowing_example" in e], ids=lambda e: e["file"])
def test_a_recording_is_cut_exactly(expected: dict[str, Any]) -> None:
    rule = expected["windowing_example"]
    found = inspect(str(SHARED / expected["file"]), {"window": str(rule["W"]), "step": str(rule["S"])})
    assert found["series"] == rule["n_windows"]
    assert found["classes"] == rule["class_counts"]


@needs_shared
def test_the_side_file_says_what_it_is() -> None:
    with pytest.raises(FileError, match="4 intervals of time"):
        inspect(str(SHARED / "nab_machine_temperature_windows.json"))


@needs_shared
def test_repeated_times_of_the_machine_are_counted() -> None:
    found = inspect(str(SHARED / "nab_machine_temperature.csv"))
    assert {f["code"]: f["count"] for f in found["findings"]}["repeated_times"] == 12
    assert found["sampling_hz"] == pytest.approx(1 / 300)


@needs_shared
def test_a_training_and_a_test_file_keep_their_split() -> None:
    found = open_data([str(SHARED / f"ECG200_{p}.tsv") for p in ("TRAIN", "TEST")])
    assert (found.train.size + found.validation.size, found.test.size) == (100, 100)
