"""The way of a presentation, and that it is asked for by link and kept."""

from __future__ import annotations

import pytest

from kdviz.ui.shell import presenter
from kdviz.ui.shell.frame import PAGES


def test_the_way_leads_through_the_app_once_there_and_back() -> None:
    page: str | None = "start"
    seen = []
    while page is not None:
        seen.append(page)
        page = presenter.after(page)
    assert seen == ["start", "encode", "distill", "evidence", "frequency"]
    assert presenter.before("start") is None
    assert [presenter.before(name) for name in seen[1:]] == seen[:-1]


@pytest.mark.parametrize("name", sorted(set(PAGES) - set(presenter.PATH)))
def test_a_page_beside_the_way_leads_to_its_beginning(name: str) -> None:
    assert (presenter.before(name), presenter.after(name)) == (None, "start")
