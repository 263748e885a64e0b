"""How a figure's charts lie on paper: in rows of their kind, legends beside them, never higher than a page."""

from __future__ import annotations

import csv
import io
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
LINE, SMALL = 0.125, 7
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

    wide = WIDTHS[columns]
    rows, caption = _fitting(charts, rows_of(charts, *ACROSS[columns]), caption, wide)
    lines = _wrapped(caption, wide)
    highs = [_high(charts, row, wide) for row in rows]
    room = LINE * len(lines) + 0.1
    with on_paper():
        figure = Figure(figsize=(wide, sum(highs) + room), layout="constrained")
        parts = figure.subfigures(len(rows) + 1, 1, height_ratios=[*highs, room], squeeze=False)[:, 0]
        for part, row in zip(parts, rows, strict=False):
            _row(part, charts, row, wide)
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
    while len(rows) > 1 and sum(_high(charts, r, wide) for r in rows) + LINE * len(_wrapped(told, wide)) + 0.1 > PAGE:
        gone = group_of(rows[1][0])
        away = [row for row in rows[1:] if gone and group_of(row[0]) == gone] or rows[-1:]
        rows = [row for row in rows if row not in away]
        left_out += [gone] if gone else filter(None, away[0])
        told = f"{caption} Left out, since a page is no higher: {', '.join(left_out)}; CSV holds all."
    return rows, told


def _high(charts: Mapping[str, Chart], row: Sequence[str], wide: float) -> float:
    """Inches of a row with titles, labels and legend."""
    chart, each = charts[row[0]], wide / len(row)
    many = len(chart.get("rows") or chart.get("ranks") or ())
    if chart["kind"] in ("intervals", "ranks"):
        return 1.0 + 0.3 * many
    if chart["kind"] == "matrix":
        return each + (0.3 if group_of(row[0]) else 0.15)
    legend = 0.0 if each > BESIDE else 0.15 * -(-len(_names(charts, row)) // _abreast(charts, row, wide)) + 0.1
    return min(max(0.6 * each, 1.5), 2.3) + 0.3 + legend


def _names(charts: Mapping[str, Chart], row: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(one["name"] for title in filter(None, row) for one in charts[title].get("series", ())))


def _abreast(charts: Mapping[str, Chart], row: Sequence[str], wide: float) -> int:
    """Names in a line of a legend."""
    longest = max(map(len, _names(charts, row)), default=1)
    return max(1, min(4, int(wide / (0.055 * longest + 0.5))))


def _row(part: Any, charts: Mapping[str, Chart], row: Sequence[str], wide: float) -> None:
    group, handles = group_of(row[0]), dict[str, Any]()
    for place, title in enumerate(filter(None, row)):
        chart = charts[title]
        axes = part.add_subplot(1, len(row), place + 1)
        plot(axes, chart)
        short = title.removeprefix(f"{group}: ") if group and place else title
        most = max(8, int((wide / len(row) - 0.4) / 0.06))
        axes.set_title("\n".join(textwrap.wrap(short, most)), fontsize=SMALL if group else 8,
                       pad=14 if chart.get("marks") else None)  # fmt: skip
        axes.tick_params(labelsize=SMALL)
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
    if handles:
        beside = wide / len(row) > BESIDE
        part.legend(
            list(handles.values()), list(handles), frameon=False, fontsize=SMALL, handlelength=2.4,
            loc="outside right upper" if beside else "outside lower center",
            ncols=1 if beside else _abreast(charts, row, wide),
        )  # fmt: skip
