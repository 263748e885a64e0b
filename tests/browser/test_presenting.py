"""A presenter walks through the app by one key; another page embeds it without its frame."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, settled, sideways
from tests.browser.server import Server

SIZE = "() => parseFloat(getComputedStyle(document.querySelector('h1')).fontSize)"
MENU = "stTopNavLinkContainer"


def at(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=30_000)
    settled(page)


def test_a_presenter_begins_steps_through_and_ends_by_key_with_large_type_and_no_menu(
    server: Server, visit: Opener
) -> None:
    page = visit(server)
    small = page.evaluate(SIZE)
    page.keyboard.press("p")
    expect(page.get_by_role("button", name="Next: Encode")).to_be_visible(timeout=30_000)
    settled(page)
    assert page.evaluate(SIZE) >= 1.2 * small
    for title in ("Encode", "Distill", "Evidence", "Frequency"):
        page.keyboard.press("n")
        at(page, title)
        assert "present=1" in page.url
        assert page.get_by_role("link", name="Learn", exact=True).count() == 0
        assert page.evaluate(SIZE) >= 1.2 * small
        assert sideways(page) == 0
    expect(page.get_by_role("button", name=re.compile("Next: "))).to_have_count(0)
    page.keyboard.press("b")
    at(page, "Evidence")
    large = page.evaluate(SIZE)
    page.get_by_role("button", name="End the presentation").click()
    expect(page.get_by_role("link", name="Learn", exact=True).first).to_be_visible()
    settled(page)
    assert "present" not in page.url
    assert page.evaluate(SIZE) < large


def test_an_embedded_page_has_no_frame_and_still_works(server: Server, visit: Opener) -> None:
    page = visit(server, "/data?embed=true&data=gunpoint")
    at(page, "Data")
    assert page.get_by_role("link", name="Learn", exact=True).count() == 0
    assert page.get_by_test_id("stMainMenu").count() == 0
    page.locator(".st-key-after button").first.click()
    expect(page.locator(".st-key-i input")).to_have_value("1")
    settled(page)
    assert sideways(page) == 0
    too_large = page.get_by_text("A file with a red mark was not taken")
    expect(too_large).to_be_hidden()
    marked = page.get_by_test_id("stFileUploader").filter(visible=True).first
    marked.evaluate("here => here.append(Object.assign(document.createElement('i'), {id: 'mark'}))")
    page.evaluate("mark.dataset.testid = 'stFileChipIconError'")
    expect(too_large).to_be_visible()
