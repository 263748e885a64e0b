"""What every page has, on every screen: title, heading, menu, the ground of its theme, and nothing that sticks out."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from kdviz.ui.shell.frame import PAGES, UNDER_RUNS, UNDER_WATCH
from tests.browser.conftest import sideways

ADDRESS = {name: "/" if name == "start" else f"/{name}" for name in PAGES}
MORE = re.compile(r"^\d+ more$")
GROUND = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"


def has_frame(page: Page, name: str) -> None:
    assert page.title().endswith(f"{PAGES[name][0]} · kdviz")  # a run that is shown stands before it
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    for folded in (page.get_by_test_id("stExpandSidebarButton"), page.get_by_role("button", name=MORE)):
        if folded.is_visible():
            folded.click()
    for title, _ in (PAGES[each] for each in PAGES if each not in (*UNDER_RUNS, *UNDER_WATCH)):
        links = page.get_by_role("link", name=title, exact=True).or_(
            page.get_by_role("menuitem", name=title, exact=True)
        )
        expect(links.first).to_be_visible()


def fits(page: Page, scheme: str) -> None:
    assert sideways(page) == 0, page.url
    assert page.evaluate(GROUND) == ("rgb(20, 24, 29)" if scheme == "dark" else "rgb(255, 255, 255)"), page.url
