"""The process behind the pages."""

import asyncio
import ctypes
import gc
import os
import resource
import socket
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit import config
from streamlit.runtime import Runtime
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_session_storage import MemorySessionStorage, TTLCache
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from kdviz.core.child_process import ROOT, Child
from kdviz.core.errors import UserError
from kdviz.core.sandbox import Taken
from kdviz.runs.store.home import child_environment
from kdviz.ui.server import guard, lifespan
from kdviz.ui.state import cache


def run_apart(what: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine in a thread of its own: a browser test of this process may have left a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, what).result()


def answer_of(app: Any) -> dict[bytes, bytes]:
    sent: list[Any] = []

    async def go() -> None:
        async def receive() -> Any:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            sent.append(message)

        await app({"type": "http", "method": "GET", "path": "/"}, receive, send)

    run_apart(go())
    return dict(sent[0]["headers"])


def test_a_page_may_load_nothing_from_elsewhere() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    policy = answer_of(guard.SecurityHeaders(app))[b"content-security-policy"].decode()
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'self'" and rules["object-src"] == "'none'"
    assert not any("http" in rule or "*" in rule for rule in rules.values())
    assert rules["frame-ancestors"] == "'self'"


def test_other_sites_may_show_it_inside_theirs_where_the_operator_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(guard.FRAMES, "https://lab.example.org  https://*.school.example:8443")
    assert guard.framers() == ("https://lab.example.org", "https://*.school.example:8443")
    headers = guard.SecurityHeaders(_nothing, guard.framers()).headers["Content-Security-Policy"]
    assert headers.endswith("frame-ancestors 'self' https://lab.example.org https://*.school.example:8443")
    for wrong in ("lab.example.org", "https://a; script-src *", "*", "https://a/path", "javascript://x,"):
        monkeypatch.setenv(guard.FRAMES, wrong)
        with pytest.raises(UserError, match="allowed are addresses of sites"):
            guard.framers()


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    """An app that answers nothing."""


def test_the_settings_we_ship_are_those_that_are_read() -> None:
    wanted = {
        "server.address": "127.0.0.1", "server.maxUploadSize": 500, "server.maxMessageSize": 50,
        "server.maxWidgetStateSize": 1,
        "server.disconnectedSessionTTL": 60, "server.maxCacheDataSize": "512mb", "server.fileWatcherType": "none",
        "server.enableStaticServing": False,
        "server.trustedUserHeaders": {guard.HEADER: "visitor"},
        "server.allowedHosts": ["localhost", "127.0.0.1", "::1"],
        "client.showErrorDetails": "none", "client.toolbarMode": "minimal", "runner.postScriptGC": False,
        "browser.gatherUsageStats": False,
    }  # fmt: skip
    config.get_config_options(force_reparse=True)
    assert {name: config.get_option(name) for name in wanted} == wanted


def test_however_the_server_was_started_it_tells_visitors_apart() -> None:
    before = config.get_option("server.trustedUserHeaders")
    try:
        config.set_option("server.trustedUserHeaders", {"X-Somebody": "mail"})
        lifespan.tell_visitors_apart()
        assert config.get_option("server.trustedUserHeaders") == {"X-Somebody": "mail", guard.HEADER: "visitor"}
    finally:
        config.set_option("server.trustedUserHeaders", before)


class Asleep:
    """A looker that notes whether it was woken, and may fail to wake."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault, self.woken = fault, 0

    def warm(self) -> None:
        self.woken += 1
        if self.fault:
            raise self.fault


def settled(ending: threading.Event, looker: Asleep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "looker", lambda: looker)
    try:
        lifespan.settle(ending, lambda: None, lambda: None)
        assert gc.get_freeze_count() > 10_000, "collections leave out what was imported"
    finally:
        gc.unfreeze()


def test_a_server_that_ends_at_once_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    ending, looker = threading.Event(), Asleep()
    ending.set()
    settled(ending, looker, monkeypatch)
    assert looker.woken == 0


@dataclass
class Page:
    """A session that has ended, with a file of its own."""

    id: str = "of one who went"
    held: list[str] = field(default_factory=lambda: ["file"])

    def shutdown(self) -> None:
        self.held.clear()


def test_who_has_gone_is_forgotten_with_what_he_brought_though_nobody_else_goes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "_session_mgr" in Runtime.__init__.__code__.co_names, "Streamlit keeps sessions elsewhere now"
    sessions = MemorySessionStorage(ttl_seconds=60)
    manager = WebsocketSessionManager(sessions, cast(Any, None), cast(Any, None), None)
    monkeypatch.setattr(lifespan, "get_instance", partial(SimpleNamespace, _session_mgr=manager))
    ended, page, now = lifespan.EndedSessions(), Page(), time.monotonic()
    cast(Any, sessions)._cache = TTLCache(128, 60, timer=lambda: now)
    sessions.save(SessionInfo(client=None, session=cast(AppSession, page)))
    ended.remember()
    ended.forget()
    assert page.held, "he may come back"
    now += 61
    ended.forget()
    assert not page.held
    gone = weakref.ref(page)
    del page
    assert gone() is None


HELD = """
from pathlib import Path
from kdviz.ui.server import lifespan

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20

before, small = megabytes(), []
for _ in range(3):
    uploads = []
    for number in range(64):
        uploads.append(b"x" * 2**20)
        small.append(b"y" * 20_000)
    del uploads
lifespan.give_back()
print(megabytes() - before)
"""


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="the C library is not glibc")
def test_files_that_visitors_brought_leave_no_holes_in_memory() -> None:
    said = subprocess.run([sys.executable, "-c", HELD], capture_output=True, text=True, cwd=ROOT, check=True)
    assert float(said.stdout) < 20, "of 192 that were let go, beside things that stay"


@pytest.mark.parametrize("fault", [None, OSError("no space left"), UserError("There is no home.")], ids=str)
def test_looker_and_kernels_are_ready_before_anybody_asks_and_one_that_fails_stops_nothing(
    fault: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending, looker = threading.Event(), Asleep(fault)
    monkeypatch.setattr(lifespan, "LATER", 0)
    monkeypatch.setattr(lifespan, "warm", ending.set)
    settled(ending, looker, monkeypatch)
    assert ending.is_set() and looker.woken == 1


@pytest.mark.parametrize("taken", [Taken(True, True, True), Taken(True, False, False)], ids=["all", "some"])
def test_the_log_says_what_a_file_that_is_read_can_reach(
    taken: Taken, own_home: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    asked = list[Path]()
    monkeypatch.setattr(lifespan.sandbox, "measured", lambda place: asked.append(place) or taken)
    with caplog.at_level("INFO", "kdviz"):
        lifespan.tell_sandbox()
    (said,) = caplog.records
    assert asked == [own_home] and said.levelname == ("INFO" if taken.files else "WARNING")
    assert ("other files" in said.getMessage() and "the network" not in said.getMessage()) or taken.files


def test_many_visitors_may_hold_files_open() -> None:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, before[1]))
        lifespan.raise_file_limit()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] >= min(8192, before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_small_messages_go_out_at_once_on_every_connection() -> None:
    with socket.socket() as listens, socket.socket() as page:
        listens.bind(("127.0.0.1", 0))
        listens.listen()
        before = len(list(Path("/dev/fd").iterdir()))
        lifespan.send_at_once()
        assert len(list(Path("/dev/fd").iterdir())) == before and listens.fileno() > 0
        page.connect(listens.getsockname())
        with listens.accept()[0] as connection:
            assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_mistake_of_the_users_is_told_in_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(lifespan.st, "error", said.append)
    assert lifespan.tell(UserError("The size was 0; allowed is 16 to 256."))
    assert said == ["The size was 0\\; allowed is 16 to 256\\."]


def test_our_own_mistake_leaves_a_note_that_the_log_explains(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    said: list[str] = []
    monkeypatch.setattr(lifespan.st, "error", said.append)
    assert lifespan.tell(ZeroDivisionError("secret /home/path"))
    assert "secret" not in said[0]
    note = caplog.records[0].args[0]  # type: ignore[index]
    assert str(note) in said[0] and caplog.records[0].exc_info


def test_what_is_told_of_hosting_opens_to_this_machine_only() -> None:
    told = (ROOT / "Dockerfile").read_text().splitlines()[0]
    assert "-p 127.0.0.1:8501:8501" in told
    assert "[::1]" not in (ROOT / "docs" / "hosting.md").read_text()


def test_what_the_command_line_writes_is_its_owners(own_home: Path) -> None:
    words = ["distill", "sample:gunpoint", "--out", str(own_home / "mine"), "--method", "kd", "--teachers", "signal",
             "--epochs", "1", "--json", "--set", "teacher.epochs=1", "control=off"]  # fmt: skip
    before = os.umask(0o022)
    try:
        with Child(["-m", "kdviz", *words], child_environment()) as child:
            child.says.read()
            assert child.wait(120) == 0
    finally:
        os.umask(before)
    kept = [path for path in own_home.rglob("*") if path.is_file()]
    assert any(path.name == "events.jsonl" for path in kept)
    assert [path for path in own_home.rglob("*") if path.stat().st_mode & 0o077] == []
