"""Files on their way in: only into a session of one's own, and not more than it may hold in memory."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from streamlit.runtime import Runtime, get_instance

from kdviz.ui.refused import Refused

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
            raise Refused(404, "There is nothing at this address.")
        session = where[1]
        if owner(get_instance(), session) != visitor:
            raise Refused(403, "This is not your session. Reload the page, then drop the file again.")
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
            raise Refused(411, "The length of the file must be told before it is sent.")
        return int(length)

    def _room(self, session: str, coming: int) -> None:
        held = stored(get_instance(), session)
        if len(held) + self.files[session] >= MOST_FILES:
            raise Refused(413, f"{MOST_FILES} files are held for this page already. Remove one, or reload the page.")
        if sum(held) + self.bytes[session] + coming > MOST_BYTES:
            raise Refused(413, f"A page holds at most {MOST_BYTES >> 20} MB. Remove a file, or reload the page.")


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
