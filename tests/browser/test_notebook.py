"""What a notebook shows of a view is the report in a frame of its own: it moves, and nothing is fetched.

Where nbconvert is here the notebook is executed and turned to HTML; else the page is made of `_repr_html_` itself.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

from playwright.sync_api import Browser, expect

import kdviz
from tests.conftest import bumps
from tests.live.modules import FCN, ResNet

DATA = bumps(24, 2, 40, 3)
CELL = """
import sys; sys.path.insert(0, {root!r})
import kdviz
from tests.conftest import bumps
from tests.live.modules import FCN, ResNet
data = bumps(24, 2, 40, 3)
with kdviz.Recorder(FCN(), ResNet(), data.X, data.y, rate=20, probe=4, extractors=("cam",)) as log:
    for epoch in (1, 2, 3):
        log.epoch(epoch, loss=1 / epoch)
log.view
"""
ROOT = str(Path(__file__).resolve().parents[2])


def shown() -> str:
    """The notebook as HTML."""
    if all(importlib.util.find_spec(name) for name in ("nbconvert", "nbformat", "ipykernel")):
        import nbformat
        from nbconvert import HTMLExporter
        from nbconvert.preprocessors import ExecutePreprocessor

        book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL.format(root=ROOT))])
        ExecutePreprocessor(timeout=240).preprocess(book, {"metadata": {"path": str(Path.cwd())}})
        return str(HTMLExporter().from_notebook_node(book)[0])
    with kdviz.Recorder(FCN(), ResNet(), DATA.X, DATA.y, rate=20, probe=4, extractors=("cam",)) as log:
        for epoch in (1, 2, 3):
            log.epoch(epoch, loss=1 / epoch)
    return f"<!doctype html><title>book</title><body>{log.view._repr_html_()}</body>"


def test_a_view_in_a_notebook_moves_in_its_frame_offline(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "book.html").write_text(shown())
    context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda fault: wrong.append(str(fault)))
    page.goto(f"file://{tmp_path}/book.html")
    frame = page.frame_locator("iframe[title=kdviz]")
    expect(frame.locator("output")).to_contain_text("Epoch 3 of 3")
    frame.get_by_role("slider", name="Epoch").press("Home")
    expect(frame.locator("output")).to_contain_text("Epoch 1 of 3")
    frame.locator(".stack canvas").first.hover()
    expect(frame.locator(".moment")).to_contain_text("of 2 s")
    expect(frame.get_by_text("no control").first).to_be_visible()
    assert wrong == []
    context.close()
