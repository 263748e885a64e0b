"""A visitor without a browser: HTTP and websockets on loopback, with a cookie jar of his own."""

from __future__ import annotations

import http.client
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

BOUNDARY = "kdviz-test-boundary"


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes

    def cookies(self) -> dict[str, str]:
        lines = [value.split(";")[0] for name, value in self.headers if name.lower() == "set-cookie"]
        return {name: value for name, _, value in (line.partition("=") for line in lines)}


@dataclass
class Visitor:
    """Cookies are kept as a browser keeps them; `headers` go with everything that is asked."""

    url: str
    jar: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **more: str) -> Answer:
        sent = {**self.headers, **self._cookie(), **{name.replace("_", "-"): value for name, value in more.items()}}
        link = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            link.request(method, path, body, sent)
            answer = link.getresponse()
            found = Answer(answer.status, answer.getheaders(), answer.read())
        finally:
            link.close()
        self.jar |= found.cookies()
        return found

    def come(self) -> Visitor:
        """Load the page, and with it the cookies."""
        assert self.ask("/", sec_fetch_dest="document").status == 200
        assert self.ask("/_stcore/health").status == 200
        return self

    @contextmanager
    def session(self, again: str = "") -> Iterator[str]:
        """Run a page, naming a session to go on with; the session that is given."""
        with self.socket(again) as socket:
            yield _given(socket)

    @contextmanager
    def socket(self, again: str = "") -> Iterator[ClientConnection]:
        """A page's websocket; nothing is run yet."""
        told = ["streamlit", "PLACEHOLDER", again] if again else ["streamlit"]
        address = self.url.replace("http", "ws", 1) + "/_stcore/stream"
        sent = {**self.headers, **self._cookie()}
        with connect(
            address, subprotocols=told, additional_headers=sent, max_size=None, max_queue=None, close_timeout=2
        ) as socket:
            for name, value in socket.response.headers.raw_items() if socket.response else ():
                if name.lower() == "set-cookie":
                    self.jar |= Answer(101, [(name, value)], b"").cookies()
            yield socket

    def page(self, name: str, **link: str) -> str:
        """All that a page sends when its link is opened, as far as it is text."""
        with self.socket() as socket:
            asked = BackMsg(rerun_script={"query_string": urlencode(link), "page_name": name})
            socket.send(asked.SerializeToString())
            return _said(socket)

    def drop(self, session: str, content: bytes, file: str = "1", **more: str) -> Answer:
        """Put a file into a session."""
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n'
        body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.ask(
            f"/_stcore/upload_file/{session}/{file}", "PUT", body,
            **{"Content-Type": kind, "X-Xsrftoken": self.jar.get("_streamlit_xsrf", ""), **more},
        )  # fmt: skip

    def identity(self) -> Mapping[str, str]:
        """The cookies that tell who this is."""
        return {name: value for name, value in self.jar.items() if "kdviz_" in name}

    def _cookie(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{n}={v}" for n, v in self.jar.items())} if self.jar else {}


def _said(socket: ClientConnection) -> str:
    said = b""
    while True:
        content = bytes(socket.recv(timeout=60))  # type: ignore[arg-type]
        message = ForwardMsg()
        message.ParseFromString(content)
        said += content
        if message.WhichOneof("type") == "script_finished":
            return said.decode(errors="replace")


def _given(socket: ClientConnection) -> str:
    socket.send(BackMsg(rerun_script={}).SerializeToString())
    while True:
        said = ForwardMsg()
        said.ParseFromString(socket.recv(timeout=60))  # type: ignore[arg-type]
        if said.WhichOneof("type") == "new_session":
            return said.new_session.initialize.session_id
