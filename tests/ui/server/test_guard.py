"""No visitor meets another's session or files: real HTTP and websockets against a real server."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.exceptions import ConnectionClosed, InvalidStatus

from kdviz.runs.store.home import WINDOWS_AT_HOME
from kdviz.ui.server import admission
from kdviz.ui.server.admission import OpenPages, RequestRefused
from kdviz.ui.server.cookie import Cookie, Cookies, kept_key
from kdviz.ui.server.guard import Guard, from_own_page
from tests.browser.server import Server, served
from tests.ui.server.test_server import run_apart
from tests.ui.visitor import Visitor


@pytest.fixture(scope="module")
def restarted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Visitor]]:
    """A server in its second life, and a visitor of its first."""
    folder = tmp_path_factory.mktemp("guarded")
    with served(folder) as first:
        early = Visitor(first.url).come()
    with served(folder) as second:
        yield second, Visitor(second.url, early.jar)


@pytest.fixture(scope="module")
def server(restarted: tuple[Server, Visitor]) -> Server:
    return restarted[0]


@pytest.fixture
def alice(server: Server) -> Visitor:
    return Visitor(server.url).come()


@pytest.fixture
def bob(server: Server) -> Visitor:
    return Visitor(server.url).come()


def test_the_page_sets_a_cookie_that_scripts_cannot_read_and_later_pages_keep_it(server: Server) -> None:
    visitor = Visitor(server.url)
    answer = visitor.ask("/")
    line = next(v for n, v in answer.headers if n == "set-cookie" and v.startswith("kdviz_"))
    assert "HttpOnly" in line and "SameSite=Lax" in line and "Path=/" in line and "Secure" not in line
    first = dict(visitor.identity())
    visitor.ask("/data")
    assert visitor.identity() == first and len(first) == 1


def test_a_visitor_who_comes_over_tls_gets_a_cookie_for_tls_only(server: Server) -> None:
    through_a_proxy = Visitor(server.url, headers={"X-Forwarded-Proto": "https"})
    line = next(v for n, v in through_a_proxy.ask("/").headers if n == "set-cookie" and "kdviz_" in v)
    assert line.startswith("__Host-kdviz_") and line.endswith("; Secure")
    plain = Visitor(server.url, jar={n.removeprefix("__Host-"): v for n, v in through_a_proxy.jar.items()})
    assert plain.ask("/").cookies() != {} and set(plain.jar) != set(through_a_proxy.jar)


def test_a_page_that_lost_its_connection_gets_its_session_back(alice: Visitor) -> None:
    with alice.session() as first:
        pass
    with alice.session(first) as again:
        assert again == first


def test_nobody_takes_over_a_session_that_is_live(alice: Visitor, bob: Visitor) -> None:
    with alice.session() as hers:
        with bob.session(hers) as his:
            assert his != hers
        assert alice.drop(hers, b"1,2\n").status == 204


def test_nobody_takes_over_a_session_that_is_kept_for_its_visitor(alice: Visitor, bob: Visitor) -> None:
    with alice.session() as hers:
        pass
    with bob.session(hers) as his:
        assert his != hers
    with alice.session(hers) as again:
        assert again == hers


@pytest.mark.parametrize("claim", ["none", "forged", "header", "header twice", "another key's"])
def test_who_only_claims_to_be_her_gets_a_session_of_his_own(claim: str, server: Server, alice: Visitor) -> None:
    name, value = next(iter(alice.identity().items()))
    token, signature = value.split(".")
    other = Cookies(b"another key").of({}, False).value
    claims = {
        "none": Visitor(server.url),
        "forged": Visitor(server.url, {name: f"{token}.{'0' * len(signature)}"}),
        "header": Visitor(server.url, headers={admission.HEADER: visitor_of(alice)}),
        "header twice": Visitor(server.url, {name: "x.y"}, {admission.HEADER.lower(): visitor_of(alice)}),
        "another key's": Visitor(server.url, {name: other}),
    }
    with alice.session() as session, claims[claim].session(session) as given:
        assert given != session
        assert claims[claim].drop(session, b"1,2\n").status == 403


def visitor_of(someone: Visitor) -> str:
    """What the guard calls him; the test may know, a client may not use it."""
    return hashlib.sha256(next(iter(someone.identity().values())).rpartition(".")[0].encode()).hexdigest()[:32]


def test_a_file_goes_only_into_a_session_of_ones_own(alice: Visitor, bob: Visitor) -> None:
    with alice.session() as hers, bob.session():
        assert bob.drop(hers, b"1,2\n").status == 403
        assert bob.ask(f"/_stcore/upload_file/{hers}/1", "DELETE").status == 403
        assert bob.drop(hers, b"1,2\n", X_Kdviz_Visitor=visitor_of(alice)).status == 403
        assert alice.drop(hers, b"1,2\n").status == 204
        assert bob.drop("no-such-session", b"1,2\n").status == 403


def test_a_socket_that_came_without_a_cookie_gets_one_and_may_then_upload(server: Server) -> None:
    visitor = Visitor(server.url)
    visitor.ask("/_stcore/health")
    with visitor.session() as session:
        assert len(visitor.identity()) == 1
        assert visitor.drop(session, b"1,2\n").status == 204


def test_a_session_holds_so_many_files_and_no_more(alice: Visitor) -> None:
    with alice.session() as session:
        assert [alice.drop(session, b"1", str(n)).status for n in range(9)] == [204] * 8 + [413]
        taken_back = alice.ask(f"/_stcore/upload_file/{session}/3", "DELETE", X_Xsrftoken=alice.jar["_streamlit_xsrf"])
        assert taken_back.status == 204
        assert alice.drop(session, b"1", "9").status == 204


FOREIGN = ("http://evil.example", "null", "http://127.0.0.1:1", "http://localhost", "http://[", "127.0.0.1", "file://")


@pytest.mark.parametrize("origin", FOREIGN)
def test_a_page_of_another_site_is_refused_before_anybody_is_asked_for_an_address(origin: str, server: Server) -> None:
    visitor = Visitor(server.url, headers={"Origin": origin})
    began = time.monotonic()
    with pytest.raises(InvalidStatus) as refused, visitor.socket():
        pass
    assert refused.value.response.status_code == 403
    assert visitor.ask("/_stcore/health").status == 403 and visitor.ask("/").status == 403
    assert time.monotonic() - began < 1.0, "Streamlit asks an outside address, for two seconds or more"


def test_a_page_of_ones_own_is_let_in_under_whatever_name_the_browser_knows(server: Server) -> None:
    with Visitor(server.url, headers={"Origin": server.url}).session() as session:
        assert session
    for host, origin, own in (
        ("kdviz.example.org", "https://kdviz.example.org", True),
        ("kdviz.example.org", "https://kdviz.example.org:443", True),
        ("kdviz.example.org:443", "https://KDVIZ.example.org", True),
        ("kdviz.example.org:8443", "https://kdviz.example.org", False),
        ("kdviz.example.org", "https://kdviz.example.org@evil.example", False),
        ("", "https://", False),
        ("", "http://:80", False),
    ):
        assert from_own_page(Headers({"Host": host, "Origin": origin})) is own, (host, origin)
    both = Headers(raw=[(b"host", b"a"), (b"origin", b"http://a"), (b"origin", b"http://b")])
    assert from_own_page(Headers({"Host": "a"})) and not from_own_page(both)


def test_streamlit_is_told_of_no_origin_so_it_asks_nobody_about_one_that_it_spells_otherwise() -> None:
    told = list[Headers]()

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        told.append(Headers(scope=scope))

    guard = Guard(app, 8)
    guard.__dict__["cookies"] = Cookies(b"1" * 32)
    for kind in ("http", "websocket"):
        headers = [(b"host", b"localhost.:8501"), (b"origin", b"http://LOCALHOST.:8501"), (b"x", b"y")]
        scope = {"type": kind, "method": "GET", "path": "/_stcore/stream", "headers": headers}
        run_apart(guard(scope, _silent, _silent))
    assert [(each.get("origin"), each.get("x")) for each in told] == [(None, "y")] * 2


async def _silent(message: Message | None = None) -> Message:
    return {"type": "http.request"}


def test_one_whose_length_is_told_and_who_then_sends_pieces_is_refused(alice: Visitor) -> None:
    with alice.session() as session:
        kind = {"Content-Type": "multipart/form-data; boundary=b", "Transfer-Encoding": "chunked"}
        path, pieces = f"/_stcore/upload_file/{session}/1", b"5\r\n--b--\r\n0\r\n\r\n"
        answer = alice.ask(path, "PUT", pieces, **kind, Content_Length="5")
        assert answer.status == 400 and b"not both" in answer.body


def test_all_visitors_together_hold_so_many_bytes_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "get_instance", lambda: None)
    monkeypatch.setattr(admission, "owner", lambda _, session: session)
    monkeypatch.setattr(admission, "stored", lambda _: {f"{n}": [60 << 20] for n in range(8)})
    uploads, length = admission.Uploads(), Headers({"Content-Length": str(40 << 20)})
    with (
        pytest.raises(RequestRefused, match="all visitors"),
        uploads.passing(f"{admission.PATH}/x/1", "PUT", length, "x"),
    ):
        pass
    assert not uploads.files and not uploads.bytes


def test_a_body_that_comes_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "PATIENCE", 0.05)
    monkeypatch.setattr(admission, "get_instance", lambda: None)
    monkeypatch.setattr(admission, "owner", lambda _, session: visitor)
    monkeypatch.setattr(admission, "stored", lambda _: {})
    cookies, sent = Cookies(b"1" * 32), list[Message]()
    cookie = cookies.of({}, False)
    visitor = cookie.visitor

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass

    async def receive() -> Message:
        await asyncio.sleep(0.02)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def send(message: Message) -> None:
        sent.append(message)

    guard = Guard(app, 8)
    guard.__dict__["cookies"] = cookies
    headers = {"Host": "a", "Content-Length": "99", "Cookie": f"{cookies.name(False)}={cookie.value}"}
    scope = {"type": "http", "method": "PUT", "path": f"{admission.PATH}/s/1", "headers": Headers(headers).raw}
    run_apart(asyncio.wait_for(guard(scope, receive, send), 5))
    assert sent[0]["status"] == 408 and b"too slowly" in sent[1]["body"] and not guard.uploads.files


def test_a_page_that_tells_a_megabyte_of_its_widgets_is_closed(alice: Visitor) -> None:
    with alice.socket() as socket:
        told = BackMsg()
        told.rerun_script.widget_states.widgets.add(id="x", string_value="x" * (2 << 20))
        socket.send(told.SerializeToString())
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                socket.recv(timeout=30)
        assert closed.value.rcvd is not None and closed.value.rcvd.code == 1009


def test_the_length_of_an_upload_is_told_first(alice: Visitor) -> None:
    with alice.session() as session:
        kind = {"Content-Type": "multipart/form-data; boundary=b", "Transfer-Encoding": "chunked"}
        answer = alice.ask(f"/_stcore/upload_file/{session}/1", "PUT", iter([b"--b--"]), **kind)  # type: ignore[arg-type]
        assert answer.status == 411


@pytest.mark.parametrize("path", ["", "/", "/a", "/a/b/c"])
def test_an_upload_to_no_address_goes_nowhere(path: str, alice: Visitor) -> None:
    assert alice.ask(f"/_stcore/upload_file{path}", "PUT", b"x").status in (403, 404)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "QUERY"])
def test_nothing_but_files_is_sent_to_the_app(method: str, alice: Visitor) -> None:
    for path in ("/", "/_stcore/agent/interact", "/_stcore/agent/mcp", "/_stcore/health"):
        assert alice.ask(path, method, b"{}").status == 405


def test_metrics_are_for_this_machine_only(server: Server) -> None:
    visitor = Visitor(server.url)
    assert visitor.ask("/_stcore/metrics").status == 200
    for said in ({"X_Forwarded_For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}, {"Host": "kdviz.example.org"}):
        assert visitor.ask("/_stcore/metrics", **said).status == 403


def test_a_restart_does_not_make_a_visitor_a_stranger(restarted: tuple[Server, Visitor]) -> None:
    visitor = restarted[1]
    before = dict(visitor.identity())
    assert visitor.come().identity() == before


def test_the_key_is_private_and_made_once(own_home: Path) -> None:
    assert kept_key() == kept_key() and len(kept_key()) == 32
    assert (own_home / "visitors.key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in own_home.iterdir()] == ["visitors.key"]


def test_a_cookie_of_another_home_is_worth_nothing_here() -> None:
    ours, theirs = Cookies(b"1" * 32), Cookies(b"2" * 32)
    cookie = theirs.of({}, False)
    assert ours.of({ours.name(False): cookie.value}, False).fresh
    assert not theirs.of({theirs.name(False): cookie.value}, False).fresh
    assert ours.name(False) != theirs.name(False)


def test_a_cookie_of_before_is_signed_anew_and_its_visitor_stays_who_he_is() -> None:
    key = b"1" * 32
    ours, name = Cookies(key), Cookies(key).name(False)
    old = f"some-token.{hmac.new(key, b'some-token', hashlib.sha256).hexdigest()}"
    anew = ours.of({name: old}, False)
    assert anew.fresh and anew.value != old and anew.visitor == hashlib.sha256(old.encode()).hexdigest()[:32]
    later = ours.of({name: anew.value}, False)
    assert not later.fresh and later == Cookie(anew.value, old, False) and later.visitor == anew.visitor
    for forged in (old[:-1], f"other-token.{old.partition('.')[2]}", f"{old}0", "x.y", ".", "", "ü.ü"):
        assert ours.of({name: forged}, False).visitor != anew.visitor
        assert ours.of({name: forged}, False).fresh
    assert Cookies(b"2" * 32).of({name: old}, False).visitor != anew.visitor


def test_who_a_visitor_is_depends_on_what_was_signed_and_not_on_how_its_signature_is_spelt() -> None:
    ours = Cookies(b"1" * 32)
    name, cookie = ours.name(False), ours.of({}, False)
    assert ours.of({name: cookie.value + "="}, False).visitor == cookie.visitor
    token, _, signature = cookie.value.rpartition(".")
    changed = ("B" if signature[0] == "A" else "A") + signature[1:]
    assert ours.of({name: f"{token}.{changed}"}, False).fresh and ours.of({name: f"x{cookie.value}"}, False).fresh


def test_pages_are_bounded_by_visitor_and_in_all() -> None:
    places = OpenPages(each=2, most=3)
    with places.taken("a"), places.taken("a"):
        with pytest.raises(RequestRefused, match="2 windows"):
            places.ask("a")
        with places.taken("b"), pytest.raises(RequestRefused, match="All 3 places"):
            places.ask("c")
        places.ask("b")
    assert not places.open


def test_a_visitor_with_too_many_pages_is_told_and_let_in_when_one_closes(server: Server) -> None:
    visitor = Visitor(server.url).come()
    with pytest.raises(InvalidStatus), _many(visitor, WINDOWS_AT_HOME + 5):
        pass
    with _many(visitor, WINDOWS_AT_HOME):
        answer = visitor.ask("/", sec_fetch_dest="document")
        assert answer.status == 429 and b"opens by itself" in answer.body
        assert Visitor(server.url).come()
    end = time.monotonic() + 20
    while visitor.ask("/", sec_fetch_dest="document").status != 200:
        assert time.monotonic() < end
        time.sleep(0.1)


@contextmanager
def _many(visitor: Visitor, count: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(visitor.socket())
        yield
