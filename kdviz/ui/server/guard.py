"""Visitors are told apart before Streamlit meets them: by id alone, a session or an upload is anybody's.

Streamlit keeps a session from other visitors by `server.trustedUserHeaders`: the identity is put in here, from a signed
cookie, and what a client claims is taken out. Pages of other sites are refused here too, and Streamlit is told of no
Origin: to judge one that it does not know (`http://LOCALHOST.`), it asks an outside address for its own, and everybody
waits meanwhile. What goes out may load nothing from elsewhere.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import re
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kdviz.core.errors import UserError
from kdviz.ui.server import admission
from kdviz.ui.server.admission import OpenPages, RequestRefused
from kdviz.ui.server.cookie import Cookie, Cookies, kept_key
from kdviz.ui.texts.sentences import say_plain

HEADER = admission.HEADER
TAKEN_OUT = (HEADER.lower().encode(), b"origin")
METRICS = "/_stcore/metrics"
THROUGH_A_PROXY = ("x-forwarded-for", "x-real-ip", "forwarded", "via")


class Guard:
    """Pure ASGI: nothing is read of a body, nothing is kept of an answer."""

    def __init__(self, app: ASGIApp, windows: int) -> None:
        self.app = app
        self.places, self.uploads = OpenPages(windows), admission.Uploads()

    @cached_property
    def cookies(self) -> Cookies:
        """Those of this home; its key is read at the first request."""
        return Cookies(kept_key())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on as the visitor that the cookie tells, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        secure = scope.get("scheme") in ("https", "wss")
        cookie = self.cookies.of(HTTPConnection(scope).cookies, secure)
        known = [(name, value) for name, value in scope["headers"] if name.lower() not in TAKEN_OUT]
        inner = {**scope, "headers": [*known, (HEADER.lower().encode(), cookie.visitor.encode())]}
        answer = _Answer(self.cookies.header(cookie, secure), cookie.fresh, send)
        with ExitStack() as held:
            try:
                patience = self._pass(scope, cookie, held)
                async with asyncio.timeout(patience) as waiting:
                    await self.app(inner, receive, answer)
            except RequestRefused as refused:
                await _refuse(refused, scope, receive, send)
            except TimeoutError:
                if not waiting.expired() or answer.begun:
                    raise
                await _refuse(RequestRefused(408, say_plain("file too slow")), scope, receive, send)

    def _pass(self, scope: Scope, cookie: Cookie, held: ExitStack) -> float | None:
        """How many seconds this may take, None where nobody counts; raises Refused for what a visitor may not do."""
        path, headers = str(scope["path"]), Headers(scope=scope)
        if not from_own_page(headers):
            raise RequestRefused(403, say_plain("other site"))
        if scope["type"] == "websocket":
            held.enter_context(self.places.taken(cookie.visitor))
        elif METRICS in path and not from_here(scope):
            raise RequestRefused(403, say_plain("metrics here"))
        elif admission.PATH in path and scope["method"] in ("PUT", "DELETE"):
            return held.enter_context(self.uploads.passing(path, scope["method"], headers, cookie.visitor))
        elif scope["method"] not in ("GET", "HEAD", "OPTIONS"):
            raise RequestRefused(405, say_plain("nothing at address"))
        elif scope["method"] == "GET" and headers.get("sec-fetch-dest") in ("document", "iframe"):
            self.places.ask(cookie.visitor)
        return None


DEFAULT_PORTS = {"http": ":80", "https": ":443"}


def from_own_page(headers: Headers) -> bool:
    """Whether no page asks, or one of the very host that is asked; another port is another host."""
    host = headers.get("host", "").lower()
    return all(_is_origin_of(origin, host) for origin in headers.getlist("origin"))


def _is_origin_of(origin: str, host: str) -> bool:
    scheme, _, place = origin.lower().partition("://")
    port = DEFAULT_PORTS.get(scheme)
    return port is not None and bool(host) and place.removesuffix(port) == host.removesuffix(port)


def from_here(scope: Scope) -> bool:
    """Whether this machine itself asks, and not a proxy on it for somebody else."""
    headers, (client, *_) = Headers(scope=scope), scope.get("client") or ("",)
    host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    return _loopback(client) and _loopback(host) and not any(name in headers for name in THROUGH_A_PROXY)


def _loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Answer:
    """Sets the cookie with every page, and with a socket that came without one; knows whether it has `begun`."""

    def __init__(self, line: str, fresh: bool, send: Send) -> None:
        self.line, self.fresh, self.send = line, fresh, send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        self.begun = True
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers.append("Set-Cookie", self.line)
        elif message["type"] == "websocket.accept" and self.fresh:
            message = {**message, "headers": [*message.get("headers", ()), (b"set-cookie", self.line.encode())]}
        await self.send(message)


async def _refuse(refused: RequestRefused, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1013, "reason": str(refused)})
    else:
        await refused.response()(scope, receive, send)


POLICY = {
    "default-src": "'self'",
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "media-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}
FRAMES = "KDVIZ_FRAME_ANCESTORS"
FRAMER = re.compile(r"https?://(?:\*\.)?[a-z0-9.-]+(?::\d{1,5})?|https?://\[[0-9a-f:]+\](?::\d{1,5})?")


def framers() -> tuple[str, ...]:
    """The sites that may show kdviz inside their pages; raises UserError where one is no address of a site."""
    given = tuple(os.environ.get(FRAMES, "").lower().split())
    for one in given:
        if not FRAMER.fullmatch(one):
            raise UserError(say_plain("no framer", name=FRAMES, given=one[:60]))
    return given


class SecurityHeaders:
    """Adds to every answer that the page may load nothing from elsewhere, and whose pages may show it inside theirs."""

    def __init__(self, app: ASGIApp, frames: Sequence[str] = ()) -> None:
        self.app = app
        rules = {**POLICY, "frame-ancestors": " ".join(("'self'", *frames))}
        self.headers = {
            "Content-Security-Policy": "; ".join(f"{what} {whence}" for what, whence in rules.items()),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers."""

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.headers)
            await send(message)

        await self.app(scope, receive, sealed if scope["type"] == "http" else send)
