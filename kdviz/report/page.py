"""Pieces of a page that stands alone: every text is escaped, every script and style is inside, nothing is fetched."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

from kdviz.figures.board import component_script, style

HERE = Path(__file__).parent
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
MOST_BYTES = 2_000_000
BEGINS = "export default function (component)"


class Page:
    """A report in the making: sections in order, and the drawings they need."""

    def __init__(self, title: str, subtitle: str) -> None:
        self.title, self.subtitle = title, subtitle
        self.parts: list[str] = []
        self.kinds: list[str] = []
        self.count = 0
        self.charts: list[Mapping[str, Any]] = []

    def section(self, title: str, *parts: str) -> None:
        """A heading and what lies under it."""
        self.parts.append(f"<section><h2>{text(title)}</h2>{''.join(parts)}</section>")

    def drawing(self, kind: str, data: Mapping[str, Any] | bytes, caption: str = "", length: str = "") -> str:
        """A figure that the browser draws; bytes travel as base64. `length` is that of its time axis, with its unit."""
        if kind == "chart" and not isinstance(data, bytes):
            self.charts.append(data)
        if kind not in self.kinds:
            self.kinds.append(kind)
        elif not isinstance(data, bytes):
            data = {**data, "hint": ""}  # how to read a chart is said once
        self.count += 1
        packed = base64.b64encode(data).decode() if isinstance(data, bytes) else _json(data)
        about = f"<figcaption>{text(caption)}</figcaption>" if caption else ""
        source = f'data-drawing="{kind}" data-from="d{self.count}" data-length="{text(length)}"'
        return (
            f"<figure><div {source}></div>{about}</figure>"
            f'<script type="text/plain" id="d{self.count}">{packed}</script>'
        )

    def html(self) -> str:
        """The whole file."""
        styles = "\n".join([(HERE / "report.css").read_text("utf-8"), *(style(k) for k in self.kinds)])
        drawings = "\n".join(_drawing(k) for k in self.kinds)
        return (
            f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{text(self.title)}</title>'
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f'<meta name="color-scheme" content="light dark"><style>{styles}</style></head><body><main>'
            f"<header><h1>{text(self.title)}</h1><p>{text(self.subtitle)}</p></header>{''.join(self.parts)}"
            "<noscript><p>The figures need JavaScript; the numbers in the tables do not.</p></noscript>"
            f"</main><script>const kdviz = {{}};\n{drawings}\n{(HERE / 'report.js').read_text('utf-8')}</script>"
            "</body></html>\n"
        )


def text(given: object) -> str:
    """Any text as text."""
    return escape(str(given), quote=True)


def paragraph(given: object, kind: str = "") -> str:
    """One paragraph."""
    return f"<p{f' class={kind}' if kind else ''}>{text(given)}</p>"


def code(given: str) -> str:
    """A line for a shell."""
    return f"<pre><code>{text(given)}</code></pre>"


def table(head: Sequence[str], rows: Iterable[Sequence[object]], caption: str = "") -> str:
    """A table that scrolls by itself where it is too wide; the first column names the row."""
    top = "".join(f'<th scope="col">{text(h)}</th>' for h in head)
    body = "".join(
        f'<tr><th scope="row">{text(row[0])}</th>{"".join(f"<td>{text(c)}</td>" for c in row[1:])}</tr>' for row in rows
    )
    about = f"<caption>{text(caption)}</caption>" if caption else ""
    return f'<div class="wide"><table>{about}<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def cards(each: Iterable[tuple[str, str, str]]) -> str:
    """(name, number, what it means) side by side."""
    made = (f"<div><dt>{text(n)}</dt><dd>{text(v)}</dd><dd class=small>{text(a)}</dd></div>" for n, v, a in each)
    return f"<dl class=cards>{''.join(made)}</dl>"


def folded(title: str, *parts: str) -> str:
    """What is there for whoever wants it."""
    return f"<details><summary>{text(title)}</summary>{''.join(parts)}</details>"


def _json(data: Mapping[str, Any]) -> str:
    """JSON that cannot end the script it stands in."""
    return json.dumps(data, allow_nan=False, separators=(",", ":")).replace("<", "\\u003c")


def _drawing(kind: str) -> str:
    """A drawing's code as a function of its own: `kdviz.KIND(component)`."""
    body = component_script(kind).replace(BEGINS, "const mount = function (component)")
    return f"kdviz.{kind} = (() => {{\n{body}\nreturn mount;\n}})();"
