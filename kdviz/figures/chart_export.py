"""Small charts on paper: the same plain values that the browser draws, as SVG, PDF or PNG, and their numbers as CSV."""

from __future__ import annotations

import csv
import io
import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kdviz.core.plain_text import no_formula
from kdviz.figures.chart import Chart

FIGURE_FORMATS = {"svg": "image/svg+xml", "pdf": "application/pdf", "png": "image/png", "csv": "text/csv"}
MARKS = {
    "circle": "o", "square": "s", "diamond": "D", "up": "^", "down": "v", "cross": "X", "left": "<", "right": ">",
    "star": "*",
}  # fmt: skip
ROOM = 1.8
"""What a logarithmic axis of costs reaches beyond the least and the largest, as a factor."""
SIDE_BY_SIDE = 1.04
"""What a cost is multiplied by from one mark to the next of the same, which would hide each other."""
DOTS = 160
MANY = 120
"""Marks in a chart, from which on they are drawn smaller."""
UNDATED: dict[str, dict[str, Any]] = {"png": {}, "svg": {"Date": None}, "pdf": {"CreationDate": None}}
INK = "#1B2026"
_turn = threading.Lock()


@contextmanager
def on_paper() -> Iterator[None]:
    """Text as text, the same bytes for the same figure; one at a time, since these settings are the process's."""
    from matplotlib import rc_context

    given: Any = {"svg.fonttype": "none", "pdf.fonttype": 42, "svg.hashsalt": "kdviz", "text.parse_math": False}
    with _turn, rc_context(given):
        yield


def figure_bytes(chart: Chart, form: str) -> bytes:
    """The chart in one of FORMATS; text stays text, and the same chart gives the same bytes."""
    return table(chart) if form == "csv" else picture(chart, form)


def picture(chart: Chart, form: str) -> bytes:
    """Drawn for paper, black on white."""
    from matplotlib.figure import Figure

    with on_paper():
        figure = Figure(figsize=(5.6, _height(chart, 3.6)), layout="constrained")
        plot(figure.add_subplot(), chart)
        return saved(figure, form)


def plot(axes: Any, chart: Chart) -> None:
    """The chart on matplotlib axes."""
    _KINDS[chart["kind"]](axes, chart)


def _height(chart: Chart, usual: float) -> float:
    """Inches that a chart needs."""
    rows = len(chart.get("rows") or chart.get("ranks") or ())
    return {"intervals": 1.0 + 0.3 * rows, "ranks": 1.2 + 0.16 * rows}.get(chart["kind"], usual)


def saved(figure: Any, form: str) -> bytes:
    """The figure laid out and written, without a date."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for part in figure.subfigs:
        box = part.bbox_relative
        box.p0, box.p1 = ([round(float(edge), 4) for edge in end] for end in (box.p0, box.p1))
    for axes in figure.axes:  # the layout's solver may differ in the last bit, and names in an SVG hang on it
        axes.set_position([round(float(edge), 4) for edge in axes.get_position().bounds])
    out = io.BytesIO()
    figure.savefig(out, format=form, dpi=DOTS, metadata=UNDATED[form])
    return out.getvalue()


def table(chart: Chart) -> bytes:
    """The numbers of the chart, one mark a row; nothing in it is taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head: tuple[str, ...]
    match chart["kind"]:
        case "intervals":
            head = ("name", "value", "low", "high")
            body = [[r[name] for name in head] for r in chart["rows"]]
        case "ranks":
            head = ("name", "rank")
            body = [[r["name"], r["rank"]] for r in chart["ranks"]]
        case "points":
            head = ("name", "x", "y", "low", "high")
            marks = [(s["name"], p) for s in chart["series"] for p in s["points"]]
            body = [[name, *(p[n] for n in ("x", "y", "low", "high"))] for name, p in marks]
        case "matrix":
            names = chart["heads"] or _middles(chart["x"], max(map(len, chart["cells"]), default=0))
            head = ("row", "column", "value")
            rows = chart["heads"] or _middles(chart["y"], len(chart["cells"]))
            body = [
                [r, c, v]
                for r, cells in zip(rows, chart["cells"], strict=True)
                for c, v in zip(names, cells, strict=False)
            ]
        case _:
            head = ("name", "x", "y")
            body = [[s["name"], *p] for s in chart["series"] for p in s["points"]]
    writer.writerow(head)
    writer.writerows([no_formula(each) if isinstance(each, str) else each for each in row] for row in body)
    return out.getvalue().encode()


def _middles(axis: dict[str, Any], count: int) -> list[float]:
    """Where the cells along an axis lie, in its unit; their numbers where it has none."""
    if "min" not in axis or "max" not in axis:
        return list(range(count))
    low, high = axis["min"], axis["max"]
    return [float(f"{low + (k + 0.5) / count * (high - low):.6g}") for k in range(count)]


def _known(value: float | None) -> float:
    return math.nan if value is None else value


def _axis(axes: Any, which: str, axis: dict[str, Any]) -> None:
    from matplotlib.ticker import FuncFormatter, LogLocator, MaxNLocator, NullFormatter, PercentFormatter

    getattr(axes, f"set_{which}label")(axis["label"])
    if axis.get("log"):
        getattr(axes, f"set_{which}scale")("log")
        line, (low, high) = getattr(axes, f"{which}axis"), getattr(axes, f"get_{which}lim")()
        steps = (1.0, 2.0, 5.0) if high < 1000 * low else (1.0,)
        line.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]) if high < 5 * low else LogLocator(subs=steps))
        line.set_major_formatter(FuncFormatter(lambda v, _: f"{v:,.10g}"))
        line.set_minor_formatter(NullFormatter())
    elif axis.get("format") == "count":
        getattr(axes, f"{which}axis").set_major_locator(MaxNLocator(integer=True))
    form = {"percent": PercentFormatter(1, decimals=None), "points": FuncFormatter(lambda v, _: f"{100 * v:+g}")}
    if axis.get("format") in form:
        getattr(axes, f"{which}axis").set_major_formatter(form[axis["format"]])


def _dash(dash: str) -> Any:
    return (0, tuple(float(n) / 2 for n in dash.split())) if dash else "solid"


def _lines(axes: Any, chart: Chart) -> None:
    for one in chart["series"]:
        x, y = [p[0] for p in one["points"]], [_known(p[1]) for p in one["points"]]
        axes.plot(x, y, color=one["colour"], linestyle=_dash(one["dash"]), linewidth=one["width"] * 0.7,
                  label=one["name"])  # fmt: skip
    for mark in chart["marks"]:
        axes.axvline(mark["x"], color=INK, linestyle=":", linewidth=0.8)
        axes.text(
            mark["x"], 1, mark["label"], transform=axes.get_xaxis_transform(), va="bottom", ha="center", fontsize=8
        )
    _axis(axes, "x", chart["x"])
    _axis(axes, "y", chart["y"])
    axes.legend(frameon=False, fontsize=8)


def _points(axes: Any, chart: Chart) -> None:
    every = [p["x"] for one in chart["series"] for p in one["points"]]
    size, middle = 6.0 if len(every) <= MANY else 2.4, (len(chart["series"]) - 1) / 2
    apart = SIDE_BY_SIDE if chart["x"].get("log") and chart["front"] and len(set(every)) < len(every) else 1.0
    for k, one in enumerate(chart["series"]):
        aside = apart ** (k - middle)
        x, y = [p["x"] * aside for p in one["points"]], [_known(p["y"]) for p in one["points"]]
        axes.plot(x, y, MARKS[one["symbol"]], color=one["colour"], label=one["name"], markersize=size)
        for p in one["points"]:
            if p["low"] is not None:
                axes.plot([p["x"] * aside] * 2, [p["low"], _known(p["high"])], color=one["colour"], linewidth=1)
    if chart["x"].get("log") and every:  # marks side by side must not look like other costs
        axes.set_xlim(min(every) / ROOM, max(every) * ROOM)
    if chart["front"]:
        across, up = zip(*chart["front"], strict=True)
        axes.step(across, up, where="post", color=INK, linestyle="--", linewidth=0.8)
    _axis(axes, "x", chart["x"])
    _axis(axes, "y", chart["y"])
    axes.legend(frameon=False, fontsize=8)


def _intervals(axes: Any, chart: Chart) -> None:
    for place, row in enumerate(chart["rows"]):
        if row["low"] is not None:
            axes.plot([row["low"], row["high"]], [place] * 2, "|-", color=row["colour"], linewidth=1.4)
        axes.plot(_known(row["value"]), place, "s" if row["firm"] else "o", color=row["colour"])
    if chart["zero"]:
        axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(range(len(chart["rows"])), [row["name"] for row in chart["rows"]])
    axes.set_ylim(len(chart["rows"]) - 0.5, -0.5)
    _axis(axes, "x", chart["x"])


def _ranks(axes: Any, chart: Chart) -> None:
    """Names over their average ranks, a bar over those that cannot be told apart (Demsar 2006)."""
    where = {one["name"]: one["rank"] for one in chart["ranks"]}
    for place, one in enumerate(chart["ranks"]):
        axes.plot(one["rank"], 0, "o", color=one["colour"], clip_on=False)
        axes.annotate(f"{one['name']} {one['rank']:.2f}", (one["rank"], 0), (one["rank"], -1 - place),
                      ha="center", fontsize=8, arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
    for level, group in enumerate(chart["groups"]):
        at = [where[name] for name in group]
        axes.plot([min(at) - 0.05, max(at) + 0.05], [0.5 + 0.4 * level] * 2, color=INK, linewidth=3)
    axes.set_ylim(-1.5 - len(where), 1 + 0.4 * len(chart["groups"]))
    axes.set_xlim(0.8, len(where) + 0.2)
    axes.set_xlabel("average rank, 1 is best")
    axes.set_yticks([])
    axes.spines[["left", "right", "top"]].set_visible(False)


def _matrix(axes: Any, chart: Chart) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    cells = [[_known(v) for v in row] for row in chart["cells"]]
    shades = LinearSegmentedColormap.from_list("kdviz", chart["colours"])
    heads, x, y = chart["heads"], chart["x"], chart["y"]
    ends = (x.get("min"), x.get("max"), y.get("max"), y.get("min"))
    extent = None if heads or None in ends else ends
    axes.imshow(cells, cmap=shades, vmin=chart["low"], vmax=chart["high"], aspect="auto", extent=extent,
                        interpolation="nearest")  # fmt: skip
    if heads:
        axes.set_xticks(range(len(heads)), heads, rotation=40, ha="right")
        axes.set_yticks(range(len(heads)), heads)
        middle = (chart["low"] + chart["high"]) / 2
        for row, each in enumerate(cells):
            for column, value in enumerate(each):
                ink = "white" if value < middle else INK
                axes.text(column, row, f"{value:g}", ha="center", va="center", fontsize=6, color=ink)
    for left, right, low, high in chart.get("frames", ()):
        around = ((left, right, right, left, left), (low, low, high, high, low))
        for ink, wide in (("white", 2.4), (INK, 1.2)):
            axes.plot(*around, color=ink, linewidth=wide, scalex=False, scaley=False)
    axes.set_xlabel(x["label"])
    axes.set_ylabel(y["label"])


_KINDS = {"matrix": _matrix, "lines": _lines, "points": _points, "intervals": _intervals, "ranks": _ranks}
