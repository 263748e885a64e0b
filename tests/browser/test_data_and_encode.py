"""A visitor brings a file, sees what was read, and sees it as images; the link says it all."""

from __future__ import annotations

import numpy as np
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, settled
from tests.browser.server import Server


def ucr(series: int = 40, length: int = 32) -> bytes:
    t = np.arange(length)
    rows = ((1 + n % 2, *np.round(np.sin(t / (2 + n % 2) + n / 7), 4)) for n in range(series))
    return "\n".join("\t".join(map(str, row)) for row in rows).encode()


def drop(page: Page, name: str, content: bytes) -> None:
    file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(file)  # type: ignore[arg-type]


def test_a_dropped_file_is_read_seen_as_images_and_found_again_by_its_link(server: Server, visit: Opener) -> None:
    page = visit(server, "/data")
    expect(page.get_by_text("Showing GunPoint, an example data set")).to_be_visible()
    drop(page, "mine.tsv", ucr())
    expect(page.get_by_text("Read as UCR text: 40 series")).to_be_visible(timeout=60_000)
    settled(page)
    page.get_by_role("link", name="Encode", exact=True).first.click()
    expect(page.locator(".heatmaplayer image").first).to_be_visible(timeout=60_000)
    settled(page)
    address = page.url
    assert "data=" in address
    again = visit(server, address.removeprefix(server.url))
    expect(again.get_by_text("of series 0, class 1")).to_be_visible()


def test_views_and_settings_are_in_the_link(server: Server, visit: Opener) -> None:
    page = visit(server, "/encode?data=gunpoint&i=3")
    page.locator(".st-key-to").get_by_text("Persistence image", exact=True).click()
    expect(page.get_by_text("Flood the series")).to_be_visible()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("of series 4,")).to_be_visible()
    settled(page)
    assert "to=persistence" in page.url and "i=4" in page.url and "data=gunpoint" in page.url
    page.reload()
    settled(page)
    expect(page.get_by_text("Flood the series")).to_be_visible()
    expect(page.get_by_text("of series 4,")).to_be_visible()
