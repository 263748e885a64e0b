"""Whoever comes by any address, on any screen, meets the whole app."""

from __future__ import annotations

from playwright.sync_api import Browser, expect

from kdviz.ui.shell.frame import PAGES
from tests.browser.conftest import Opener, settled, visited
from tests.browser.frame import ADDRESS, IN_MENU, fits, has_frame, in_menu, is_titled, turn, unfold
from tests.browser.server import Server


def test_links_into_a_server_that_has_just_started_open_with_menu_and_title(cold: Server, browser: Browser) -> None:
    """All at once: none may lean on what another one has loaded before it."""
    with visited(browser) as open_:
        opened = {name: open_(cold, ADDRESS[name], wait=False) for name in ("compare", "evidence", "start", "watch")}
        for name, page in opened.items():
            has_frame(settled(page, 120), name)


def test_every_page_is_reached_on_a_phone_and_fits_every_screen_and_the_server_has_no_torch(
    server: Server, browser: Browser
) -> None:
    with visited(browser, 390, "dark") as open_:
        page = open_(server)
        for name in PAGES:
            if name in IN_MENU:
                unfold(page)
                in_menu(page, name).click()
            else:
                page.goto(server.url + ADDRESS[name])
            is_titled(page, name)
            fits(settled(page), "dark")
            has_frame(page, name)
            turn(page, 1280, "light")
            fits(page, "light")
            has_frame(page, name)
            turn(page, 390, "dark")
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
