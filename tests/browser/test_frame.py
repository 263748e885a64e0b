"""Whoever comes by any address, on any screen, meets the whole app."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from kdviz.ui.shell.frame import PAGES
from tests.browser.conftest import Opener, visited
from tests.browser.frame import ADDRESS, fits, has_frame
from tests.browser.server import Server


@pytest.mark.parametrize("name", ["start", "evidence", "compare", "watch"])
def test_a_link_into_a_server_that_has_just_started_opens_with_menu_and_title(
    name: str, cold: Server, visit: Opener
) -> None:
    has_frame(visit(cold, ADDRESS[name]), name)


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_every_page_fits_every_screen_and_the_server_has_no_torch(
    width: int, scheme: str, server: Server, browser: Browser
) -> None:
    with visited(browser, width, scheme) as open_:
        for name in PAGES:
            page = open_(server, ADDRESS[name])
            fits(page, scheme)
            has_frame(page, name)
            page.close()
    assert "libtorch" not in server.libraries()
    assert "numpy" in server.libraries()


def test_an_unknown_address_is_said_to_be_none(server: Server, visit: Opener) -> None:
    page = visit(server, "/nowhere")
    expect(page.get_by_text("Page not found")).to_be_visible()


def test_a_question_mark_lists_the_keys_and_a_word_is_explained_where_it_stands(server: Server, visit: Opener) -> None:
    page = visit(server, "/distill?data=gunpoint")
    page.locator("body").press("?")
    expect(page.get_by_role("dialog").get_by_text("play and pause")).to_be_visible(timeout=30_000)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="What is this: From-scratch control?").click()
    link = page.get_by_role("link", name="With its figure, on Learn")
    expect(link).to_be_visible()
    learn = visit(server, f"/{link.get_attribute('href')}")
    expect(learn.get_by_role("heading", name="From-scratch control")).to_be_in_viewport(timeout=30_000)
