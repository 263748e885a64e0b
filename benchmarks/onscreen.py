"""How soon the board of evidence answers, in a real Chromium, with runs trained here: `python -m benchmarks.onscreen`.

Timed in the browser, from the click to the first frame in which the new drawing stands: the next series until the
board's signal is another one; the second run until its bands stand under the first's; a change of What if until the
board below draws the changed signal. An epoch dragged to is timed to the end of the drawing that it causes: nobody is
asked. The server makes views, passes and maps anew for each series; first answers also open the run and are not
counted. The runs are small (series of 40 samples, GAF of 16 x 16), so this times the way through server and page more
than the networks: those are timed by `benchmarks.evidence`. On a busy machine the numbers mean little.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.chromium import FLAGS, MISSING, find
from tests.browser.conftest import settled
from tests.browser.server import served
from tests.lookable import trained

TIMES = 10
PATIENCE = 120_000
CHANGES = ("Flip upside down", "Replace with a straight line")
BOARDS = """[...document.querySelectorAll('*')]
    .map(each => each.shadowRoot?.querySelector('#evidence_board')).filter(Boolean)"""
SIGNAL = "boards()[board]?.querySelector('canvas.signal')?.toDataURL()"
BANDS = "boards()[board]?.querySelectorAll('canvas.band.student.full').length"
PROBE = """board => {
  const boards = () => %s
  const shown = () => %s
  const before = shown()
  window.answered = null
  addEventListener('pointerdown', () => {
    const began = performance.now()
    const look = () => {
      const now = shown()
      if (now === undefined || now === before) return requestAnimationFrame(look)
      window.answered = performance.now() - began
    }
    requestAnimationFrame(look)
  }, { capture: true, once: true })
}"""
DRAG = """times => {
  const slider = (%s)[0].querySelector('input[type=range]')
  return Array.from({ length: times }, (_, k) => {
    const began = performance.now()
    slider.value = k %% (+slider.max + 1)
    slider.dispatchEvent(new Event('input'))
    return performance.now() - began
  })
}"""


def answer(page: Page, button: Locator, board: int, what: str = SIGNAL) -> float:
    """Milliseconds from a click on `button` until a board shows something else."""
    button.scroll_into_view_if_needed()
    page.evaluate(PROBE % (BOARDS, what), board)
    button.click()
    page.wait_for_function("() => window.answered", timeout=PATIENCE)
    found = float(page.evaluate("() => window.answered"))
    settled(page)
    return found


def next_series(page: Page) -> list[float]:
    """One click on the arrow after another."""
    arrow = page.locator(".st-key-after button").first
    return [answer(page, arrow, 0) for _ in range(TIMES + 1)][1:]


def drag(page: Page) -> list[float]:
    """The epoch's slider, place after place, once the maps of all epochs are here."""
    page.wait_for_function("() => window.kdvizFilms?.size", timeout=PATIENCE)
    return [float(each) for each in page.evaluate(DRAG % BOARDS, 3 * TIMES)]


def second_run(page: Page) -> list[float]:
    """Another run laid beside a series that neither was asked about yet, and taken away again."""
    found = []
    for _ in range(TIMES // 2 + 1):
        page.locator(".st-key-after button").first.click()
        settled(page)
        for option in ("fam on", "no other run"):
            page.locator(".st-key-board_more button").first.click()
            page.get_by_role("combobox", name="A second run beside it").click()
            time = answer(page, page.get_by_role("option", name=option).first, 0, BANDS)
            found += [time] if option == "fam on" else []
            page.keyboard.press("Escape")
            settled(page)
    return found[1:]


def what_if(page: Page) -> list[float]:
    """Flip and mute, in turn: the changed signal is drawn again below."""
    page.get_by_text("What if", exact=True).last.click()
    page.locator("#evidence_board").nth(1).wait_for(timeout=PATIENCE)
    settled(page)
    asked = (CHANGES[number % 2] for number in range(TIMES + 2))
    return [answer(page, page.get_by_text(change, exact=True), 1) for change in asked][2:]


def main() -> None:
    """Train, serve, click, print."""
    where = find()
    if where is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as folder:
        runs = trained(Path(folder) / "home")
        with served(Path(folder)) as server, sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=str(where), args=FLAGS)
            page = chromium.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"{server.url}/evidence?run={runs.ebkd}")
            page.locator("#evidence_board").first.wait_for(timeout=PATIENCE)
            settled(page)
            found = {
                "next series to drawn": (next_series(page), 400),
                "epoch dragged to drawn": (drag(page), 17),
                "second run beside to drawn": (second_run(page), 800),
                "what-if to drawn": (what_if(page), 300),
            }
            chromium.close()
    for what, (times, wanted) in found.items():
        told = f"median {np.median(times):6.0f} ms   95th percentile {np.percentile(times, 95):6.0f} ms"
        print(f"{what:<28}{told}   (wanted: below {wanted} ms; {len(times)} times)")


if __name__ == "__main__":
    main()
