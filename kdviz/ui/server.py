"""The process behind the pages: what it does when it starts, what it sends with every answer, and what it logs."""

from __future__ import annotations

import gc
import importlib
import logging
import secrets
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kdviz.errors import UserError
from kdviz.ui.escape import sentence
from kdviz.ui.words import say

SCRIPT = Path(__file__).with_name("main.py")
SOON = ("pandas", "pyarrow", "plotly.graph_objects")
COLLECT_EVERY = 30.0
OPEN_FILES = 8192
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
log = logging.getLogger("kdviz")


class Sealed:
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


def middleware() -> list[Middleware]:
    """What every request passes through."""
    return [Middleware(Sealed)]


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any] | None]:
    """From the server's start to its end."""
    from kdviz.ui import cached  # caches look for the server's runtime, which is there only now

    raise_file_limit()
    ending = threading.Event()
    threading.Thread(target=settle, args=(ending,), name="settle", daemon=True).start()
    cached.supervisor()
    cached.looker().warm()
    try:
        yield None
    finally:
        ending.set()
        cached.supervisor().close()
        cached.looker().close()


def settle(ending: threading.Event) -> None:
    """Import what pages need before anybody asks; then keep collections short by leaving all of that out of them."""
    for name in SOON:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()
    while not ending.wait(COLLECT_EVERY):
        gc.collect()


def raise_file_limit() -> None:
    """Each session holds some files open; a usual limit of 1024 is soon reached."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def tell(fault: Exception) -> bool:
    """What a visitor reads when a page fails: the sentence meant for him, or where we find ours."""
    if isinstance(fault, UserError):
        st.error(sentence(fault))
        return True
    note = secrets.token_hex(3)
    log.error("Page failed, note %s", note, exc_info=fault)
    st.error(say("our fault", note=note))
    return True
