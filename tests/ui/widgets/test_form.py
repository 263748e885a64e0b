"""Any knob becomes a widget, and what it says is within its bounds."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.core.params import Knob, knobs
from kdviz.ui.widgets.form import title

KNOBS = [
    Knob("share", "number", 0.5, "how much", 0, 1, 0.05),
    Knob("rate", "number", 0.001, "", 1e-6, 1.0),
    Knob("size", "integer", 5, "", 1, 9),
    Knob("seed", "integer", 0, "", 0, 99999),
    Knob("how", "choice", "mean", "", options=("mean", "max")),
    Knob("which", "choice", "n1", "", options=tuple(f"n{i}" for i in range(9))),
    Knob("on", "switch", True),
    Knob("column", "text", "", high=20),
]


def form(asked):  # type: ignore[no-untyped-def]  # its source runs alone, as a page
    import streamlit as st

    from kdviz.ui.widgets.form import ask

    st.session_state["said"] = ask(asked, "p_", bind="query-params")


def said(link: dict[str, str], asked: list[Knob] | None = None) -> dict[str, Any]:
    test = AppTest.from_function(form, args=(asked or KNOBS,), default_timeout=30)
    for name, value in link.items():
        test.query_params[f"p_{name}"] = value
    test.run()
    assert not test.exception
    return dict(test.session_state["said"])


def test_an_untouched_form_says_the_defaults() -> None:
    assert said({}) == {k.name: k.default for k in KNOBS}


def test_a_link_fills_the_form() -> None:
    link = {"share": "0.25", "rate": "0.01", "size": "7", "seed": "17", "how": "max", "which": "n3", "on": "false"}
    wanted = {
        "share": 0.25,
        "rate": 0.01,
        "size": 7,
        "seed": 17,
        "how": "max",
        "which": "n3",
        "on": False,
        "column": "",
    }
    assert said(link) == wanted


@pytest.mark.parametrize("name, value", [
    ("share", "9"), ("rate", "nan"), ("size", "0"), ("seed", "-1"), ("how", "zz"), ("which", ""), ("on", "maybe"),
])  # fmt: skip
def test_a_link_that_lies_changes_nothing(name: str, value: str) -> None:
    assert said({name: value}) == {k.name: k.default for k in KNOBS}


def test_every_knob_of_every_modality_and_of_the_mapping_can_be_asked() -> None:
    from kdviz.data.mapping import Mapping
    from kdviz.modalities.base import modalities

    for params in [Mapping, *(m.Params for m in modalities().values())]:
        asked = list(knobs(params))
        assert said({}, asked) == {k.name: k.default for k in asked}


def test_a_knobs_name_is_written_for_people() -> None:
    assert title("kd_share") == "Kd share"
