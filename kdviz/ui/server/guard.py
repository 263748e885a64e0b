"""Visitors are told apart before Streamlit meets them: by id alone, a session or an upload is anybody's.

Streamlit keeps a session from other visitors by `server.trustedUserHeaders`: the identity is put in here, from a signed
cookie, and what a client claims is taken out. What goes out may load nothing from elsewhere.
"""

from __future__ import annotations

import ipaddress
from contextlib import ExitStack
from functools import cached_property
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kdviz.ui.server import admission
from kdviz.ui.server.admission import OpenPages, RequestRefused
from kdviz.ui.server.cookie import Cookie, Cookies, kept_key
from kdviz.ui.texts.sentences import say_plain

HEADER = admission.HEADER
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
        known = [(name, value) for name, value in scope["headers"] if name.lower() != HEADER.lower().encode()]
        inner = {**scope, "headers": [*known, (HEADER.lower().encode(), cookie.visitor.encode())]}
        with ExitStack() as held:
            try:
                self._pass(inner, cookie, held)
            except RequestRefused as refused:
                await _refuse(refused, scope, receive, send)
                return
            await self.app(inner, receive, _setting(self.cookies.header(cookie, secure), cookie.fresh, send))

    def _pass(self, scope: Scope, cookie: Cookie, held: ExitStack) -> None:
        """Raise Refused for what is not this visitor's to do."""
        path, headers = str(scope["path"]), Headers(scope=scope)
        if scope["type"] == "websocket":
            held.enter_context(self.places.taken(cookie.visitor))
        elif METRICS in path and not from_here(scope):
            raise RequestRefused(403, say_plain("metrics here"))
        elif admission.PATH in path and scope["method"] in ("PUT", "DELETE"):
            length = headers.get("content-length")
            held.enter_context(self.uploads.passing(path, scope["method"], length, cookie.visitor))
        elif scope["method"] == "GET" and headers.get("sec-fetch-dest") in ("document", "iframe"):
            self.places.ask(cookie.visitor)


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


def _setting(line: str, fresh: bool, send: Send) -> Send:
    """Set the cookie with every page, and with a socket that came without one."""

    async def setting(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if headers.get("content-type", "").startswith("text/html"):
                headers.append("Set-Cookie", line)
        elif message["type"] == "websocket.accept" and fresh:
            message = {**message, "headers": [*message.get("headers", ()), (b"set-cookie", line.encode())]}
        await send(message)

    return setting


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
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{what} {whence}" for what, whence in POLICY.items()),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


class SecurityHeaders:
    """Adds to every answer that the page may load nothing from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers."""

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self.app(scope, receive, sealed if scope["type"] == "http" else send)
