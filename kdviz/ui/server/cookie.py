"""The cookie that tells one visitor from another: random, signed with a key that only this home has."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kdviz.core.errors import UserError
from kdviz.runs.store.home import root
from kdviz.ui.texts.sentences import say_plain

KEY_FILE = "visitors.key"
KEY_BYTES = 32
DAYS = 365


@dataclass(frozen=True)
class Cookie:
    """A visitor's cookie; `fresh` where it was made just now."""

    value: str
    fresh: bool

    @property
    def visitor(self) -> str:
        """The visitor's identity, which does not give the cookie away: 32 hexadecimal digits."""
        return hashlib.sha256(self.value.encode()).hexdigest()[:32]


class Cookies:
    """Makes and checks cookies; one home's are worth nothing to another."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        # A browser sends a host's cookies to every port of it: two servers there must not overwrite each other's.
        self.mark = hmac.new(key, b"name", hashlib.sha256).hexdigest()[:8]

    def name(self, secure: bool) -> str:
        """What the cookie is called; over TLS no subdomain and no plain page can set one of that name."""
        return f"{'__Host-' if secure else ''}kdviz_{self.mark}"

    def of(self, given: Mapping[str, str], secure: bool) -> Cookie:
        """The cookie among those `given`; a new one where there is none, or one that we did not sign."""
        value = given.get(self.name(secure), "")
        token, _, signature = value.partition(".")
        if hmac.compare_digest(self._signature(token).encode(), signature.encode()):
            return Cookie(value, False)
        token = secrets.token_urlsafe(24)
        return Cookie(f"{token}.{self._signature(token)}", True)

    def header(self, cookie: Cookie, secure: bool) -> str:
        """The line that sets it: scripts cannot read it, other sites' requests do not carry it."""
        line = f"{self.name(secure)}={cookie.value}; Path=/; Max-Age={DAYS * 86400}; HttpOnly; SameSite=Lax"
        return line + "; Secure" * secure

    def _signature(self, token: str) -> str:
        return hmac.new(self.key, token.encode(), hashlib.sha256).hexdigest()


def kept_key() -> bytes:
    """The home's key, made where there is none yet; raises UserError where the file is not one."""
    path = root() / KEY_FILE
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UserError(say_plain("no key", path=str(path), found=len(key), wanted=KEY_BYTES))
    return key


def _make(path: Path) -> None:
    """Whole or not at all, and never over one that another server made meanwhile."""
    fresh = path.with_name(f".{KEY_FILE}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
