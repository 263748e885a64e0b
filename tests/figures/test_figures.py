"""Figures hold the numbers they were given, lightly, and take no name for markup."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from kdviz.figures import images, series
from kdviz.figures.palette import label
from kdviz.figures.series import spark

rng = np.random.default_rng(0)
NASTY = '<a href="http://evil">x</a>'
VALUES = rng.standard_normal((30, 50)).astype(np.float32)
TIMES = np.arange(50) / 10
Y = np.arange(30) % 3


def figures(name: str = "channel") -> dict[str, go.Figure]:
    born, died = np.array([3, 9]), np.array([5, 40])
    return {
        "stacked": series.stacked(TIMES, VALUES[:6], [name] * 6, "seconds"),
        "one": series.stacked(TIMES, VALUES[:1], [name], "seconds"),
        "by class": series.by_class(TIMES, VALUES, Y, [name, "b", "c"], "seconds"),
        "counts": series.counts(Y, [name, "b", "c"], {"train": np.arange(20), "test": np.arange(20, 30)}),
        "plane": images.plane(VALUES, name, ("pixel", "pixel"), (-3, 3)),
        "diagram": images.diagram({name: (VALUES[0, born], VALUES[0, died], born, died)}),
    }


@pytest.mark.parametrize("kind", figures())
def test_a_name_from_a_file_is_never_markup(kind: str) -> None:
    drawn = figures(NASTY)[kind].to_json()
    assert "<a" not in drawn and NASTY not in json.dumps(json.loads(drawn))


@pytest.mark.parametrize("kind", figures())
def test_numbers_travel_as_packed_arrays(kind: str) -> None:
    for trace in json.loads(figures()[kind].to_json())["data"]:
        for name in ("x", "y", "z"):
            given = trace.get(name)
            assert given is None or isinstance(given, dict), (kind, name)
            assert name != "z" or given is None or given["dtype"] == "f4"


def test_the_mean_of_a_class_is_its_mean() -> None:
    drawn = figures()["by class"]
    thick = [t for t in drawn.data if t.line.width > 2]
    assert [t.name for t in thick] == ["channel", "b", "c"]
    for k, trace in enumerate(thick):
        np.testing.assert_allclose(np.asarray(trace.y), VALUES[k == Y].mean(0), rtol=1e-5)


def test_lines_of_a_class_are_some_of_its_series_each_followed_by_a_gap() -> None:
    thin = figures()["by class"].data[0]
    lines = np.asarray(thin.y).reshape(-1, 51)
    assert np.isnan(lines[:, -1]).all() and np.isfinite(lines[:, :-1]).all()
    assert {tuple(line[:-1]) for line in lines} <= {tuple(row) for row in VALUES[Y == 0]}


def test_bars_count_every_series_once() -> None:
    assert sum(int(np.asarray(bar.x).sum()) for bar in figures()["counts"].data) == 30


def test_images_with_signs_share_a_symmetric_scale_and_others_start_at_zero() -> None:
    assert images.scale([np.array([[-1.0, 3.0]]), np.array([[-5.0]])]) == (-5.0, 5.0)
    assert images.scale([np.array([[0.5, 3.0]])]) == (0.0, 3.0)
    assert images.scale([np.zeros((2, 2))]) == (0.0, 1.0)


def test_a_matrix_starts_at_the_top_and_a_diagram_at_the_bottom() -> None:
    upright = images.plane(VALUES, "x", ("a", "b"), (0, 1), upright=True)
    assert figures()["plane"].layout.yaxis.autorange == "reversed" and upright.layout.yaxis.autorange is True


def test_an_image_in_words_names_its_highest_point() -> None:
    plane = np.zeros((4, 5))
    plane[2, 3] = 7
    assert images.image_sentence(plane, "GAF") == "GAF: 4 by 5, from 0 to 7, highest at row 2, column 3."


def test_every_figure_leaves_room_that_it_has_said() -> None:
    for name, drawn in figures().items():
        assert drawn.layout.height and drawn.layout.margin.t is not None, name


def test_a_spark_is_a_drawing_of_every_line_within_its_frame() -> None:
    drawn = spark(VALUES[:3])
    assert drawn.count("<polyline") == 3 and drawn.startswith("<svg") and "nan" not in drawn
    assert "nan" not in spark(np.zeros((1, 5)))


def test_a_label_is_short_and_harmless() -> None:
    assert label("a<b>&\n" + "x" * 90).startswith("a&lt;b&gt;&amp; x") and "…" in label("x" * 90)


def test_a_sweep_is_a_map_whose_open_cells_are_told_by_their_state() -> None:
    cells = [images.MapCell(m, str(s), None if s == 1 else 0.5 + s / 10, "failed" if m == "kd" else "queued")
             for m in ("kd", "aver") for s in range(3)]  # fmt: skip
    figure = images.sweep_map(cells, "seed", "accuracy")
    scores, *states = [trace for trace in figure.data if trace.type == "heatmap"]
    assert np.isnan(scores.z[:, 1]).all() and scores.z[1, 2] == np.float32(0.7)
    assert [trace.name for trace in figure.data if trace.type == "scatter"] == ["failed", "queued"]
    assert [np.argwhere(trace.z == 1).tolist() for trace in states] == [[[0, 1]], [[1, 1]]]
