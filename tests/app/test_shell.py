"""The frame around the pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from kdviz.ui.shell import frame
from tests.app.conftest import ROOT, words


@pytest.fixture
def app() -> Iterator[AppTest]:
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()


def test_every_page_of_the_menu_is_a_file_and_every_file_is_in_the_menu() -> None:
    assert {p.stem for p in (ROOT / "pages").glob("*.py")} == set(frame.PAGES)


def test_the_app_opens_on_its_first_page(app: AppTest) -> None:
    assert not app.exception and "Does the small model look" in app.title[0].value


@pytest.mark.parametrize("name", frame.PAGES)
def test_every_page_opens_from_the_menu(name: str, app: AppTest) -> None:
    app.switch_page(f"pages/{name}.py").run()
    assert not app.exception and not app.error
    assert len(app.title) == 1


def test_a_sample_card_leads_to_its_pictures(app: AppTest) -> None:
    app.button(key="encode_gunpoint").click().run()
    assert not app.exception
    assert app.title[0].value == "Encode" and app.session_state["chosen_data"] == "gunpoint"


def test_what_a_page_cannot_do_is_said_in_its_own_words(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KDVIZ_HOME", str(tmp_path / "file" / "home"))
    (tmp_path / "file").write_text("no folder")
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
    app.query_params["data"] = "0" * 64
    app.switch_page("pages/data.py").run()
    app.query_params["data"] = "0" * 64
    app.run()
    assert not app.exception
    assert "Set KDVIZ\\_HOME" in words(app)
