"""What comes in: how many pages may be open, which files into which session; and the sentence of a request refused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from streamlit.runtime import Runtime, get_instance

from kdviz.runs.store.home import hosted
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
MOST_OF_VISITOR = 128 << 20
MOST_OF_ALL = 512 << 20
"""Of a page and of a visitor on a shared host, and of all; on one's own machine a page may hold what all may."""
PATIENCE = 30.0
SLOWEST = 64 << 10
"""Bytes a second; a body may take so long as it takes at this pace, and PATIENCE seconds more."""


class Uploads:
    """What is coming in now, by session, and whose those are; what has come in is the runtime's to tell."""

    def __init__(self) -> None:
        self.files: Counter[str] = Counter()
        self.bytes: Counter[str] = Counter()
        self.whose: dict[str, str] = {}

    @contextmanager
    def passing(self, path: str, method: str, headers: Headers, visitor: str) -> Iterator[float]:
        """Let one request through, and count it meanwhile; how many seconds it may take. Raises Refused."""
        where = ADDRESS.search(path)
        if where is None:
            raise RequestRefused(404, say_plain("nothing at address"))
        session = where[1]
        if owner(get_instance(), session) != visitor:
            raise RequestRefused(403, say_plain("not your session"))
        coming = self._declared(headers) if method == "PUT" else 0
        if method == "PUT":
            self._room(session, visitor, coming)
        self.files[session] += method == "PUT"
        self.bytes[session] += coming
        try:
            yield PATIENCE + coming / SLOWEST
        finally:
            self.files[session] -= method == "PUT"
            self.bytes[session] -= coming
            self.files, self.bytes = +self.files, +self.bytes

    def _declared(self, headers: Headers) -> int:
        length = headers.get("content-length")
        if length is None or not length.isdecimal():
            raise RequestRefused(411, say_plain("length unknown"))
        if "transfer-encoding" in headers:  # in pieces, a body is as long as it likes, whatever length it told
            raise RequestRefused(400, say_plain("length twice"))
        return int(length)

    def _room(self, session: str, visitor: str, coming: int) -> None:
        held = stored(get_instance())
        self.whose = {s: v for s, v in self.whose.items() if s in held or self.files[s]} | {session: visitor}
        mine = held.get(session, [])
        if len(mine) + self.files[session] >= MOST_FILES:
            raise RequestRefused(413, say_plain("files held", count=MOST_FILES))
        of_page, of_visitor = (MOST_BYTES, MOST_OF_VISITOR) if hosted() else (MOST_OF_ALL, MOST_OF_ALL)
        if sum(mine) + self.bytes[session] + coming > of_page:
            raise RequestRefused(413, say_plain("page holds", megabytes=of_page >> 20))
        every = Counter({s: sum(sizes) for s, sizes in held.items()}) + self.bytes
        if sum(n for s, n in every.items() if self.whose.get(s) == visitor) + coming > of_visitor:
            raise RequestRefused(413, say_plain("pages hold", megabytes=of_visitor >> 20))
        if every.total() + coming > MOST_OF_ALL:
            raise RequestRefused(503, say_plain("server holds"))


def owner(runtime: Runtime, session: str) -> str | None:
    """The visitor whose websocket carries this session; None where there is no such session."""
    client = runtime.get_client(session)
    context = client.client_context if client is not None else None
    headers = {name.lower(): value for name, value in context.headers} if context is not None else {}
    return headers.get(HEADER.lower())


def stored(runtime: Runtime) -> dict[str, list[int]]:
    """The sizes of the files that are held in memory, by session."""
    files: Any = runtime.uploaded_file_mgr
    return {session: [len(f.data) for f in list(held.values())] for session, held in list(files.file_storage.items())}
