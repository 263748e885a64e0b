"""axe-core finds nothing serious on any page, by day and by night: who reads badly or cannot see is a visitor too."""

from __future__ import annotations

from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page

from kdviz.ui.shell.frame import PAGES
from tests.browser.conftest import visited
from tests.browser.frame import ADDRESS, fits, has_frame, turn
from tests.browser.server import Server
from tests.lookable import Lookable

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
LOOK = """async own => {
  const asked = {resultTypes: ['violations'], elementRef: true};
  const found = (await axe.run(document, asked)).violations;
  return found.filter(rule => ['serious', 'critical'].includes(rule.impact)).flatMap(rule => rule.nodes
    .filter(node => !(rule.id in own && node.element.closest(own[rule.id])))
    .map(node => `${rule.id}: ${node.html.slice(0, 160)} (${node.failureSummary})`));
}"""
STREAMLITS_OWN = {
    # st.latex lets a wide formula scroll, but offers no way to give it a tab stop.
    "scrollable-region-focusable": ".katex-display",
    # A chip of a list that is disabled is pale, as all that is disabled; axe-core does not know it for such.
    "color-contrast": "[data-testid=stMultiSelect] [data-tag]:not(:has(button))",
}
"""Rules broken inside Streamlit's own elements, with no option that mends it: the rule's id -> a CSS selector."""


@pytest.fixture(scope="module")
def run(server: Server, lookable: Lookable) -> str:
    """A small finished run in the server's home."""
    return lookable.copied(server.home).ebkd


def grave(page: Page) -> list[str]:
    """What axe-core calls serious or critical and is ours to mend: rule, element, why."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(LOOK, STREAMLITS_OWN)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("name", PAGES)
def test_nobody_is_shut_out_of_a_page_and_it_fits_desk_and_phone_by_day_and_by_night(
    name: str, server: Server, browser: Browser, run: str
) -> None:
    with visited(browser) as open_:
        page = open_(server, f"{ADDRESS[name]}?run={run}")
        fits(page, "light")
        has_frame(page, name)
        assert grave(page) == []
        turn(page, 1280, "dark")
        fits(page, "dark")
        assert grave(page) == []
        for scheme in ("dark", "light"):
            turn(page, 390, scheme)
            fits(page, scheme)
        has_frame(page, name)


def test_axe_still_sees_what_it_should(server: Server, browser: Browser) -> None:
    with visited(browser) as open_:
        page = open_(server, ADDRESS["why"])
        page.evaluate("() => document.querySelector('h1').style.color = '#eee'")
        assert any(each.startswith("color-contrast") for each in grave(page))
