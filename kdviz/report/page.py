"""A page that stands alone: what it says as values, shown by `page.html.jinja`, where every text is escaped.

Every script and style is inside, nothing is fetched.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from kdviz.figures.evidence_board import component_script, style

HERE = Path(__file__).parent
MOST_BYTES = 2_000_000
"""Of a whole report."""
MOST_OF_FIGURES = 900_000
"""Bytes of it that figures for a paper may take."""
BEGINS = "export default function (component)"


@dataclass(frozen=True)
class Paragraph:
    """One paragraph; `look` is `note` or `small`."""

    kind: ClassVar[str] = "paragraph"
    text: object
    look: str = ""


@dataclass(frozen=True)
class Code:
    """A line for a shell."""

    kind: ClassVar[str] = "code"
    line: str


@dataclass(frozen=True)
class Table:
    """A table that scrolls by itself where it is too wide; the first column names the row."""

    kind: ClassVar[str] = "table"
    head: Sequence[str]
    rows: Sequence[Sequence[object]]
    caption: str = ""


@dataclass(frozen=True)
class Cards:
    """(name, number, what it means) side by side."""

    kind: ClassVar[str] = "cards"
    each: Sequence[tuple[str, str, str]]


@dataclass(frozen=True)
class Drawing:
    """A figure that the browser draws: plain values, or base64 (of bytes or of an image)."""

    kind: ClassVar[str] = "drawing"
    name: str
    id: str
    data: Mapping[str, Any] | str
    caption: str
    length: str


@dataclass(frozen=True)
class Folded:
    """What is there for whoever wants it."""

    kind: ClassVar[str] = "folded"
    title: str
    parts: Sequence[Part]


@dataclass(frozen=True)
class Pair:
    """Two figures side by side where there is room."""

    kind: ClassVar[str] = "pair"
    parts: Sequence[Part]


class PaperFigure(Protocol):
    """A figure for a paper: charts by title, its caption, and what it can and cannot say."""

    @property
    def title(self) -> str:
        """What it is."""

    @property
    def caption(self) -> str:
        """With n, seeds, intervals and corrections."""

    @property
    def says(self) -> str:
        """One sentence."""

    @property
    def charts(self) -> Mapping[str, Mapping[str, Any]]:
        """In plain values."""


NO_ROOM = (
    "This figure's charts are not in this file, which would be too large with them: `python -m kdviz figure` draws it."
)
Part = Paragraph | Code | Table | Cards | Drawing | Folded | Pair


@dataclass(frozen=True)
class Section:
    """A heading and what lies under it."""

    title: str
    parts: Sequence[Part]


class Page:
    """A report in the making: sections in order, and the drawings they need."""

    def __init__(self, title: str, subtitle: str) -> None:
        self.title, self.subtitle = title, subtitle
        self.sections: list[Section] = []
        self.kinds: list[str] = []
        self.count = 0
        self.charts: list[Mapping[str, Any]] = []

    def section(self, title: str, *parts: Part) -> None:
        """One section more."""
        self.sections.append(Section(title, parts))

    def drawing(self, kind: str, data: Mapping[str, Any] | bytes, caption: str = "", length: str = "") -> Drawing:
        """A figure that the browser draws; bytes travel as base64. `length` is that of its time axis, with its unit."""
        if kind == "chart" and not isinstance(data, bytes):
            self.charts.append(data)
        if kind not in self.kinds:
            self.kinds.append(kind)
        elif not isinstance(data, bytes):
            data = {**data, "hint": ""}  # how to read a chart is said once
        self.count += 1
        packed = base64.b64encode(data).decode() if isinstance(data, bytes) else data
        return Drawing(kind, f"d{self.count}", packed, caption, length)

    def paper(self, figures: Sequence[PaperFigure]) -> None:
        """A section for each figure for a paper, with its caption; where they would take too much, it says so."""
        left = MOST_OF_FIGURES
        for one in figures:
            charts = [self.drawing("chart", chart, title) for title, chart in one.charts.items()]
            left -= sum(len(json.dumps(each.data)) for each in charts)
            said = (Paragraph(one.caption), Paragraph(one.says, "note"))
            if left < 0:
                del self.charts[-len(charts) :]
                self.section(one.title, Paragraph(NO_ROOM), *said)
            else:
                self.section(one.title, *(Pair(charts[k : k + 2]) for k in range(0, len(charts), 2)), *said)

    def html(self) -> str:
        """The whole file."""
        styles = "\n".join([_own("report.css"), *(style(k) for k in self.kinds)])
        script = "\n".join(["const kdviz = {};", *(_drawing(k) for k in self.kinds), _own("report.js")])
        template = _templates().get_template("page.html.jinja")
        return template.render(page=self, styles=Markup(styles), script=Markup(script))


@cache
def _templates() -> Environment:
    """This folder's templates. JSON in them cannot end the script it stands in, and knows no NaN."""
    found = Environment(loader=PackageLoader("kdviz", "report"), autoescape=True, undefined=StrictUndefined)
    found.keep_trailing_newline = True
    found.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    return found


def _own(file: str) -> str:
    return (HERE / file).read_text("utf-8")


def _drawing(kind: str) -> str:
    """A drawing's code as a function of its own: `kdviz.KIND(component)`."""
    body = component_script(kind).replace(BEGINS, "const mount = function (component)")
    return f"kdviz.{kind} = (() => {{\n{body}\nreturn mount;\n}})();"
