"""Thirty seconds: something real moves, and two clicks lead to a run of one's own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from kdviz.runs.store.demo_runs import finished
from kdviz.runs.store.run import Run
from tests.browser.conftest import Opener, settled, visited
from tests.browser.server import Server
from tests.browser.test_main_job import PATIENCE

EPOCHS = finished("planted_kd").snapshots.epochs
EPOCH = f"Epoch {EPOCHS[-1]} of {EPOCHS[-1]}"
BEFORE = f"Epoch {EPOCHS[-2]} of {EPOCHS[-1]}"


def slider(page: Page) -> str:
    return page.locator("#scrubber output").inner_text()


def test_it_moves_by_itself(server: Server, browser: Browser) -> None:
    with visited(browser, reduced_motion="no-preference") as open_:
        page = open_(server)
        page.reload(wait_until="commit")
        page.wait_for_function(
            "() => { const said = [...document.querySelectorAll('*')].map(e => e.shadowRoot?.querySelector('output'))"
            ".find(Boolean) ?? document.querySelector('#scrubber output'); if (!said) return false;"
            "window.seen = (window.seen ?? new Set()).add(said.textContent); return window.seen.size > 5; }",
            timeout=PATIENCE,
        )
        expect(page.locator("#scrubber output")).to_have_text(EPOCH, timeout=PATIENCE)


def test_where_motion_is_not_wanted_it_stands_is_told_in_words_and_moved_by_keys_all_without_plotly(
    server: Server, visit: Opener
) -> None:
    page = visit(server)
    expect(page.locator("#scrubber output")).to_be_visible()
    assert slider(page) == EPOCH
    asked = page.evaluate("() => performance.getEntriesByType('resource').map(each => each.name)")
    assert 0 < len(asked) < 250 and not [url for url in asked if "plotly" in url.lower()]  # 250 are kept at most
    told = page.locator("#scrubber .told")
    expect(told).to_contain_text(re.compile(r"match with the signal teacher is .* control's .* chance"))
    page.locator("#scrubber input[type=range]").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#scrubber output")).to_have_text(BEFORE)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#scrubber .which")).to_contain_text("(2 of 24 kept)")
    expect(page.locator("#scrubber output")).to_have_text(BEFORE)
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.slow
def test_two_clicks_lead_to_a_run_of_ones_own(server: Server, visit: Opener) -> None:
    page = visit(server)
    page.get_by_role("button", name=re.compile("Train it here")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Distill", timeout=PATIENCE)
    page.get_by_role("link", name="See where they looked").click(timeout=3 * PATIENCE)
    expect(page.get_by_role("heading", level=1)).to_have_text("Evidence", timeout=PATIENCE)
    settled(page)
    shown = finished("planted_kd").about
    run = Run(server.home / "runs" / str(shown["recipe"]))
    assert run.final is not None
    assert run.final["accuracy"]["test"] == pytest.approx(shown["accuracy"]["student"], abs=0.08)
    page.goto(server.url)
    settled(page)
