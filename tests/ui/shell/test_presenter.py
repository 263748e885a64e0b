"""The way of a presentation, and that it is asked for by link and kept."""

from __future__ import annotations

import pytest

from kdviz.ui.shell import presenter
from kdviz.ui.shell.frame import PAGES


def test_the_way_goes_from_start_to_evidence_and_begins_again() -> None:
    page, seen = "start", []
    for _ in range(5):
        seen.append(page)
        page = presenter.after(page)
    assert seen == ["start", "encode", "distill", "evidence", "start"]


@pytest.mark.parametrize("name", presenter.PATH)
def test_back_undoes_next(name: str) -> None:
    assert presenter.before(presenter.after(name)) == name


@pytest.mark.parametrize("name", PAGES)
def test_every_page_leads_to_one_of_the_way(name: str) -> None:
    assert {presenter.after(name), presenter.before(name)} <= set(presenter.PATH) <= set(PAGES)
