"""How a figure's charts lie on paper: in rows of their kind, legends beside them, never higher than a page."""

from __future__ import annotations

import csv
import io
import math
import textwrap
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from kdviz.core.plain_text import no_formula
from kdviz.figures.chart import Chart
from kdviz.figures.chart_export import on_paper, plot, saved, table

WIDTHS = {1: 3.4, 2: 7.0}
"""Inches of one and of two columns of a paper."""
PAGE = 9.2
"""Inches of a page's text: charts that would reach below it are left out and named."""
ACROSS = {1: (2, 3), 2: (4, 6)}
"""Charts in a row, and maps of one group in a row, by columns of the paper."""
FEW, MOST_ABREAST = 8, 4
"""Classes of a matrix up to which four stand in two columns of a paper, and names in a line of a legend."""
LINE, SMALL, MARK = 0.125, 7, 4.0
DIGIT, NAME = 0.05, 0.11
"""Inches that a digit in a cell, and the name of a class beside it, takes."""
BESIDE = 5.0
"""Inches of a chart from which on its legend stands at its right."""


def group_of(title: str) -> str:
    """What charts of one group have before the colon of their titles; "" for a chart of its own."""
    return title.partition(": ")[0] if ": " in title else ""


def rows_of(charts: Mapping[str, Chart], most: int, of_group: int) -> list[list[str]]:
    """Titles in rows: a group's, or neighbours' of one kind and unit; "" where a last row is shorter."""
    out = []
    for (group, *_), each in groupby(charts, lambda title: _alike(title, charts[title])):
        titles = list(each)
        lines = -(-len(titles) // (of_group if group else most))
        long = -(-len(titles) // lines)
        titles += [""] * (-len(titles) % long)
        out += [titles[start : start + long] for start in range(0, len(titles), long)]
    return out


def _alike(title: str, chart: Chart) -> tuple[str, str, str]:
    return group_of(title), chart["kind"], chart["y"]["label"] if chart["kind"] == "lines" else ""


def sheet(charts: Mapping[str, Chart], caption: str, form: str, columns: int = 2) -> bytes:
    """Several charts by title and their caption on one sheet, one or two columns of a paper wide; or all as CSV."""
    if form == "csv":
        told = io.StringIO()
        csv.writer(told, lineterminator="\n").writerows([["caption", no_formula(caption)]])
        each = [f"\n{no_formula(title)}\n".encode() + table(chart) for title, chart in charts.items()]
        return told.getvalue().encode() + b"".join(each)
    from matplotlib.figure import Figure

    wide, (most, of_group) = WIDTHS[columns], ACROSS[columns]
    if columns > 1 and any(len(chart.get("heads", ())) > FEW for chart in charts.values()):
        most //= 2
    rows, caption = _fitting(charts, rows_of(charts, most, of_group), caption, wide)
    lines, highs = _wrapped(caption, wide), _highs(charts, rows, wide)
    room = LINE * len(lines) + 0.1
    with on_paper():
        figure = Figure(figsize=(wide, sum(highs) + room), layout="constrained")
        parts = figure.subfigures(len(rows) + 1, 1, height_ratios=[*highs, room], squeeze=False)[:, 0]
        for part, row, names in zip(parts, rows, _legends(charts, rows), strict=False):
            _row(part, charts, row, wide, names)
        figure.text(0.01, 0.03 / (sum(highs) + room), "\n".join(lines), fontsize=SMALL, va="bottom")
        return saved(figure, form)


def _wrapped(caption: str, wide: float) -> list[str]:
    return textwrap.wrap(caption, int(wide * 18))


def _fitting(
    charts: Mapping[str, Chart], rows: list[list[str]], caption: str, wide: float
) -> tuple[list[list[str]], str]:
    """Rows that fit on a page, and the caption that names the others: the first row stays, and a group's last."""
    left_out: list[str] = []
    told = caption
    while len(rows) > 1 and sum(_highs(charts, rows, wide)) + LINE * len(_wrapped(told, wide)) + 0.1 > PAGE:
        gone = group_of(rows[1][0])
        away = [row for row in rows[1:] if gone and group_of(row[0]) == gone] or rows[-1:]
        rows = [row for row in rows if row not in away]
        left_out += [gone] if gone else filter(None, away[0])
        told = f"{caption} Left out, since a page is no higher: {', '.join(left_out)}; CSV holds all."
    return rows, told


def _highs(charts: Mapping[str, Chart], rows: Sequence[Sequence[str]], wide: float) -> list[float]:
    """Inches of each row with titles, labels and legend."""
    return [_high(charts, row, wide, names) for row, names in zip(rows, _legends(charts, rows), strict=True)]


def _high(charts: Mapping[str, Chart], row: Sequence[str], wide: float, names: Sequence[str]) -> float:
    chart, each = charts[row[0]], wide / len(row)
    many = len(chart.get("rows") or chart.get("ranks") or ())
    if chart["kind"] in ("intervals", "ranks"):
        return 1.0 + 0.3 * many
    if chart["kind"] == "matrix":
        square = bool(group_of(row[0]) or chart["heads"])
        return (each if square else 0.72 * each) + (0.15 if chart["heads"] else 0.3)
    legend = 0.15 * -(-len(names) // _abreast(names, wide)) + 0.1 if names and each <= BESIDE else 0.0
    return min(max(0.6 * each, 1.5), 2.3) + 0.3 + legend


def _legends(charts: Mapping[str, Chart], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Names by row; none where the next row has the same, below which they stand."""
    each = [
        list(dict.fromkeys(one["name"] for title in filter(None, row) for one in charts[title].get("series", ())))
        for row in rows
    ]
    return [[] if names == after else names for names, after in zip(each, [*each[1:], []], strict=True)]


def _abreast(names: Sequence[str], wide: float) -> int:
    """Names in a line of a legend."""
    return max(1, min(MOST_ABREAST, int(wide / (0.055 * max(map(len, names), default=1) + 0.5))))


def _row(part: Any, charts: Mapping[str, Chart], row: Sequence[str], wide: float, names: Sequence[str]) -> None:
    group, handles = group_of(row[0]), dict[str, Any]()
    for place, title in enumerate(filter(None, row)):
        chart = charts[title]
        axes = part.add_subplot(1, len(row), place + 1)
        plot(axes, chart)
        short = title.removeprefix(f"{group}: ") if group and place else title
        most = max(8, int((wide / len(row) - 0.4) / 0.06))
        short = short.replace(", ", ",\n", 1) if len(short) > most else short
        wrapped = [line for part_ in short.split("\n") for line in textwrap.wrap(part_, most)]
        axes.set_title("\n".join(wrapped), fontsize=SMALL if group else 8,
                       pad=14 if chart.get("marks") else None)  # fmt: skip
        axes.tick_params(labelsize=SMALL)
        _sized(axes, chart, wide / len(row))
        if group:  # axes of a group are alike
            axes.set_xticks([])
            axes.set_yticks([])
            if place:
                axes.set_ylabel("")
        for label in (axes.xaxis.label, axes.yaxis.label, *axes.texts[: len(chart.get("marks", ()))]):
            label.set_fontsize(SMALL)
        axes.set_xlabel("\n".join(textwrap.wrap(axes.get_xlabel(), most)))
        for handle, name in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(name, handle)
        if (legend := axes.get_legend()) is not None:
            legend.remove()
    if names:
        beside = wide / len(row) > BESIDE
        part.legend(
            [handles[name] for name in names], names, frameon=False, fontsize=SMALL, handlelength=2.4,
            loc="outside right upper" if beside else "outside lower center",
            ncols=1 if beside else _abreast(names, wide),
        )  # fmt: skip


def _sized(axes: Any, chart: Chart, each: float) -> None:
    """Marks and words no larger than a chart of so many inches takes: of many classes, numbers and some names go."""
    if chart["kind"] == "points":
        for mark in axes.lines:
            mark.set_markersize(min(mark.get_markersize(), MARK))
    heads = chart.get("heads", ())
    room = (each - 0.4 - 0.06 * max(map(len, heads), default=0)) / max(len(heads), 1)
    if heads and room < DIGIT * max(len(number.get_text()) for number in axes.texts):
        for number in list(axes.texts):
            number.remove()
    if heads and room < NAME:
        shown = range(0, len(heads), math.ceil(NAME / max(room, 0.01)))
        for which in ("x", "y"):
            getattr(axes, f"set_{which}ticks")(shown, [heads[k] for k in shown])
