"""The Encode page: a series, what a modality makes of it, and the line that does the same."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from kdviz.data.sources.samples import load
from kdviz.modalities.base import modalities, modality
from tests.app.conftest import Opener, words


def drawn(test: AppTest, number: int) -> dict[str, Any]:
    return dict(json.loads(test.get("plotly_chart")[number].proto.spec))


def unpacked(given: dict[str, Any]) -> np.ndarray[Any, Any]:
    flat = np.frombuffer(base64.b64decode(given["bdata"]), np.dtype(given["dtype"]))
    return flat.reshape([int(n) for n in given["shape"].split(",")]) if "shape" in given else flat


@pytest.mark.parametrize("name", modalities())
def test_every_modality_is_drawn_and_says_what_it_forgets(name: str, page: Opener) -> None:
    test = page("encode", to=name, data="gunpoint")
    assert len(test.get("plotly_chart")) >= 2
    assert "What this view forgets" in words(test)


def test_the_picture_is_what_the_modality_sees(page: Opener) -> None:
    test = page("encode", data="gunpoint", i="7", to="gaf", gaf_size="24")
    data, eye = load("gunpoint"), modality("gaf", {"size": 24})
    eye.fit(data.X[data.train])
    shown = [unpacked(drawn(test, n)["data"][0]["z"]) for n in (1, 2)]
    np.testing.assert_allclose(np.stack(shown), eye.see(data.X[7:8])[0], atol=1e-6)


def test_a_series_that_shows_nearly_nothing_is_one_click_from_being_seen(page: Opener) -> None:
    test = page("encode", data="basic_motions", i="0")
    assert "nearly even" in words(test)
    test.button(key="mend_gaf").click().run()
    assert not test.exception and test.query_params["gaf_range"] == "window" and "nearly even" not in words(test)
    assert not [button for button in test.button if button.key == "mend_gaf"]


def test_the_channel_that_is_asked_for_is_drawn(page: Opener) -> None:
    test = page("encode", data="basic_motions", i="3", to="signal")
    test.selectbox(key="ch").set_value("4").run()
    np.testing.assert_array_equal(unpacked(drawn(test, 0)["data"][0]["y"]), load("basic_motions").X[3, 4])


def test_valleys_lie_above_the_diagonal_and_peaks_below(page: Opener) -> None:
    test = page("encode", data="gunpoint", to="persistence")
    _, valleys, peaks = drawn(test, len(test.get("plotly_chart")) - 1)["data"]
    assert (unpacked(valleys["y"]) > unpacked(valleys["x"])).all()
    assert (unpacked(peaks["y"]) < unpacked(peaks["x"])).all()


def test_the_line_for_the_shell_says_what_differs_from_the_defaults(page: Opener) -> None:
    assert (
        page("encode", data="coffee").code[0].value == "python -m kdviz encode sample:coffee --to gaf --out views.npz"
    )
    test = page("encode", data="coffee", gaf_size="64", gaf_kind="gasf")
    assert test.code[0].value.endswith("--to gaf --out views.npz --set size=64 kind=gasf")


def test_a_link_that_names_no_modality_shows_the_first(page: Opener) -> None:
    assert page("encode", to="nonsense").button_group(key="to").value == "gaf"


@pytest.mark.parametrize(
    ("data", "said"), [("gunpoint", "samples, 20 to 40, from"), ("basic_motions", "from 2 to 4 s")]
)
def test_a_stretch_is_shown_alone_with_its_numbers(page: Opener, data: str, said: str) -> None:
    test = page("encode", data=data, i="3")
    test.slider(key="b").set_value((20, 40)).run()
    assert not test.exception
    assert said in words(test) and f"mean {load(data).X[3, 0, 20:41].mean():.3g}." in words(test)
