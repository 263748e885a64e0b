"""How fast pages open: each page's rerun on the server when warm, and Start in a cold browser and server.

`python -m benchmarks.opening` prints both. Reruns are counted by the script's own run, without network or browser; they
do not include what the looker or the trainer do beside it.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

from kdviz.ui.shell import PAGES
from tests.browser.chromium import FLAGS, find
from tests.browser.server import ROOT, served

RERUNS = 7
TARGET = 200


def rerun(name: str) -> tuple[float, float]:
    """Milliseconds of a page's first run in this process, and the median of its reruns."""
    test = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=120)
    test.query_params["data"] = "gunpoint"
    told = []
    for _ in range(1 + RERUNS):
        began = time.perf_counter()
        test.run()
        told.append(1000 * (time.perf_counter() - began))
    return told[0], statistics.median(told[1:])


def start() -> dict[str, float]:
    """Seconds from asking for Start to its heading, to its scrubber, and until that has moved."""
    with tempfile.TemporaryDirectory() as place, served(Path(place)) as server, sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=str(find()), args=FLAGS).new_page()
        began, told = time.perf_counter(), {}
        page.goto(server.url, wait_until="commit")
        page.get_by_role("heading", level=1).wait_for()
        told["heading"] = time.perf_counter() - began
        page.locator("#scrubber output").wait_for()
        told["scrubber"] = time.perf_counter() - began
        page.locator("#scrubber output").filter(has_not_text="Epoch 0 of").wait_for()
        told["moving"] = time.perf_counter() - began
        return told


if __name__ == "__main__":
    print("Start, cold server and browser: " + ", ".join(f"{what} {s:.1f} s" for what, s in start().items()))
    print(f"{'page':<12}{'first ms':>10}{'rerun ms':>10}   (target: {TARGET} ms)")
    for each in PAGES:
        first, again = rerun(each)
        print(f"{each:<12}{first:>10.0f}{again:>10.0f}{'   slow' if again > TARGET else ''}")
