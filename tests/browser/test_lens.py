"""The lens computes in the browser what Python computes on the server, and every hand can use it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import numpy as np
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kdviz.data.sources.samples import load
from kdviz.modalities.base import modality
from kdviz.modalities.gaf import Gaf
from kdviz.modalities.persistence import Persistence
from tests.browser.conftest import Opener, settled, sideways, visited
from tests.browser.server import Server
from tests.modalities.test_persistence import lit

SERIES, CHANNEL, RATE = 45, 1, 10
LINK = f"/encode?data=basic_motions&i={SERIES}&ch={CHANNEL}&gaf_size=24&gaf_kind=both&gaf_range=mixed"
SIGNAL, GASF, GADF, DIAGRAM, VALLEYS, PEAKS = range(6)
EDGE, WORDS_UNDER = 4, 18
"""Pixels around a square picture in its sheet, and below it (kdviz/ui/lens/plane.js)."""
NUMBER = re.compile(r"[-−]?\d+(?:\.\d+)?(?:e[-−+]?\d+)?")
INKED = """(sheet, x) => {
  const canvas = sheet.querySelectorAll('canvas')[1], sharp = canvas.width / sheet.clientWidth
  const ink = canvas.getContext('2d').getImageData(Math.round(x * sharp), 0, 1, canvas.height).data
  const rows = [...Array(canvas.height).keys()].filter(y => ink[4 * y + 3] > 0)
  return rows.map(y => y / sharp)
}"""
CENTRED = "sheet => sheet.scrollIntoView({ block: 'center' })"
DRAWN = """sheet => {
  const canvas = sheet.querySelector('canvas')
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  const solid = [...Array(data.length / 4).keys()].filter(k => data[4 * k + 3] === 255)
  return solid.reduce((sum, k) => sum + data[4 * k], 0) / solid.length
}"""


def eye(name: str, **settings: Any) -> Any:
    made, data = modality(name, settings), load("basic_motions")
    made.fit(data.X[data.train])
    return made


def series() -> np.ndarray[Any, np.dtype[np.float32]]:
    return load("basic_motions").X[SERIES]


def gaf() -> Gaf:
    return cast(Gaf, eye("gaf", size=24, kind="both", range="mixed"))


def persistence() -> Persistence:
    return cast(Persistence, eye("persistence"))


def looks(seer: Persistence, tilt: int = 0) -> list[int]:
    """The looks that the lens shows: valleys and peaks of the channel, swept level or tilted."""
    every = enumerate(seer.looks(6))
    return [k for k, look in every if look.channel == CHANNEL and np.sign(look.tilt) == tilt]


def sheet(page: Page, number: int) -> Locator:
    return page.locator(".lens .sheet").nth(number)


def says(page: Page) -> Locator:
    return page.locator(".lens .says")


def numbers(text: str) -> list[float]:
    return [float(each.replace("−", "-")) for each in NUMBER.findall(text)]


def place(page: Page, number: int, row: float, column: float, side: int) -> tuple[float, float]:
    """Where on the screen a pixel of a square picture lies."""
    box = sheet(page, number).bounding_box()
    assert box is not None
    wide, tall = box["width"] - 2 * EDGE, box["height"] - EDGE - WORDS_UNDER
    assert wide == pytest.approx(tall, abs=1.5)
    return box["x"] + EDGE + (column + 0.5) / side * wide, box["y"] + EDGE + (row + 0.5) / side * tall


def on_signal(page: Page, sample: int) -> tuple[float, float]:
    box = sheet(page, SIGNAL).bounding_box()
    assert box is not None
    return box["x"] + 44 + (sample + 0.5) / 100 * (box["width"] - 52), box["y"] + box["height"] / 2


def moment(span: np.ndarray[Any, Any]) -> str:
    """The samples of a pixel and when they are, as the lens should say it."""
    first, last = map(int, span)
    if first == last:
        return f"sample {first} ({first / RATE:.1f} s)"
    return f"samples {first}–{last} ({first / RATE:.1f}–{last / RATE:.1f} s)"


def stretch(seer: Persistence, first: int, last: int) -> str:
    found = [seer.pairs(series(), look).birth_sample for look in looks(seer)]
    born = np.concatenate(found)
    inside = int(((born >= first) & (born <= last)).sum())
    return (
        f"Stretch of {last - first + 1} samples, {first} to {last} ({first / RATE:.1f}–{last / RATE:.1f} s): its rows "
        f"and columns are lit; {inside} of {born.size} pairs are born in it."
    )


def idle(page: Page) -> None:
    expect(says(page)).to_contain_text("along the signal")
    page.wait_for_function("() => !new URLSearchParams(location.search).has('b')")


def brushed(page: Page, first: int, last: int) -> None:
    """The stretch is lit, in the link, on the slider and told by Python."""
    expect(says(page)).to_have_text(stretch(persistence(), first, last))
    page.wait_for_function(
        "([a, b]) => new URLSearchParams(location.search).getAll('b').join() === `${a},${b}`", arg=[first, last]
    )
    mean = series()[CHANNEL, first : last + 1].mean()
    expect(page.get_by_text(f"{first} to {last}, from")).to_contain_text(f"mean {mean:.3g}")


@pytest.fixture(scope="module")
def page(browser: Browser, server: Server) -> Iterator[Page]:
    """The lens, opened once: every test leaves it idle."""
    with visited(browser) as open_:
        yield open_(server, LINK)


def test_a_pixel_is_the_number_that_python_computes_and_names_its_samples(page: Page) -> None:
    seer = gaf()
    view, spans = seer.see(series()[None])[0], seer.spans(100)
    assert len({int(last - first) for first, last in spans}) == 2  # 100 samples on 24 pixels: not all alike
    for number, field, formula in ((GASF, 0, "cos(φ{} + φ{})"), (GADF, 1, "sin(φ{} − φ{})")):
        image = view[6 * field + CHANNEL]
        for i, j in ((0, 0), (3, 20), (23, 11), (12, 23), (7, 7)):
            page.mouse.move(*place(page, number, i, j, 24))
            expect(says(page)).to_contain_text(f"Pixel ({i}, {j}) = {formula.format(i, j)}")
            text = says(page).inner_text()
            assert numbers(text.partition(") = ")[2].partition(") = ")[2])[0] == pytest.approx(image[i, j], abs=6e-4)
            same = "itself" if spans[i][0] == spans[i][1] else "themselves"
            other = same if i == j else moment(spans[j])
            assert text.endswith(f"compares {moment(spans[i])} with {other}.")
            expect(page.locator(".lens .heard")).not_to_be_empty()  # once the pointer rests
            inked = sheet(page, number).evaluate(INKED, EDGE + 1)
            top = EDGE + (i + 0.5) / 24 * ((sheet(page, number).bounding_box() or {})["width"] - 2 * EDGE)
            assert np.mean(inked) == pytest.approx(top, abs=1.5)
    expect(page.locator(".lens .heard")).to_have_text(says(page).inner_text())


@pytest.mark.parametrize("sweep", ["level", "up"])
def test_a_pair_and_a_pixel_of_the_persistence_image_are_those_of_python(
    sweep: str, server: Server, page: Page, visit: Opener
) -> None:
    page = page if sweep == "level" else visit(server, f"{LINK}&sweep={sweep}")
    seer = persistence()
    shown = looks(seer, {"level": 0, "up": 1}[sweep])
    sheet(page, DIAGRAM).focus()
    for look, what, sign in zip(shown, ("valley", "peak"), (1, -1), strict=True):
        found, last = seer.pairs(series(), look), None
        for k in range(found.birth.size):
            page.keyboard.press("ArrowRight")
            born, died = int(found.birth_sample[k]), int(found.death_sample[k])
            expect(says(page)).to_contain_text(re.compile(rf"born at sample {born} .*(sample|merges at) {died} "))
            text = says(page).inner_text()
            assert what in text.lower() and text != last
            assert ("never merges" in text) == bool(found.essential[k])
            said, wanted = numbers(text), [born, sign * found.birth[k], born / RATE]
            wanted += [died, sign * found.death[k], died / RATE, found.persistence[k]]
            np.testing.assert_allclose(said, wanted, rtol=6e-3, atol=1e-6)
            last = text
    side = seer.params.resolution
    for number, look, what in zip((VALLEYS, PEAKS), shown, ("valley", "peak"), strict=True):
        image, found = seer.see(series()[None])[0, look], seer.pairs(series(), look)
        row, column = map(int, np.unravel_index(image.argmax(), image.shape))
        light = lit(seer, series(), look, row, column)
        fed = [(k, share) for k in np.argsort(-light, kind="stable") if (share := light[k] / light.sum()) >= 0.005]
        page.mouse.move(*place(page, number, side - 1 - row, column, side))
        expect(says(page)).to_contain_text(f"{what} {found.birth_sample[fed[0][0]]}→{found.death_sample[fed[0][0]]}")
        text = says(page).inner_text()
        assert numbers(text)[2] == pytest.approx(image[row, column], rel=6e-3)
        told = [tuple(map(int, each)) for each in re.findall(rf"{what} (\d+)→(\d+) \((\d+) %\)", text)]
        want = [(found.birth_sample[k], found.death_sample[k], 100 * share) for k, share in fed[:3]]
        np.testing.assert_allclose([each[2] for each in told], [each[2] for each in want], atol=0.51)
        assert {each[:2] for each in told} <= {(found.birth_sample[k], found.death_sample[k]) for k, _ in fed}
        assert (f"{len(fed) - 3} more" in text) == (len(fed) > 3)


def test_a_stretch_is_dragged_typed_slid_and_let_go(server: Server, page: Page, visit: Opener) -> None:
    sheet(page, SIGNAL).evaluate(CENTRED)
    page.mouse.move(*on_signal(page, 30))
    page.mouse.down()
    page.mouse.move(*on_signal(page, 44), steps=4)
    page.mouse.up()
    brushed(page, 30, 44)
    again = visit(server, page.url.removeprefix(server.url))
    brushed(again, 30, 44)
    again.close()

    sheet(page, GASF).focus()
    page.keyboard.press("ArrowRight")
    expect(says(page)).to_contain_text("Pixel (12, 12)")
    page.keyboard.press("Shift+ArrowDown")
    expect(says(page)).to_contain_text("Pixel (22, 12)")
    page.keyboard.press("ArrowLeft")
    expect(says(page)).to_contain_text("Pixel (22, 11)")
    page.keyboard.press("Escape")
    brushed(page, 30, 44)
    page.keyboard.press("Escape")
    idle(page)

    sheet(page, SIGNAL).focus()
    for key in ("ArrowRight", "Shift+ArrowRight", " ", "Shift+ArrowRight", "ArrowRight"):
        page.keyboard.press(key)
    expect(says(page)).to_contain_text("The value at sample 21 (2.1 s) is")
    assert numbers(says(page).inner_text())[2] == pytest.approx(series()[CHANNEL, 21], rel=6e-3)
    page.keyboard.press(" ")
    brushed(page, 10, 21)
    settled(page)
    page.locator(".st-key-b").get_by_role("slider").last.press("ArrowRight")
    brushed(page, 10, 22)
    settled(page)
    sheet(page, SIGNAL).evaluate(CENTRED)  # the slider had moved the page
    page.mouse.click(*on_signal(page, 80))
    expect(says(page)).to_contain_text("The value at sample 80")
    page.mouse.move(2, 2)
    sheet(page, SIGNAL).press("Escape")
    idle(page)


@contextmanager
def phone(browser: Browser, scheme: str) -> Iterator[Opener]:
    with visited(browser, 390, scheme, 844, has_touch=True, is_mobile=True) as open_:
        yield open_


def test_a_finger_finds_everything_on_a_phone_at_night(server: Server, browser: Browser) -> None:
    with phone(browser, "dark") as open_:
        page = open_(server, LINK)
        assert sideways(page) == 0
        expect(says(page)).to_contain_text("with a finger")
        assert sheet(page, SIGNAL).evaluate(DRAWN) > 180  # a light line on dark
        boxes = [sheet(page, number).bounding_box() or {} for number in (GASF, GADF, DIAGRAM)]
        assert boxes[0]["y"] == boxes[1]["y"] < boxes[2]["y"]

        sheet(page, GASF).scroll_into_view_if_needed()
        page.touchscreen.tap(*place(page, GASF, 5, 17, 24))
        expect(says(page)).to_contain_text("Pixel (5, 17)")
        expect(page.locator(".lens .heard")).to_contain_text("Pixel (5, 17)")
        sheet(page, SIGNAL).scroll_into_view_if_needed()
        drag(page, on_signal(page, 20), on_signal(page, 40))
        brushed(page, 20, 40)
        settled(page)
        page.touchscreen.tap(*on_signal(page, 70))
        expect(says(page)).to_contain_text("The value at sample 70")
        page.wait_for_function("() => !new URLSearchParams(location.search).has('b')")


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """One finger over the glass."""
    hand = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.0), ("touchMove", 0.5), ("touchMove", 1.0), ("touchEnd", None)):
        points = []
        if share is not None:
            x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
            points = [{"x": x, "y": y}]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


def test_who_wants_less_motion_sees_none(page: Page) -> None:
    lasts = "sheet => getComputedStyle(sheet).transitionDuration"
    assert sheet(page, GASF).evaluate(lasts) == "0s"
    page.emulate_media(reduced_motion="no-preference")
    assert sheet(page, GASF).evaluate(lasts) == "0.1s"
