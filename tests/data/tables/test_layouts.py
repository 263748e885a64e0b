"""Whatever a file looks like, its series, channels, classes and clock are found."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest

from kdviz.core.errors import UserError
from kdviz.data.mapping import Mapping, mapping_from
from kdviz.data.raw import File
from kdviz.data.sources import parser_child
from kdviz.data.sources.file_facts import of_file
from tests.data.readers import habits
from tests.data.tables import layouts


def facts(name: str, data: bytes, **mapping: str) -> dict[str, Any]:
    chosen = mapping_from(mapping)
    return of_file(parser_child.opened([File(name, data)], chosen), chosen)


EVERY = layouts.FILES | habits.FILES


@pytest.mark.parametrize("name", EVERY)
def test_a_layout_is_understood_without_help(name: str) -> None:
    data, expected = EVERY[name]
    found = facts(name, data)
    found |= {"classes": len(found["classes"]), "test": found["splits"]["test"], "hz": found["sampling_hz"]}
    if "hz" in expected:
        assert found["hz"] == pytest.approx(expected["hz"], rel=1e-3)
    assert {k: found[k] for k in expected if k != "hz"} == {k: v for k, v in expected.items() if k != "hz"}
    assert found["why"]


@pytest.mark.parametrize("ending", ["", ".dat", ".csv", ".png"])
def test_the_content_decides_whatever_the_name_says(ending: str) -> None:
    for name in ("multivariate.ts", "channels_first.npz", "lists.parquet", "night.edf", "whole.wav", "arrays.json"):
        data, expected = layouts.FILES[name]
        assert facts("file" + ending, data)["channels"] == expected["channels"]


def test_values_survive_every_layout() -> None:
    same = [
        "ucr_2018.tsv",
        "named_last.csv",
        "words_first.csv",
        "decimal_comma.csv",
        "bars.csv",
        "utf16.csv",
        "quoted.csv",
    ]
    same += ["one_hot.npz", "wide.parquet", "x_and_y.mat", "arrays.json", "lines.jsonl", "univariate.ts", "ucr.tsv.gz"]
    for name in same:
        found = parser_child.opened([File(name, layouts.FILES[name][0])], Mapping()).dataset
        np.testing.assert_allclose(found.X[:, 0], layouts.X, rtol=2e-5, atol=1e-5, err_msg=name)
        assert [found.classes[i][-1] for i in found.y] == [
            str(y + int(name in ("ucr_2018.tsv", "ucr.tsv.gz"))) for y in layouts.Y
        ], name


def test_a_subject_column_becomes_groups_and_never_straddles() -> None:
    found = parser_child.opened([File("a.npz", layouts.FILES["named_channels.npz"][0])], Mapping()).dataset
    assert found.groups is not None
    assert not set(found.groups[found.train]) & set(found.groups[found.test])
    assert found.channels == ("a", "b", "c")


def test_a_training_and_a_test_file_are_one_data_set() -> None:
    train, test = (
        File(f"G_{p}.tsv", layouts.ucr(s).encode()) for p, s in (("TRAIN", slice(20)), ("TEST", slice(20, 30)))
    )
    found = parser_child.opened([test, train], Mapping()).dataset
    assert found.test.tolist() == list(range(20, 30))
    assert found.train.size + found.validation.size == 20


def test_windows_of_a_recording_in_parts_keep_their_part() -> None:
    names = ("datatraining.txt", "datatest.txt")
    parts = [File(n, layouts.clocked(slice(i * 200, i * 200 + 200)).encode()) for i, n in enumerate(names)]
    found = parser_child.opened(parts, mapping_from({"window": "50"})).dataset
    assert found.series == 8
    assert found.groups is not None


def test_a_column_can_be_named_in_three_ways() -> None:
    data = layouts.text(
        [["first", "b", "c"], *([i % 2, f"{v:.3f}", f"{v:.2f}"] for i, v in enumerate(layouts.C[0]))]
    ).encode()
    for label in ("first", "#1", "FIRST"):
        assert facts("a.csv", data, label=label)["classes"] == {"0": 200, "1": 200}


def test_a_wrong_guess_can_be_corrected() -> None:
    data = layouts.FILES["named_last.csv"][0]
    found = facts("a.csv", data, layout="tall", label="y")
    assert (found["rows"], found["channels"]) == (30, 50)
    assert facts("a.csv", data, label="-", ignore="y")["classes"] == {}
    assert facts("tall.csv", layouts.FILES["tall.csv"][0], channels="az,ax")["channel_names"] == ["az", "ax"]


def test_axes_follow_the_mapping() -> None:
    data = layouts.FILES["channels_last.npz"][0]
    assert facts("a.npz", data, axes="NCT")["channels"] == 50


def test_what_was_read_can_be_changed() -> None:
    found = facts("a.csv", layouts.FILES["decimal_comma.csv"][0])
    assert found["read_with"] == {"separator": ";", "header": "yes", "decimal": ","}
    assert found["column_names"][:2] == ["label", "t0"] and found["columns"] == {"label": "label"}
    assert facts("a.csv", layouts.FILES["decimal_comma.csv"][0], **found["read_with"])["sha256"] == found["sha256"]


def test_a_file_of_the_archive_can_be_chosen() -> None:
    data = layouts.zipped({"a.csv": layouts.ucr(slice(12)), "b.csv": layouts.ucr(slice(12, 30))})
    with pytest.raises(UserError, match="Choose one with member=NAME"):
        facts("a.zip", data)
    assert facts("a.zip", data, member="b.csv")["series"] == 18
    with pytest.raises(UserError, match=r"There is: a\.csv, b\.csv"):
        facts("a.zip", data, member="c.csv")


def test_thousands_are_not_decimals() -> None:
    lines = "\n".join(f'{i / 50:.2f},"{1000 + i:,}",{i % 7}.5' for i in range(60))
    found = parser_child.opened([File("a.csv", f"time,steps,x\n{lines}\n".encode())], mapping_from({"window": "60"}))
    assert found.dataset.X[0, 0, :3].tolist() == [1000.0, 1001.0, 1002.0]


def test_a_label_that_is_measured_is_no_class() -> None:
    rows = [[f"{v:.3f}" for v in x] + [f"{x.sum():.4f}"] for x in layouts.X]
    found = facts("a.csv", layouts.text([[*layouts.NAMES, "target"], *rows]).encode())
    assert found["classes"] == {}


@pytest.mark.parametrize("labels", ["npy", "csv"])
def test_classes_may_lie_in_an_array_or_a_text_of_their_own(labels: str) -> None:
    values, classes = np.random.default_rng(0).normal(size=(12, 3, 40)).astype("f4"), np.arange(12) % 3
    series, other = io.BytesIO(), io.BytesIO()
    np.save(series, values)
    np.save(other, classes)
    text = "\n".join(map(str, classes)).encode()
    files = [File("X.npy", series.getvalue()), File(f"y.{labels}", other.getvalue() if labels == "npy" else text)]
    found = of_file(parser_child.opened(files, mapping_from({})), mapping_from({}))
    assert found["series"] == 12 and found["channels"] == 3 and found["classes"] == {"0": 4, "1": 4, "2": 4}
