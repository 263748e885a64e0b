"""How fast pages open: each page's rerun on the server when warm, and Start in a cold browser and server.

`python -m benchmarks.opening` prints both. Start is opened several times, each with a server and a browser of its own.
Reruns are counted by the script's own run, without network or browser, in a home with two finished runs that the pages
show; what the looker answers is kept from the first run, as it is for a visitor.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

from kdviz.ui.shell.frame import PAGES
from kdviz.ui.state import cache
from tests.browser.chromium import FLAGS, find
from tests.browser.server import ROOT, served
from tests.lookable import Lookable, trained

STARTS = 7
RERUNS = 7
TARGET = 200
LINKS: dict[str, Callable[[Lookable], dict[str, str]]] = {
    "evidence": lambda runs: {"run": runs.fam},
    "frequency": lambda runs: {"run": runs.fam},
    "runs": lambda runs: {"run": runs.fam},
    "compare": lambda runs: {"cmp": f"{runs.fam},{runs.ebkd}"},
}
"""What a page is asked for, where it is not a data set."""


def rerun(name: str, runs: Lookable) -> tuple[float, float]:
    """Milliseconds of a page's first run in this process, and the median of its reruns."""
    test = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=120)
    test.query_params |= LINKS.get(name, lambda _: {"data": "gunpoint"})(runs)
    told = []
    for _ in range(1 + RERUNS):
        began = time.perf_counter()
        test.run()
        told.append(1000 * (time.perf_counter() - began))
        assert not test.exception and not test.error, (test.exception, test.error)
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


def main() -> None:
    """Print both tables."""
    times = [start() for _ in range(STARTS)]
    print(f"Start, cold server and browser, {STARTS} times; wanted: something moves within 2.5 s")
    for what in times[0]:
        each = sorted(told[what] for told in times)
        print(f"  {what:<10}median {statistics.median(each):.1f} s, {each[0]:.1f} to {each[-1]:.1f} s")
    print(f"{'page':<12}{'first ms':>10}{'rerun ms':>10}   (target: {TARGET} ms)")
    with tempfile.TemporaryDirectory() as place:
        os.environ["KDVIZ_HOME"] = place
        runs = trained(Path(place))
        cache.looker().warm()  # as the server does; Start would wait for it
        for page in PAGES:
            first, again = rerun(page, runs)
            print(f"{page:<12}{first:>10.0f}{again:>10.0f}{'   slow' if again > TARGET else ''}")


if __name__ == "__main__":
    main()
