"""The main job, as a newcomer walks it: a file of one's own, its images, a student, and where everybody looked."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opener, settled
from tests.browser.server import Server
from tests.conftest import bumps

PATIENCE = 90_000


def ucr_file() -> bytes:
    """Sixty labelled series, one a line, the class first: what people bring."""
    data = bumps(60, length=48)
    rows = np.column_stack([data.y + 1, data.X[:, 0]])
    return "\n".join("\t".join(f"{v:.6g}" for v in row) for row in rows).encode()


def upload(page: Page) -> None:
    page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(
        {"name": "mine_TRAIN.tsv", "mimeType": "text/plain", "buffer": ucr_file()}
    )
    expect(page.get_by_text(re.compile("60 series"))).to_be_visible(timeout=PATIENCE)


@pytest.mark.slow
def test_a_newcomer_walks_from_a_file_to_the_evidence_and_back(server: Server, visit: Opener) -> None:
    page = visit(server, "/data")
    upload(page)
    settled(page)
    page.get_by_role("link", name="Encode", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Encode")
    settled(page)
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible(timeout=PATIENCE)

    page.get_by_role("link", name="Distill", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Distill")
    settled(page)
    page.get_by_role("radio", name="A quick look").click()
    settled(page)
    page.get_by_label("Epochs").first.press("Home")
    settled(page)
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("link", name="See where they looked")).to_be_visible(timeout=PATIENCE)
    assert re.search(r"run=[0-9a-f]{32}", page.url)

    page.reload()
    settled(page)
    expect(page.get_by_role("link", name="See where they looked")).to_be_visible()
    page.get_by_role("link", name="See where they looked").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evidence")
    settled(page)
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible(timeout=PATIENCE)
    for name in ("Signal teacher", "Student", "From-scratch control"):
        expect(page.get_by_text(name).first).to_be_visible()

    again = visit(server, page.url.removeprefix(server.url))
    expect(again.get_by_test_id("stPlotlyChart").first).to_be_visible(timeout=PATIENCE)
    assert "libtorch" not in server.libraries()


@pytest.mark.slow
def test_a_run_that_is_stopped_keeps_what_it_learned_and_can_go_on(server: Server, visit: Opener) -> None:
    page = visit(server, "/distill?data=basic_motions&method=kd")
    page.get_by_label("Epochs").first.press("End")
    settled(page)
    page.get_by_role("button", name="Start").click()
    stop = page.get_by_role("button", name="Stop training")
    stop.wait_for(timeout=PATIENCE)
    stop.click()
    expect(page.get_by_text("What was learned until then is kept")).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
