"""A shared host as two visitors meet it, who have nothing in common but its address."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection

from kdviz.core.events import EpochEnded
from kdviz.core.files import append_line, locked
from kdviz.data.sources.recordings import recording
from kdviz.runs.hosting import share_links
from kdviz.runs.store import run_table
from kdviz.runs.store.datasets import keep
from kdviz.runs.store.home import at, home_for
from kdviz.runs.store.run import EVENTS, LOCK, Run, make
from kdviz.training.recipe import Recipe
from kdviz.training.watched.watch_teachers import watch_recipe_for
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


def test_all_pages_of_a_visitor_together_hold_so_many_bytes_and_no_more(host: Server) -> None:
    alice, bob = Visitor(host.url).come(), Visitor(host.url).come()
    part = bytes(45 << 20)
    with alice.session() as one, alice.session() as two, alice.session() as three, bob.session() as his:
        assert [alice.drop(page, part).status for page in (one, two, three)] == [204, 204, 413]
        assert bob.drop(his, part).status == 204


def test_a_session_holds_so_many_bytes_and_no_more(host: Server) -> None:
    alice = Visitor(host.url).come()
    half = bytes(33 << 20)
    with alice.session() as session:
        assert alice.drop(session, half, "1").status == 204
        assert alice.drop(session, half, "2").status == 413
        assert alice.drop(session, b"1", "3").status == 204


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
    for deed in ("Take the link back", "Delete", "Continue", "Stop training", "Name and tags"):
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


@pytest.mark.parametrize("page", ["distill", "watch"])
def test_a_link_that_is_taken_back_ends_an_open_page(page: str, scene: Scene) -> None:
    with at(home_for(identity(scene.alice))):
        stretch = recording("planted-recording")
        watch = make(watch_recipe_for(stretch, ("signal",), ("stfpm",), window=48), NAME, {}, made="in a test")
        run = watch if page == "watch" else Run(home_for(identity(scene.alice)) / "runs" / scene.run)
        link = share_links.token(run)
    with scene.bob.socket() as socket:
        state = {"query_string": urlencode({"run": run.folder.name, "link": link}), "page_name": page}
        opened = heard(socket, state)
        assert opened.ticks and "No such run here" not in opened.said
        with at(home_for(identity(scene.alice))):
            share_links.withdraw(run)
        assert "No such run here" in heard(socket, opened.tick(state)).said


def test_a_tick_whose_log_did_not_grow_sends_no_element_and_one_whose_log_grew_sends_the_panel(scene: Scene) -> None:
    run = Run(home_for(identity(scene.alice)) / "runs" / scene.run)
    with scene.alice.socket() as socket, locked(run.folder / LOCK):
        state = {"query_string": urlencode({"run": scene.run}), "page_name": "distill"}
        tick = heard(socket, state).tick(state)
        took = []
        for _ in range(6):
            began = time.monotonic()
            quiet = heard(socket, tick)
            took.append(time.monotonic() - began)
            assert quiet.elements == [] and quiet.bytes < 3_000
        assert min(took) < 0.035, "messages wait for each other on their way to the page"
        append_line(run.folder / EVENTS, EpochEnded("student", 3, 9, "kd", {"task": 1.0}, {}, {}, 0.1).line())
        (run.folder / EVENTS).chmod(0o600)  # a test writes it, not the app
        grown = heard(socket, tick)
        assert "epoch 3 of 9" in grown.said and grown.elements.count("plotly_chart") == 2
        assert heard(socket, tick).elements == []


@dataclass
class Heard:
    """What a page says until it is done, also where it begins anew, and the fragments that will tick."""

    said: str = ""
    bytes: int = 0
    elements: list[str] = field(default_factory=list)
    ticks: list[tuple[str, str]] = field(default_factory=list)

    def tick(self, state: dict[str, object]) -> dict[str, object]:
        """What a browser asks when a second has passed."""
        fragment, page = self.ticks[-1]
        query = state["query_string"]
        return {"query_string": query, "page_script_hash": page, "fragment_id": fragment, "is_auto_rerun": True}


def heard(socket: ClientConnection, state: dict[str, object]) -> Heard:
    """Ask, and listen to the end."""
    socket.send(BackMsg(rerun_script=state).SerializeToString())
    found = Heard()
    while True:
        content = bytes(socket.recv(timeout=60))  # type: ignore[arg-type]
        told = ForwardMsg.FromString(content)
        found.said += content.decode(errors="replace")
        found.bytes += len(content)
        kind = told.WhichOneof("type")
        if kind == "auto_rerun":
            found.ticks.append((told.auto_rerun.fragment_id, told.metadata.active_script_hash))
        if kind == "delta" and told.delta.HasField("new_element"):
            found.elements.append(str(told.delta.new_element.WhichOneof("type")))
        if kind == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return found


def test_a_visit_leaves_nothing_and_what_is_kept_is_its_owners(scene: Scene, host: Server) -> None:
    assert "Showing" in scene.bob.page("data")
    with at(home_for(identity(scene.alice))):
        assert home_for(identity(scene.alice)).is_dir() and not home_for(identity(scene.bob)).exists()
    mine = host.home / "visitors" / identity(scene.alice)
    open_to_others = [p for p in host.home.rglob("*") if mine not in p.parents and p.stat().st_mode & 0o077]
    assert open_to_others == [] and (host.home / "workers.log").exists()
