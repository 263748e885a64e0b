"""Whoever comes by any address, on any screen, meets the whole app."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kdviz.ui.shell import PAGES, UNDER_RUNS
from tests.browser.conftest import Opener, sideways, visited
from tests.browser.server import Server

ADDRESS = {name: "/" if name == "start" else f"/{name}" for name in PAGES}
GROUND = "() => getComputedStyle(document.querySelector('.stApp')).backgroundColor"
SCREENS = [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]


def has_frame(page: Page, name: str) -> None:
    assert page.title() == f"{PAGES[name][0]} · kdviz"
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    drawer = page.get_by_test_id("stExpandSidebarButton")
    if drawer.is_visible():
        drawer.click()
    for title, _ in (PAGES[each] for each in PAGES if each not in UNDER_RUNS):
        expect(page.get_by_role("link", name=title, exact=True).first).to_be_visible()


@pytest.mark.parametrize("name", PAGES)
def test_a_link_into_a_server_that_has_just_started_opens_with_menu_and_title(
    name: str, cold: Server, visit: Opener
) -> None:
    has_frame(visit(cold, ADDRESS[name]), name)


@pytest.mark.parametrize("screen", SCREENS, ids=str)
def test_every_page_fits_every_screen_by_day_and_by_night(
    screen: tuple[int, str], server: Server, browser: Browser, tmp_path: Path
) -> None:
    with visited(browser, *screen) as open_:
        for name in PAGES:
            page = open_(server, ADDRESS[name])
            page.screenshot(path=tmp_path / f"{name}.png")
            assert sideways(page) == 0, name
            assert page.evaluate(GROUND) == ("rgb(20, 24, 29)" if screen[1] == "dark" else "rgb(255, 255, 255)")
            has_frame(page, name)
            page.close()


def test_the_server_has_no_torch_whatever_is_visited(server: Server, visit: Opener) -> None:
    for name in PAGES:
        visit(server, ADDRESS[name])
    assert "libtorch" not in server.libraries()
    assert "numpy" in server.libraries()


def test_an_unknown_address_is_said_to_be_none(server: Server, visit: Opener) -> None:
    page = visit(server, "/nowhere")
    expect(page.get_by_text("Page not found")).to_be_visible()


def test_a_question_mark_lists_the_keys_and_a_word_leads_to_its_place_on_learn(server: Server, visit: Opener) -> None:
    page = visit(server, "/distill?data=gunpoint")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog").get_by_text("play and pause")).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    link = page.get_by_role("link", name="What is this: From-scratch control?")
    learn = visit(server, f"/{link.get_attribute('href')}")
    expect(learn.get_by_role("heading", name="From-scratch control")).to_be_in_viewport(timeout=30_000)
