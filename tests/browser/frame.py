"""What every page has, on every screen: title, heading, menu, the ground of its theme, and nothing that sticks out."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from kdviz.ui.shell.frame import PAGES, UNDER_RUNS, UNDER_WATCH
from tests.browser.conftest import WIDER, settled, sideways

ADDRESS = {name: "/" if name == "start" else f"/{name}" for name in PAGES}
MORE = re.compile(r"^\d+ more$")
IN_MENU = tuple(name for name in PAGES if name not in (*UNDER_RUNS, *UNDER_WATCH))
GROUND = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
GROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 29)"}
TURNED = (
    """() => !document.getAnimations().some(each => each instanceof CSSTransition && each.playState === 'running')"""
)


def has_frame(page: Page, name: str) -> None:
    is_titled(page, name)
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    unfold(page)
    for each in IN_MENU:
        expect(in_menu(page, each)).to_be_visible()


def is_titled(page: Page, name: str) -> None:
    expect(page).to_have_title(
        re.compile(f"{PAGES[name][0]} · kdviz$"), timeout=60_000
    )  # a run's name stands before it


def unfold(page: Page) -> None:
    """Open what a narrow window folds of the menu."""
    for folded in (page.get_by_test_id("stExpandSidebarButton"), page.get_by_role("button", name=MORE)):
        if folded.is_visible():
            folded.click()


def in_menu(page: Page, name: str) -> Locator:
    """A page's line in the menu."""
    title = PAGES[name][0]
    links = page.get_by_role("link", name=title, exact=True).or_(page.get_by_role("menuitem", name=title, exact=True))
    return links.first


def fits(page: Page, scheme: str) -> None:
    assert sideways(page) == 0, page.url
    assert page.evaluate(GROUND) == GROUNDS[scheme], page.url


def turn(page: Page, width: int, scheme: str) -> None:
    """An open page on another screen, by day or by night: done when it has followed."""
    page.set_viewport_size({"width": width, "height": 1000})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.wait_for_function(f"ground => ({GROUND})() === ground && ({WIDER})() === 0", arg=GROUNDS[scheme])
    page.wait_for_function(TURNED)
    settled(page)
