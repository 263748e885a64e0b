"""Small charts on paper hold the numbers that the browser shows."""

from __future__ import annotations

import pytest

from kdviz.figures.chart import Axis, Bar, Chart, Line, Point, intervals, lines, points, ranks
from kdviz.figures.chart_export import figure_bytes

CHARTS: dict[str, Chart] = {
    "lines": lines([Line("=one", [1, 2], [0.5, float("nan")], "#000")], Axis("epoch"), Axis("loss"), "a", {1.5: "x"}),
    "points": points(
        {"kd": [Point(10, 0.9, "t", 0.8, 1.0), Point(30, 0.8, "t")], "at": [Point(20, 0.95, "t")]},
        Axis("weights", log=True), Axis("accuracy", "percent"), "a", front=True,
    ),
    "intervals": intervals(
        [Bar("kd", 0.9, 0.8, 1.0, "t", "#000"), Bar("at", None, None, None, "t", "#000")], Axis("points", "points"),
        "a", zero=True,
    ),
    "ranks": ranks({"kd": 1.2, "at": 1.8, "sp": 3.0}, [["kd", "at"]], {}, "a"),
}  # fmt: skip


@pytest.mark.parametrize("kind", CHARTS)
def test_every_kind_is_drawn_with_text_as_text_and_the_same_bytes(kind: str) -> None:
    svg = figure_bytes(CHARTS[kind], "svg")
    assert svg == figure_bytes(CHARTS[kind], "svg") and b"<text" in svg
    assert (b">kd<" in svg or b"kd 1.20" in svg) == (kind != "lines") and b"mathdefault" not in svg
    assert (b">20<" in svg) == (kind == "points")
    assert figure_bytes(CHARTS[kind], "pdf").startswith(b"%PDF") and figure_bytes(CHARTS[kind], "png").startswith(
        b"\x89PNG"
    )


def test_the_numbers_are_those_of_the_chart_and_no_formula() -> None:
    assert figure_bytes(CHARTS["lines"], "csv").decode().splitlines() == ["name,x,y", "'=one,1,0.5", "'=one,2,"]
    assert figure_bytes(CHARTS["points"], "csv").decode().splitlines()[1:] == [
        "kd,10,0.9,0.8,1.0",
        "kd,30,0.8,,",
        "at,20,0.95,,",
    ]
    assert figure_bytes(CHARTS["intervals"], "csv").decode().splitlines()[1:] == ["kd,0.9,0.8,1.0", "at,,,"]
    assert figure_bytes(CHARTS["ranks"], "csv").decode().splitlines()[1] == "kd,1.2"
