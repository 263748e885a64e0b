"""Links that an earlier kdviz wrote open the same page with the same selection."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.runs.store.catalogue import remembered
from kdviz.ui.state import cache
from tests.app.conftest import ROOT
from tests.before import recorded, unpacked

LINKS = recorded("links")
PAGES = ("start", "data", "encode", "distill", "evidence", "frequency", "runs", "sweep", "compare", "learn")
SINCE = {"watch", "why"}
"""Pages that came later: no link of before leads to them."""


@pytest.fixture(scope="module")
def shared_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The home of before."""
    yield unpacked(tmp_path_factory.mktemp("links") / "home")
    cache.supervisors.cache_clear()


@pytest.fixture
def home(shared_home: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KDVIZ_HOME", str(shared_home))
    monkeypatch.setattr("kdviz.runs.engine.supervisor.Supervisor.start", lambda keeper: None)
    remembered()


def test_every_page_is_among_them_with_many_choices() -> None:
    assert {each["page"] for each in LINKS} == set(PAGES)
    assert set(PAGES) | SINCE == {path.stem for path in (ROOT / "pages").glob("*.py")} and not SINCE & set(PAGES)
    assert len({name for each in LINKS for name in each["link"]}) > 30


@pytest.mark.slow
@pytest.mark.parametrize("then", LINKS, ids=lambda each: f"{each['page']} {' '.join(each['link'])}")
def test_a_link_opens_with_the_same_selection(then: dict[str, Any], home: None) -> None:
    test = AppTest.from_file(str(ROOT / "pages" / f"{then['page']}.py"), default_timeout=180)
    for key, value in then["link"].items():
        test.query_params[key] = value
    test.run()
    assert not test.exception, test.exception
    link = {k: v[0] if isinstance(v, list) else v for k, v in dict(test.query_params).items()}
    assert link == then["link"]
    chosen = {key: test.session_state[key] for key in then["chosen"] if key in test.session_state}
    assert chosen == then["chosen"]
    if then["page"] not in ("distill", "start"):  # which say today's defaults and finished runs: no link promises them
        lines = [each.value for each in test.code if each.value.startswith("python -m kdviz")]
        assert len(lines) == len(then["shell"])
        for said, before in zip(lines, then["shell"], strict=True):  # a line may say more than it did, never less
            assert set(before.split()) <= set(said.split()), said
    assert len(test.get("bidi_component")) >= then["drawings"] and len(test.dataframe) >= then["tables"]
