"""Every test here drives a real Chromium; page errors, requests that leave this machine, and tracebacks fail it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect, sync_playwright

from tests.browser.chromium import FLAGS, MISSING, UNSEEN, find
from tests.browser.server import Server, served

HERE = Path(__file__).parent
SETTLED = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  return app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
}"""
WIDER = """() => Math.max(...[...document.querySelectorAll('html, [data-testid=stMain]')]
  .map(each => each.scrollWidth - each.clientWidth))"""
Opener = Callable[..., Page]
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
HASTE, PATIENCE = 10_000, 120_000


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


def settled(page: Page, patience: float = 60.0) -> Page:
    """Wait until the page has nothing more to do, and see that it did not fail."""
    page.wait_for_function(SETTLED, timeout=patience * 1000)
    assert page.locator("[data-testid=stException]").count() == 0, page.inner_text("body")
    assert page.get_by_text("BidiComponent Error").count() == 0, page.inner_text("body")
    return page


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return int(page.evaluate(WIDER))


def choose(page: Page, label: str | re.Pattern[str], option: str) -> None:
    """Choose from a list as a person does: again, where it closed or was drawn anew under the hand."""
    box = page.get_by_role("combobox", name=label).first
    for patience in (HASTE, HASTE, PATIENCE):
        try:
            box.scroll_into_view_if_needed(timeout=patience)
            page.evaluate(DRAWN)  # a list that has just opened closes when the page is still told of scrolling
            box.click(timeout=patience)
            page.get_by_role("option", name=option, exact=True).click(timeout=patience)
            settled(page, patience / 1000)
            expect(page.get_by_role("combobox", name=label).first).to_have_value(option, timeout=patience)
            return
        except (Error, AssertionError):
            if patience == PATIENCE:
                raise
            page.keyboard.press("Escape")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    where = find()
    if where is None:
        pytest.fail(MISSING)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(where), args=FLAGS + UNSEEN)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One app for all tests that do not need a cold one."""
    with served(tmp_path_factory.mktemp("app")) as one:
        yield one


@pytest.fixture
def cold(tmp_path: Path) -> Iterator[Server]:
    """An app that nobody has opened yet."""
    with served(tmp_path) as one:
        yield one


@contextmanager
def visited(
    browser: Browser, width: int = 1280, scheme: str = "light", height: int = 1000, **more: Any
) -> Iterator[Opener]:
    """A visitor's window: opens addresses and notes what must not happen."""
    faults: list[str] = []
    size: Any = {"width": width, "height": height}
    more = {"viewport": size, "color_scheme": scheme, "reduced_motion": "reduce", **more}
    context = browser.new_context(**more)

    def open_(server: Server, path: str = "/", wait: bool = True) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("request", lambda asked: faults.append(f"left: {asked.url}") if _leaves(asked.url, server) else None)
        page.goto(server.url + path, wait_until="load" if wait else "commit")
        return settled(page) if wait else page

    yield open_
    context.close()
    assert faults == []


def _leaves(url: str, server: Server) -> bool:
    host = server.url.removeprefix("http://")
    return not url.startswith((f"http://{host}", f"ws://{host}", "data:", "blob:"))


@pytest.fixture
def visit(browser: Browser) -> Iterator[Opener]:
    with visited(browser) as open_:
        yield open_
