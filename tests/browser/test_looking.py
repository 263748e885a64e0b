"""Looking at a run in Chromium: scrub, brush, what if, another class, the worst cases; by day and by night."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PATIENCE, choose, settled, sideways, visited
from tests.browser.server import Server
from tests.lookable import Lookable

FIRST_SCREEN = """() => {
  const all = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('#evidence_board'));
  const root = all.find(Boolean);
  const whole = e => { const box = e.getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight - 50; };
  const need = [root.querySelector('.frame.signal'), ...[...root.querySelectorAll('section.row')].slice(1, 4)
    .flatMap(row => [...row.querySelectorAll('.frame.full')])];
  return need.filter(e => !whole(e) || (e.matches('.band') && e.clientHeight < 63)).map(e => e.className);
}"""
"""Which of signal and the first three rows' teacher and student do not stand whole on the first screen, 64 px high."""
UNNAMED = """() => [...document.querySelectorAll('canvas[role=img]')]
  .filter(each => !each.getAttribute('aria-label')).length"""


@pytest.fixture(scope="module")
def runs(server: Server, lookable: Lookable) -> Lookable:
    return lookable.copied(server.home)


def ready(page: Page, *drawings: str) -> None:
    for name in drawings:
        expect(page.locator(f"#{name}").first).to_be_visible(timeout=PATIENCE)
    settled(page, PATIENCE / 1000)


def pixels(page: Page, which: str) -> str:
    """What a canvas shows."""
    return str(page.locator(which).first.evaluate("c => c.toDataURL()"))


def in_link(page: Page, *parts: str) -> None:
    for part in parts:
        page.wait_for_url(lambda url, part=part: part in url, timeout=PATIENCE)
    settled(page, PATIENCE / 1000)


def scrub(page: Page) -> None:
    """Moving the epoch asks nobody and moves the student's map; letting go is in the link."""
    output, band = page.locator("#evidence_board output").first, "#evidence_board canvas.band.student >> nth=0"
    slider = page.get_by_role("slider", name="Epoch").first
    page.wait_for_function("() => window.kdvizFilms?.size", timeout=PATIENCE)
    before, shown = output.inner_text(), pixels(page, band)
    slider.evaluate("s => { s.value = 0; s.dispatchEvent(new Event('input')); }")
    expect(output).to_have_text("Epoch 0 of 6")
    assert before != "Epoch 0 of 6" and pixels(page, band) != shown and "&e=" not in page.url
    filmed = pixels(page, band)
    slider.evaluate("s => s.dispatchEvent(new Event('change'))")
    in_link(page, "e=0")
    assert pixels(page, band) == filmed  # what the server says of this epoch is what the film showed


def play(page: Page) -> None:
    page.get_by_role("button", name="Play").first.click()
    expect(page.locator("#evidence_board output").first).to_contain_text("Epoch 6 of 6", timeout=PATIENCE)
    page.wait_for_url(lambda url: "e=0" not in url, timeout=PATIENCE)
    settled(page, PATIENCE / 1000)


def brush(page: Page) -> None:
    """A stretch dragged over the board opens What if with it."""
    frame = page.locator("#evidence_board .frame.signal").first
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.25 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], y, steps=4)
    page.mouse.up()
    in_link(page, "a=10", "b=2", "panel=what_if")
    expect(page.locator("#evidence_board")).to_have_count(2, timeout=PATIENCE)
    settled(page, PATIENCE / 1000)
    expect(page.get_by_text("--change mute:10:")).to_be_visible(timeout=PATIENCE)
    after = pixels(page, "#evidence_board >> nth=1 >> canvas.signal")
    page.get_by_text("Flip upside down").click()
    expect(page.get_by_text("--change flip:10:")).to_be_visible(timeout=PATIENCE)
    settled(page, PATIENCE / 1000)
    assert pixels(page, "#evidence_board >> nth=1 >> canvas.signal") != after


def keys(page: Page) -> None:
    """S changes the scale and the link, 2 shows one row alone, Escape all of them."""
    page.locator("h1").first.click()
    band = "#evidence_board canvas.band.student >> nth=0"
    own = pixels(page, band)
    page.keyboard.press("s")
    in_link(page, "scale=raw")
    assert pixels(page, band) != own
    page.keyboard.press("2")
    expect(page.locator("#evidence_board section.row.away").first).to_be_attached()
    page.keyboard.press("Escape")
    expect(page.locator("#evidence_board section.row.away")).to_have_count(0)


def second(page: Page) -> None:
    """C lays the newest other run beside; once more, and it is gone; the link keeps it."""
    band = page.locator("#evidence_board canvas.band.second").first
    page.locator("h1").first.click()
    page.keyboard.press("c")
    in_link(page, "beside=")
    expect(band).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("c")
    expect(band).to_be_hidden()


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_run_is_looked_at(browser: Browser, server: Server, runs: Lookable, width: int, scheme: str) -> None:
    with visited(browser, width, scheme, height=900) as open_:
        page = open_(server, f"/evidence?run={runs.ebkd}")
        ready(page, "evidence_board")
        page.locator("#evidence_board .board").press("ArrowRight")
        expect(page.locator("#evidence_board .readout")).to_contain_text("GAF teacher")
        if width == 1280:
            assert page.evaluate(FIRST_SCREEN) == []
        scrub(page)
        play(page)
        keys(page)
        brush(page)
        choose(page, "Class", "Class: the student's answer")
        in_link(page, "c=predicted")
        expect(page.get_by_text("--predicted").first).to_be_visible(timeout=PATIENCE)
        choose(page, "Browse", "Browse: worst matches")
        in_link(page, "list=worst")
        expect(page.get_by_text("The list (")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_text(re.compile(r"^1 of \d+$"))).to_be_visible(timeout=PATIENCE)
        if width == 1280:
            second(page)
        assert page.evaluate(UNNAMED) == 0 and sideways(page) == 0


SMALL = """() => {
  const all = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('#evidence_board'));
  const root = all.find(Boolean);
  const seen = e => e.getClientRects().length && e.textContent.trim();
  const type = [...root.querySelectorAll('*')].filter(e => !e.children.length && seen(e))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 28).map(e => e.textContent);
  const bands = [...root.querySelectorAll('.frame.band.full')].filter(e => e.getClientRects().length);
  const low = bands.filter(e => e.clientHeight < 79).map(e => e.className);
  return [...type, ...low, ...(bands.length < 4 ? ['too few bands'] : [])];
}"""


@pytest.mark.slow
def test_a_presentation_shows_the_board_large(browser: Browser, server: Server, runs: Lookable) -> None:
    with visited(browser, 1920, "dark", height=1080) as open_:
        page = open_(server, f"/evidence?run={runs.fam}&present=1")
        ready(page, "evidence_board")
        assert page.evaluate(SMALL) == [] and sideways(page) == 0


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_frequencies_are_cut(browser: Browser, server: Server, runs: Lookable, width: int, scheme: str) -> None:
    with visited(browser, width, scheme) as open_:
        page = open_(server, f"/frequency?run={runs.fam}")
        ready(page, "frequency_cutter", "tiles")
        left = page.locator("#frequency_cutter .note").first
        slider, before = page.locator("#frequency_cutter #cut"), left.inner_text()
        slider.evaluate("s => { s.value = 0.5; s.dispatchEvent(new Event('input')); }")
        expect(left).not_to_have_text(before)
        assert "cut=" not in page.url
        slider.evaluate("s => s.dispatchEvent(new Event('change'))")
        in_link(page, "cut=0.5")
        expect(page.get_by_text("--cuts 0.5")).to_be_visible(timeout=PATIENCE)
        assert page.evaluate(UNNAMED) == 0 and sideways(page) == 0


@pytest.mark.slow
def test_the_lower_panels_fit_a_phone_by_night(browser: Browser, server: Server, runs: Lookable) -> None:
    with visited(browser, 390, "dark") as open_:
        page = open_(server, f"/evidence?run={runs.ebkd}&panel=fidelity&vs=gaf")
        ready(page, "evidence_board", "tiles")
        assert page.evaluate(UNNAMED) == 0 and sideways(page) == 0
        for name, boards in (("The method's own maps", 2), ("Numbers", 1)):
            page.get_by_role("radio", name=name).click()
            expect(page.get_by_role("radio", name=name)).to_be_checked(timeout=PATIENCE)
            expect(page.locator("#evidence_board")).to_have_count(boards, timeout=PATIENCE)
            ready(page, "evidence_board")
            assert page.evaluate(UNNAMED) == 0 and sideways(page) == 0
