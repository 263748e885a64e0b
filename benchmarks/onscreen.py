"""How soon the evidence page answers, in a real Chromium, with a run trained here: `python -m benchmarks.onscreen`.

Timed in the browser, from the click to the first frame in which the new drawing stands: the next series until the
board's signal is another one, and a change of What if until the board below draws the changed one. The server makes
views, passes and maps anew for each series; first answers also open the run and are not counted. The run is small
(series of 40 samples, GAF of 16 x 16), so this times the way through server and page more than the networks: those
are timed by `benchmarks.evidence`. Medians and 95th percentiles; on a busy machine they mean little.
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
CHANGES = ("Flip upside down", "Mute (a line)")
PROBE = """board => {
  const boards = () => [...document.querySelectorAll('*')]
    .map(each => each.shadowRoot?.querySelector('#evidence_board')).filter(Boolean)
  const shown = () => boards()[board]?.querySelector('canvas.signal')?.toDataURL()
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


def answer(page: Page, button: Locator, board: int) -> float:
    """Milliseconds from a click on `button` until a board draws another signal."""
    button.scroll_into_view_if_needed()
    page.evaluate(PROBE, board)
    button.click()
    page.wait_for_function("() => window.answered", timeout=PATIENCE)
    found = float(page.evaluate("() => window.answered"))
    settled(page)
    return found


def next_series(page: Page) -> list[float]:
    """One click on the arrow after another."""
    arrow = page.get_by_role("button", name="chevron_right").first
    return [answer(page, arrow, 0) for _ in range(TIMES + 1)][1:]


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
            page = chromium.new_page(viewport={"width": 1280, "height": 1000})
            page.goto(f"{server.url}/evidence?run={runs.fam}")
            page.locator("#evidence_board").first.wait_for(timeout=PATIENCE)
            settled(page)
            found = {"next series to drawn": (next_series(page), 500), "what-if to drawn": (what_if(page), 300)}
            chromium.close()
    for what, (times, wanted) in found.items():
        told = f"median {np.median(times):6.0f} ms   95th percentile {np.percentile(times, 95):6.0f} ms"
        print(f"{what:<22}{told}   (wanted: below {wanted} ms; {len(times)} clicks)")


if __name__ == "__main__":
    main()
