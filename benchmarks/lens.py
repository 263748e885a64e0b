"""How soon the lens answers, in a real Chromium: `python -m benchmarks.lens`.

A hover is timed in the browser, from the pointer's event to the end of the frame in which its marks are drawn and its
sentence stands; it reaches no server. A brush is timed from the release of the button until Python's words on the
stretch have changed. Medians and 95th percentiles; on a busy machine only the number of frames means anything.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import FLAGS, MISSING, find
from tests.browser.conftest import settled
from tests.browser.server import served

LINK = "/encode?data=gunpoint&i=3"
HOVERS, BRUSHES = 60, 12
PROBE = """lens => {
  window.hovers = []
  for (const sheet of lens.querySelectorAll('.sheet')) sheet.addEventListener('pointermove', event => {
    const says = lens.querySelector('.says'), before = says.textContent, began = event.timeStamp
    let frames = 0
    const look = start => {
      frames += 1
      if (says.textContent === before && frames < 60) return requestAnimationFrame(look)
      window.hovers.push([performance.now() - began, performance.now() - start, frames])
    }
    requestAnimationFrame(look)
  })
  const told = () => [...document.querySelectorAll('[data-testid=stCaptionContainer]')]
    .map(each => each.textContent).find(text => text.startsWith('The stretch alone'))
  addEventListener('pointerup', () => { window.before = told(); window.began = performance.now() }, true)
  new MutationObserver(() => {
    if (window.began && told() !== window.before) {
      window.brushed = performance.now() - window.began
      window.began = null
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true })
}"""


def hover(page: Page) -> list[list[float]]:
    """Move over the first image from pixel to pixel; milliseconds to the answer, of the frame, and frames, each."""
    box = page.locator(".lens .sheet").nth(1).bounding_box()
    assert box is not None
    for number in range(HOVERS):
        share = 0.1 + 0.8 * ((number * 7) % HOVERS) / HOVERS
        page.mouse.move(box["x"] + share * box["width"], box["y"] + (0.9 - 0.8 * share) * box["height"])
        page.wait_for_function("count => window.hovers.length > count", arg=number)
    return list(page.evaluate("() => window.hovers"))


def brush(page: Page) -> list[float]:
    """Drag stretches; milliseconds until Python has told of each."""
    box, found = page.locator(".lens .sheet").nth(0).bounding_box(), []
    assert box is not None
    for number in range(BRUSHES):
        left = box["x"] + box["width"] * (0.1 + 0.04 * number)
        page.evaluate("() => { window.brushed = null }")
        page.mouse.move(left, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(left + 0.2 * box["width"], box["y"] + 60, steps=3)
        page.mouse.up()
        page.wait_for_function("() => window.brushed")
        found.append(float(page.evaluate("() => window.brushed")))
        settled(page)
    return found[2:]


def main() -> None:
    """Print everything."""
    where = find()
    if where is None:
        raise SystemExit(MISSING)
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as server, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(where), args=FLAGS)
        page = chromium.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(server.url + LINK)
        settled(page)
        page.locator(".lens .sheet").nth(1).wait_for()
        page.locator(".lens").evaluate(PROBE)
        answer, script, frames = np.array(hover(page)).T
        brushed = brush(page)
        chromium.close()
    for what, times in (
        ("hover to drawn", answer),
        ("the frame until then", script),
        ("brush to Python's words", brushed),
    ):
        print(f"{what:<26}median {np.median(times):6.1f} ms   95th percentile {np.percentile(times, 95):6.1f} ms")
    print(
        f"frames until a hover is answered: {np.bincount(frames.astype(int))[1:].tolist()} (in the first, second, ...)"
    )
    print("wanted: hover within one frame (16.7 ms), brush below 300 ms")


if __name__ == "__main__":
    main()
