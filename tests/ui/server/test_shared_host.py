"""A shared host as two visitors meet it, who have nothing in common but its address."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from kdviz.runs.hosting import share_links
from kdviz.runs.store import run_table
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.home import at, home_for
from kdviz.runs.store.run import make
from kdviz.training.recipe import Recipe
from tests.browser.server import Server, served
from tests.conftest import bumps
from tests.ui.visitor import Visitor

NAME = "Alices secret"


@dataclass
class Scene:
    """A shared host, a visitor with a run and a data set there, and one who has neither."""

    alice: Visitor
    bob: Visitor
    run: str
    data: str
    link: str


def identity(someone: Visitor) -> str:
    return hashlib.sha256(next(iter(someone.identity().values())).rpartition(".")[0].encode()).hexdigest()[:32]


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with served(tmp_path_factory.mktemp("host"), KDVIZ_HOSTED="1") as one:
        yield one


@pytest.fixture
def scene(host: Server, monkeypatch: pytest.MonkeyPatch) -> Scene:
    monkeypatch.setenv("KDVIZ_HOME", str(host.home))
    alice, bob = Visitor(host.url).come(), Visitor(host.url).come()
    with at(home_for(identity(alice))):
        data = bumps()
        run = make(Recipe(keep(data), views={"signal": {}}), data.name, dict(data.source), made="in a test")
        run_table.write(run, NAME, [])
        return Scene(alice, bob, run.folder.name, data.sha256, share_links.token(run))


def test_lists_show_ones_own_runs_only(scene: Scene) -> None:
    assert NAME in scene.alice.page("runs", alone="true")
    said = scene.bob.page("runs", alone="true")
    assert NAME not in said and "No runs yet" in said


def test_whoever_guesses_a_run_is_told_that_there_is_none(scene: Scene) -> None:
    scene.alice.page("runs", run=scene.run)
    for page in ("runs", "evidence"):
        said = scene.bob.page(page, run=scene.run)
        assert "No such run here" in said and NAME not in said, page
        assert NAME not in scene.bob.page(page, run=scene.run, link="0" * 32)


def test_a_link_lets_read_and_nothing_else(scene: Scene) -> None:
    said = scene.bob.page("runs", run=scene.run, link=scene.link)
    assert NAME in said and "somebody else made" in said
    for deed in ("Take the link back", "Delete", "Continue", "Stop", "Name and tags"):
        assert deed not in said.replace("deleted", ""), deed
    own = scene.alice.page("runs", run=scene.run)
    assert "Take the link back" in own and "Delete" in own and "Name and tags" in own
    assert "stop_run" in scene.alice.page("distill", run=scene.run)
    live = scene.bob.page("distill", run=scene.run, link=scene.link)
    assert "Nothing is learning yet" not in live and "stop_run" not in live


def test_data_are_their_owners_whoever_knows_the_fingerprint(scene: Scene) -> None:
    assert "Showing bumps" in scene.alice.page("data", data=scene.data)
    said = scene.bob.page("data", data=scene.data)
    assert "This data is not here" in said and "Showing bumps" not in said
    assert "Showing bumps" in scene.bob.page("data", data=scene.data, run=scene.run, link=scene.link)
    assert "This data is not here" in scene.bob.page("data", data=scene.data)


def test_the_data_page_says_what_becomes_of_what_is_brought(scene: Scene) -> None:
    said = scene.bob.page("data")
    assert "This is a shared host" in said and "7 days after your last visit" in said
    assert "What is kept of yours here" in said
