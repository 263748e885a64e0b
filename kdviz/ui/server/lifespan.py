"""The process behind the pages: what it does when it starts, what a request passes, and what it logs."""

from __future__ import annotations

import asyncio
import ctypes
import gc
import importlib
import logging
import os
import secrets
import socket
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession

from kdviz.core import sandbox
from kdviz.core.errors import UserError
from kdviz.modalities.base import warm
from kdviz.runs.store.home import hosted, root, separate, windows
from kdviz.ui.server.guard import HEADER, Guard, SecurityHeaders, framers
from kdviz.ui.state import visitor
from kdviz.ui.texts.formatting import sentence
from kdviz.ui.texts.sentences import say, say_plain

SCRIPT = Path(__file__).with_name("main.py")
AT_ONCE = ("pandas", "pyarrow")
"""Imported before anybody can ask: Plotly takes a half-imported pandas of another thread for a whole one."""
COLLECT_EVERY = 30.0
LATER = 3.0
AFTER_FORGETTING = 0.5
"""Seconds that the loop's own thread has, before what it dropped is collected."""
OPEN_FILES = 8192
log = logging.getLogger("kdviz")


def middleware() -> list[Middleware]:
    """What every request passes through."""
    return [Middleware(SecurityHeaders, frames=framers()), Middleware(Guard, windows=windows())]


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[dict[str, Any] | None]:
    """From the server's start to its end."""
    from kdviz.ui.state import cache  # caches look for the server's runtime, which is there only now

    for name in AT_ONCE:
        importlib.import_module(name)
    raise_file_limit()
    send_at_once()
    os.umask(0o077)  # what is written in the home is its owner's
    tell_visitors_apart()
    ending = threading.Event()
    cache.looker()  # it starts nothing, but two threads that asked first would make two
    ended, soon = EndedSessions(), asyncio.get_running_loop().call_soon_threadsafe
    what = (ending, partial(soon, ended.remember), partial(soon, ended.forget))
    settling = threading.Thread(target=settle, args=what, name="settle", daemon=True)
    settling.start()
    with separate(visitor.whose) if hosted() else nullcontext():
        cache.supervisors()
        try:
            yield None
        finally:
            ending.set()
            cache.supervisors().close()
            settling.join(1)
            cache.looker().close()


def settle(ending: threading.Event, remember: Callable[[], object], forget: Callable[[], object]) -> None:
    """Make ready what pages need before anybody asks, and keep collections short by leaving all of that out of them.

    What the first page needs comes first; the rest some seconds later, so that it can be drawn: the process that looks
    at networks, what other pages import, and the encoders' kernels. Sessions that are there by then are never
    collected: `remember` them. As long as the server runs, `forget` those that have ended, and collect what they leave.
    """
    from kdviz.data.sources import samples  # as above
    from kdviz.ui.state import cache

    if_possible(tell_sandbox)
    for name in samples.SHOWN:
        if_possible(partial(samples.load, name))
    if not ending.wait(LATER):
        if_possible(cache.looker().warm)
    importlib.import_module("plotly.graph_objects")
    gc.collect()
    gc.freeze()
    if_possible(remember)
    if not ending.is_set():
        if_possible(warm)
    while not ending.wait(COLLECT_EVERY):
        if_possible(forget)
        ending.wait(AFTER_FORGETTING)
        gc.collect()
        give_back()


class EndedSessions:
    """Ends what Streamlit leaves of sessions whose time is over, with the files they brought; for its loop's thread.

    Streamlit drops them only when another one ends, and then they end as garbage does: those that were there when
    collections were made short, never. It has no public name for its sessions; where they are kept otherwise, nothing
    is touched.
    """

    def __init__(self) -> None:
        self.known: dict[str, AppSession] = {}

    def remember(self) -> None:
        """Those that are there now are to be shut down when they are no more."""
        self.known = self._here()

    def forget(self) -> None:
        """Shut down what was remembered and is over, and have Streamlit drop the others."""
        for gone in self.known.keys() - self._here().keys():
            self.known.pop(gone).shutdown()
        storage = getattr(self._manager(), "_session_storage", None)
        len(getattr(storage, "_cache", ()))  # to count them drops what is over

    def _here(self) -> dict[str, AppSession]:
        manager = self._manager()
        return {info.session.id: info.session for info in manager.list_sessions()} if manager else {}

    def _manager(self) -> Any:
        return getattr(get_instance(), "_session_mgr", None)


def if_possible(make_ready: Callable[[], object]) -> None:
    """What fails here fails again, in a sentence, for whoever asks for it."""
    try:
        make_ready()
    except (UserError, OSError) as why:
        log.warning("Not ready beforehand: %s", why)


def tell_sandbox() -> None:
    """What a file that is read can reach on this kernel, which is tried; in the log."""
    lost = asdict(sandbox.measured(root()))
    left = [say_plain(f"reached {name}") for name, taken in lost.items() if not taken]
    if left:
        log.warning(say_plain("sandbox lacks", what=", ".join(left)))
    else:
        log.info(say_plain("sandbox holds"))


def tell_visitors_apart() -> None:
    """Sessions belong to visitors wherever the configuration was read from, or was not."""
    trusted = config.get_option("server.trustedUserHeaders")
    config.set_option("server.trustedUserHeaders", {**trusted, HEADER: "visitor"})


def raise_file_limit() -> None:
    """Each session holds some files open; a usual limit of 1024 is soon reached."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def give_back() -> None:
    """What was freed goes back to the machine, also from between things that stay; where glibc is not, nothing is done.

    Left alone it stays with the process. Keeping large blocks out of the heaps (mallopt) would do as well, but takes
    them from the machine anew each time.
    """
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def send_at_once() -> None:
    """Small messages follow each other without waiting for the browser's word that the one before has come (40 ms).

    asyncio sets this for sockets that say they are TCP; the one that Streamlit opens and listens at does not, and
    what is set there holds for every page that connects.
    """
    for handle in sorted(Path("/dev/fd").iterdir()):
        with suppress(OSError):
            one = socket.socket(fileno=int(handle.name))
            try:
                if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
                    one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            finally:
                one.detach()  # it is another's to close


def tell(fault: Exception) -> bool:
    """What a visitor reads when a page fails: the sentence meant for him, or where we find ours."""
    if isinstance(fault, UserError):
        st.error(sentence(fault))
        return True
    note = secrets.token_hex(3)
    log.error("Page failed, note %s", note, exc_info=fault)
    st.error(say("our fault", note=note))
    return True
