"""The Data page: what is looked at, and what was read."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.data.samples import names
from tests.app.conftest import Opener, words

UCR = "\n".join(
    f"{1 + n % 2}\t" + "\t".join(f"{(n % 2) * (t % 5) + 0.01 * n + 0.1 * t:.3f}" for t in range(24)) for n in range(40)
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
    assert "Showing BasicMotions, a sample" in words(test)
    assert metrics(test) == {
        "Series": "80", "Classes": "4", "Channels": "6", "Samples each": "100", "Sampling rate": "10 Hz",
    }  # fmt: skip


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


def test_a_file_can_be_read_in_another_way(page: Opener) -> None:
    test = dropped(page("data"), "mine.tsv", UCR.encode())
    test.text_input(key=next(t.key for t in test.text_input if t.key.endswith("_label"))).set_value("-")
    next(b for b in test.button if b.label == "Read again").click().run()
    assert not test.exception
    assert metrics(test)["Classes"] == "0" and metrics(test)["Samples each"] == "25"


def test_a_file_that_cannot_be_read_says_why_and_leaves_what_was_shown(page: Opener) -> None:
    test = dropped(page("data"), "photo.png", b"\x89PNG\r\n\x1a\n" + bytes(100))
    assert len(test.error) == 1 and "Traceback" not in test.error[0].value
    assert "Showing BasicMotions" in words(test)
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


def test_a_link_to_data_that_is_not_here_says_so_and_shows_a_sample(page: Opener) -> None:
    said = words(page("data", data="0" * 64))
    assert "Showing BasicMotions" in said and "000000" in said
