"""A report opened from a folder, with no network at all: its figures move and answer."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, expect

from kdviz.commands.report import one
from kdviz.data.dataset import Dataset
from tests.runs.worker.test_runs import asked, done


def test_a_report_moves_offline(browser: Browser, data: Dataset, tmp_path: Path) -> None:
    report = tmp_path / "r.html"
    report.write_text(one(done(asked(data, control=True), data)).html())
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            moves(report, browser, width, scheme)


def moves(report: Path, browser: Browser, width: int, scheme: str) -> None:
    context = browser.new_context(offline=True, viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda fault: wrong.append(str(fault)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    page.on(
        "request", lambda request: wrong.append(request.url) if not request.url.startswith(("file:", "blob:")) else None
    )
    page.goto(f"file://{report}")
    expect(page.locator("output")).to_contain_text("Epoch 4 of 4")
    before = page.locator(".told").inner_text()
    page.get_by_role("slider", name="Epoch").press("Home")
    expect(page.locator("output")).to_contain_text("Epoch 0 of 4")
    assert page.locator(".told").inner_text() != before
    page.locator("#chart .frame").first.hover()
    expect(page.locator("#chart .read").first).to_contain_text("epoch")
    page.locator("#chart .frame").nth(1).press("ArrowRight")
    expect(page.locator("#chart .read").nth(1)).to_contain_text("epoch 1: ")
    page.locator(".stack canvas").first.hover()
    expect(page.locator(".moment")).to_contain_text("of 2 s")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save as SVG").first.click()
    assert "<svg" in Path(saved.value.path()).read_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") and wrong == []
    context.close()
