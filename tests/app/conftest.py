"""Pages run by Streamlit's own AppTest: no browser, no server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kdviz.runs.engine.supervisor import Watcher
from kdviz.ui.state import cache

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
Opener = Callable[..., AppTest]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.app)


@pytest.fixture(scope="session", autouse=True)
def a_looker() -> Iterator[None]:
    """One process that holds networks for all tests, as for all visitors; a question says whose home it is about."""
    yield
    cache.looker().close()


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What one test's page has cached, the next one's does not find; whoever watched its runs ends with it."""
    begun: list[Watcher] = []
    start = Watcher.start

    def counted(watcher: Watcher) -> None:
        begun.append(watcher)
        start(watcher)

    monkeypatch.setattr(Watcher, "start", counted)
    yield
    st.cache_data.clear()
    st.cache_resource.clear()
    for watcher in begun:
        watcher.close()


@pytest.fixture(autouse=True)
def nobody_else_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    """No server has a first page to draw, so nothing waits for that."""
    monkeypatch.setattr("kdviz.ui.start.DRAWN_BY", 0)


@pytest.fixture
def page() -> Opener:
    """Open a page by name, with what its link says."""

    def open_(name: str, **link: str) -> AppTest:
        test = AppTest.from_file(str(ROOT / "pages" / f"{name}.py"), default_timeout=150)
        for key, value in link.items():
            test.query_params[key] = value
        test.run()
        assert not test.exception, test.exception
        return test

    return open_


def words(test: AppTest) -> str:
    """Everything that a page says, in one text."""
    kinds = (test.title, test.header, test.subheader, test.markdown, test.caption, test.info, test.warning, test.error,
             test.success, test.code)  # fmt: skip
    return "\n".join(str(each.value) for kind in kinds for each in kind)
