"""A sweep is begun, watched, stopped, gone on with after the server was killed, and compared; by day and night."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import settled, sideways, visited
from tests.browser.server import served

PATIENCE = 180_000
FORM = "/sweep?on=gunpoint&seeds=0&teachers=signal"


def title(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words, timeout=PATIENCE)


def begin(page: Page) -> None:
    """Two methods, one seed, as few epochs as there can be."""
    page.get_by_role("spinbutton", name="Epochs").fill("2")
    page.get_by_role("spinbutton", name="Epochs").press("Tab")
    settled(page)
    page.get_by_text("All settings").click()
    page.get_by_role("textbox", name="Settings, KEY=VALUE").fill("teacher.epochs=2")
    page.get_by_role("textbox", name="Settings, KEY=VALUE").press("Tab")
    settled(page)
    page.get_by_role("button", name="Start", exact=True).click()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_sweep_is_watched_stopped_gone_on_with_and_compared(browser: Browser, tmp_path: Path) -> None:
    with served(tmp_path) as server, visited(browser) as open_:
        page = open_(server, FORM)
        begin(page)
        stop = page.locator(".st-key-stop_sweep button").first
        expect(stop).to_be_visible(timeout=PATIENCE)
        link = page.url.removeprefix(server.url)
        assert "sweep=" in link
        stop.click()
        on = page.locator(".st-key-go_on button").first
        expect(on).to_be_visible(timeout=PATIENCE)
        settled(page)
        on.click()
        expect(stop).to_be_visible(timeout=PATIENCE)
        os.kill(server.pid, signal.SIGKILL)
    with served(tmp_path) as server, visited(browser) as open_:
        page = open_(server, link)
        compare = page.locator(".st-key-sweep_live").get_by_role("button", name="Compare")
        expect(page.get_by_text("Finished").first).to_be_visible(timeout=PATIENCE)
        settled(page)
        compare.click()
        title(page, "Compare")
        expect(page.get_by_text("Nothing can be concluded about kd and scratch from 1 seed ")).to_be_visible(
            timeout=PATIENCE
        )
        settled(page)
        told = page.url.removeprefix(server.url)
        with visited(browser, 390, "dark") as other:
            for path in (link, told, "/runs"):
                one = other(server, path)
                assert sideways(one) == 0, (path, "dark")
                one.emulate_media(color_scheme="light")
                assert sideways(settled(one)) == 0, (path, "light")
                one.set_viewport_size({"width": 1280, "height": 1000})
                assert sideways(settled(one)) == 0, (path, "wide")
                one.close()
        with page.expect_download(timeout=PATIENCE) as saved:
            page.get_by_role("button", name="Report,").click()
        content = Path(saved.value.path()).read_text(encoding="utf-8")
        assert "libtorch" not in server.libraries()
    report(browser, content, tmp_path)


def report(browser: Browser, content: str, folder: Path) -> None:
    """The comparison's report answers offline and asks nobody."""
    assert len(content) < 2_000_000
    (folder / "report.html").write_text(content, encoding="utf-8")
    context = browser.new_context(offline=True)
    page, asked = context.new_page(), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{folder}/report.html")
    page.locator("#chart .frame").first.hover()
    expect(page.locator("#chart .read").first).to_contain_text("1 run")
    assert [url for url in asked if not url.startswith(("file:", "blob:"))] == []
    context.close()
