"""What is measured before training, as a visitor sees it: begun, watched, ended by hand."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Opener, settled
from tests.browser.server import Server

PATIENCE = 90_000


def test_a_measurement_tells_how_far_it_is_and_can_be_cancelled(server: Server, visit: Opener) -> None:
    page = visit(server, "/encode?data=coffee&look=classes")
    measure = page.get_by_role("button", name="Measure all views")
    measure.click()
    expect(page.get_by_test_id("stProgress")).to_contain_text(re.compile("Measuring: ."), timeout=PATIENCE)
    page.get_by_role("button", name="Cancel").click()
    expect(measure).to_be_visible(timeout=PATIENCE)
    expect(page.get_by_test_id("stProgress")).to_have_count(0)
    settled(page)
