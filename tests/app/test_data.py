"""The Data page: what is looked at, and what was read."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.data.sources.samples import names
from tests.app.conftest import ROOT, Opener, words

UCR = "\n".join(
    f"{1 + n % 2}\t" + "\t".join(f"{(n % 2) * (t % 5) + 0.01 * n + 0.1 * t:.3f}" for t in range(24)) for n in range(40)
)
WEAR = "subject,time,ax,ay,activity\n" + "".join(
    f"s{n // 600},{n / 50:.2f},{(n % 37) / 9:.3f},{(n % 23) / 7:.3f},{('sit', 'walk', 'run')[n // 100 % 3]}\n"
    for n in range(1200)
)
NASTY = "![a](http://evil.example/x.png)"


def dropped(test: AppTest, name: str, content: bytes) -> AppTest:
    test.file_uploader[0].upload(name, content, "application/octet-stream")
    test.run()
    assert not test.exception
    return test


def metrics(test: AppTest) -> dict[str, str]:
    return {m.label: m.value for m in test.metric}


def test_without_a_file_a_sample_is_shown_and_said_to_be_one(page: Opener) -> None:
    test = page("data")
    assert "Showing GunPoint, an example data set" in words(test)
    first = {"Series": "200", "Classes": "2", "Channels": "1", "Samples each": "150", "Sampling rate": "unknown"}
    assert metrics(test) == first
    other = metrics(page("data", data="basic_motions"))
    assert other["Channels"] == "6" and other["Sampling rate"] == "10 Hz"


@pytest.mark.parametrize("name", names())
def test_every_sample_can_be_looked_at_by_its_link(name: str, page: Opener) -> None:
    assert f"Showing {names()[name].title}" in words(page("data", data=name))


def test_a_dropped_file_is_read_explained_and_in_the_link(page: Opener) -> None:
    test = dropped(page("data"), "mine.tsv", UCR.encode())
    said = words(test)
    assert "UCR text" in said and "40 series" in said and "24 samples" in said and "2 classes" in said
    identity = test.query_params["data"]
    assert len(identity) == 64
    assert "Showing mine" in words(page("data", data=identity))


def test_a_training_and_a_test_file_dropped_together_are_one_data_set_whatever_their_order(page: Opener) -> None:
    lines = UCR.split("\n")
    both = [("toy TRAIN.tsv", "\n".join(lines[:25]).encode()), ("toy TEST.tsv", "\n".join(lines[25:]).encode())]
    found = []
    for files in (both, both[::-1]):
        test = page("data")
        test.file_uploader[0].set_value([(name, content, "text/plain") for name, content in files])
        test.run()
        assert not test.exception
        said = words(test)
        assert "Showing toy" in said and "are one data set" in said, said
        found.append(test.query_params["data"])
    assert found[0] == found[1]


def test_two_files_of_one_name_are_refused_in_a_sentence(page: Opener) -> None:
    test = page("data")
    test.file_uploader[0].set_value([("a.tsv", UCR.encode(), "text/plain"), ("a.tsv", WEAR.encode(), "text/plain")])
    test.run()
    assert not test.exception and "Two of these files are called" in words(test)


def by_end(widgets: Sequence[Any], end: str) -> Any:
    return next(w for w in widgets if w.key and w.key.endswith(end))


def pressed(test: AppTest, label: str) -> AppTest:
    next(b for b in test.button if b.label == label).click().run()
    assert not test.exception
    return test


def test_a_file_can_be_read_in_another_way_and_is_read_so_the_next_time(page: Opener) -> None:
    test = dropped(page("data"), "mine.tsv", UCR.encode())
    by_end(test.selectbox, "_label").set_value("-")
    pressed(test, "Read again")
    assert metrics(test)["Classes"] == "0" and metrics(test)["Samples each"] == "25"
    assert test.query_params["map"] == "label=-" and "--label -" in words(test)
    assert metrics(dropped(page("data"), "mine.tsv", UCR.encode()))["Classes"] == "0"
    pressed(test, "Auto-detect")
    assert metrics(test)["Classes"] == "2" and "map" not in test.query_params


def test_the_mapping_of_a_link_is_used_for_the_file_that_is_dropped(page: Opener) -> None:
    test = page("data", data="0" * 64, map="label=-")
    assert metrics(dropped(test, "of_a_link.tsv", (UCR + "\n").encode()))["Classes"] == "0"


def test_windows_are_counted_while_their_length_is_chosen(page: Opener) -> None:
    test = dropped(page("data"), "wear.csv", WEAR.encode())
    assert "50 Hz" in metrics(test).values()
    by_end(test.number_input, "_window_samples").set_value(100)
    by_end(test.number_input, "_step_samples").set_value(50).run()
    assert "**22 windows** of 100 samples, one every 50. walk 12, sit 6, run 4." in words(test)
    by_end(test.button_group, "_rule").set_value("whole").run()
    assert "**12 windows**" in words(test) and metrics(test)["Series"] != "12"
    pressed(test, "Apply")
    assert metrics(test) | {"Series": "12", "Samples each": "100"} == metrics(test)
    assert "Windows overlap by 50" in words(test) and "--window 100 --step 50 --set rule=whole" in words(test)


def test_lengths_may_be_in_seconds_and_sets_are_cut_by_subject(page: Opener) -> None:
    test = dropped(page("data"), "wear.csv", WEAR.replace("0.00,0.000", "0.00,0.001").encode())
    by_end(test.button_group, "_unit").set_value("seconds").run()
    by_end(test.number_input, "_window_seconds").set_value(2.0)
    by_end(test.number_input, "_step_seconds").set_value(1.0).run()
    assert "**22 windows** of 100 samples, one every 50." in words(test)
    pressed(test, "Apply")
    assert "--window 2s --step 1s" in words(test) and metrics(test)["Series"] == "22"
    by_end(test.button_group, "_split").set_value("stratified")
    pressed(test, "Split again")
    assert "neighbours are in training and test" in words(test).replace("\\", "")
    pressed(test, "Split by subject")
    assert "are cut by subjects" in words(test).replace("\\", "") and "split=group" in test.query_params["map"]


def test_a_finding_has_its_remedies_and_none_is_applied_unasked(page: Opener) -> None:
    cells = [line.split("\t") for line in UCR.splitlines()]
    cells[3][5] = "NaN"
    test = dropped(page("data"), "holes.tsv", "\n".join("\t".join(c) for c in cells).encode())
    assert "filled on straight lines" in words(test)
    pressed(test, "Drop those series")
    assert metrics(test)["Series"] == "39" and test.query_params["map"] == "missing=drop"


def test_a_broken_file_can_be_mended_where_it_is_refused(page: Opener) -> None:
    rows = "\n".join("ab"[n % 2] + "".join(f",{(n * t) % 7}.5" for t in range(20 + n % 3)) for n in range(30))
    test = dropped(page("data"), "ragged.csv", rows.encode())
    assert "Line 1 has 21 values" in test.error[0].value and "Showing GunPoint" in words(test)
    pressed(test, "Fill short lines up")
    assert not test.error and metrics(test)["Series"] == "30" and "Lengths differ" in words(test)


def test_the_copied_python_and_the_copied_flags_read_the_same(page: Opener, tmp_path: Path) -> None:
    test = dropped(page("data"), "wear.csv", WEAR.encode())
    by_end(test.number_input, "_window_samples").set_value(60).run()
    pressed(test, "Apply")
    (tmp_path / "wear.csv").write_text(WEAR)
    code, line = (c.value for c in test.code)
    run = {"cwd": tmp_path, "capture_output": True, "text": True, "check": True,
           "env": {**os.environ, "PYTHONPATH": str(ROOT)}}  # fmt: skip
    said = subprocess.run([sys.executable, "-c", f"{code}\nprint(data.sha256)"], **run).stdout.strip()
    flags = shlex.split(line)[3:]
    facts = subprocess.run([sys.executable, "-m", "kdviz", *flags, "--json"], **run).stdout
    assert said == json.loads(facts)["sha256"] == test.query_params["data"]


def test_a_file_that_cannot_be_read_says_why_and_leaves_what_was_shown(page: Opener) -> None:
    test = dropped(page("data"), "photo.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert len(test.error) == 1 and "Traceback" not in test.error[0].value
    assert "Showing GunPoint" in words(test)
    assert len(test.run().error) == 1


def test_names_in_a_file_are_text(page: Opener) -> None:
    rows = "\n".join(f"{NASTY},{','.join(str(n * t % 7) for t in range(12))}" for n in range(6))
    test = dropped(page("data"), f"{NASTY}.csv", rows.encode())
    assert "![a](" not in words(test)


def test_another_data_set_may_have_fewer_series_and_channels(page: Opener) -> None:
    test = page("data", data="gunpoint", i="199")
    test.number_input(key="i").set_value(150).run()
    test.button_group(key="sample").set_value("coffee").run()
    assert not test.exception and test.number_input(key="i").value == 0


def test_arrows_go_round_the_ends(page: Opener) -> None:
    test = page("data", data="coffee")
    test.button(key="before").click().run()
    assert test.number_input(key="i").value == 55
    test.button(key="after").click().run()
    assert test.number_input(key="i").value == 0


def test_a_link_to_data_that_is_not_here_says_so_and_offers_a_sample(page: Opener) -> None:
    test = page("data", data="0" * 64)
    assert "This link needs" in words(test) and "000000" in words(test)
    test.button(key="sample_instead").click().run()
    assert "Showing GunPoint" in words(test)
