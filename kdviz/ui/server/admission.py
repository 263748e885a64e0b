"""What comes in: how many pages may be open, which files into which session; and the sentence of a request refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from streamlit.runtime import Runtime, get_instance

from kdviz.ui.texts.sentences import say_plain

AGAIN = """<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width"><title>kdviz</title>
<style>:root{{color-scheme:light dark;font:1.1rem/1.5 sans-serif}}
body{{max-width:34rem;margin:20vh auto;padding:0 1rem}}</style>
<body><h1>{title}</h1><p role="status">{sentence}</p></body></html>"""


class RequestRefused(Exception):
    """Goes no further. `waits`: a page that tries again by itself is a better answer than a line of text."""

    def __init__(self, status: int, sentence: str, waits: bool = False) -> None:
        super().__init__(sentence)
        self.status, self.waits = status, waits

    def response(self) -> Response:
        """The answer to an HTTP request."""
        if self.waits:
            return HTMLResponse(
                AGAIN.format(title=say_plain("wait"), sentence=self),
                self.status,
                {"Retry-After": "3", "Cache-Control": "no-store"},
            )
        return PlainTextResponse(str(self), self.status)


MOST = 200
SPARE = 4


class OpenPages:
    """Open websockets, by visitor."""

    def __init__(self, each: int, most: int = MOST) -> None:
        self.each, self.most = each, most
        self.open: Counter[str] = Counter()

    def ask(self, visitor: str) -> None:
        """Raise Refused where this visitor may not open one page more."""
        if self.open[visitor] >= self.each:
            raise RequestRefused(429, say_plain("windows open", count=self.each), True)
        if self.open.total() >= self.most:
            raise RequestRefused(503, say_plain("places taken", count=self.most), True)

    @contextmanager
    def taken(self, visitor: str) -> Iterator[None]:
        """Hold a place; raises Refused. A few beyond `each`: a page that is reloaded holds its old one for a moment."""
        if self.open[visitor] >= self.each + SPARE or self.open.total() >= self.most + SPARE:
            raise RequestRefused(429, say_plain("too many open"))
        self.open[visitor] += 1
        try:
            yield
        finally:
            self.open[visitor] -= 1
            self.open = +self.open


PATH = "/_stcore/upload_file"
ADDRESS = re.compile(PATH + r"/([^/]+)/([^/]+)$")
HEADER = "X-Kdviz-Visitor"
MOST_FILES = 8
MOST_BYTES = 64 << 20


class Uploads:
    """What is coming in now, by session; what has come in is the runtime's to tell."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()

    @contextmanager
    def passing(self, path: str, method: str, length: str | None, visitor: str) -> Iterator[None]:
        """Let one request through, and count it meanwhile; raises Refused."""
        where = ADDRESS.search(path)
        if where is None:
            raise RequestRefused(404, say_plain("nothing at address"))
        session = where[1]
        if owner(get_instance(), session) != visitor:
            raise RequestRefused(403, say_plain("not your session"))
        coming = self._declared(length) if method == "PUT" else 0
        if method == "PUT":
            self._room(session, coming)
        self.files[session] += method == "PUT"
        self.bytes[session] += coming
        try:
            yield
        finally:
            self.files[session] -= method == "PUT"
            self.bytes[session] -= coming
            self.files, self.bytes = +self.files, +self.bytes

    def _declared(self, length: str | None) -> int:
        if length is None or not length.isdecimal():
            raise RequestRefused(411, say_plain("length unknown"))
        return int(length)

    def _room(self, session: str, coming: int) -> None:
        held = stored(get_instance(), session)
        if len(held) + self.files[session] >= MOST_FILES:
            raise RequestRefused(413, say_plain("files held", count=MOST_FILES))
        if sum(held) + self.bytes[session] + coming > MOST_BYTES:
            raise RequestRefused(413, say_plain("page holds", megabytes=MOST_BYTES >> 20))


def owner(runtime: Runtime, session: str) -> str | None:
    """The visitor whose websocket carries this session; None where there is no such session."""
    client = runtime.get_client(session)
    context = client.client_context if client is not None else None
    headers = {name.lower(): value for name, value in context.headers} if context is not None else {}
    return headers.get(HEADER.lower())


def stored(runtime: Runtime, session: str) -> list[int]:
    """The sizes of the files that are held in memory for a session."""
    files: Any = runtime.uploaded_file_mgr
    return [len(each.data) for each in list(files.file_storage.get(session, {}).values())]
