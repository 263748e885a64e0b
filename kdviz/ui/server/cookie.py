"""The cookie that tells one visitor from another: random, signed with a key that only this home has."""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from itsdangerous import BadSignature, Signer

from kdviz.core.errors import UserError
from kdviz.core.files import whole
from kdviz.runs.store.home import root
from kdviz.ui.texts.sentences import say_plain

KEY_FILE = "visitors.key"
KEY_BYTES = 32
DAYS = 365


@dataclass(frozen=True)
class Cookie:
    """A visitor's cookie: its `value`, what that signs, and whether the browser does not have it yet (`fresh`)."""

    value: str
    token: str
    fresh: bool

    @property
    def visitor(self) -> str:
        """The visitor's identity, which does not give the cookie away: 32 hexadecimal digits."""
        return hashlib.sha256(self.token.encode()).hexdigest()[:32]


class Cookies:
    """Makes and checks cookies; one home's are worth nothing to another."""

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.signer = Signer(key, salt=b"kdviz visitor", key_derivation="hmac", digest_method=hashlib.sha256)
        # A browser sends a host's cookies to every port of it: two servers there must not overwrite each other's.
        self.mark = hmac.new(key, b"name", hashlib.sha256).hexdigest()[:8]

    def name(self, secure: bool) -> str:
        """What the cookie is called; over TLS no subdomain and no plain page can set one of that name."""
        return f"{'__Host-' if secure else ''}kdviz_{self.mark}"

    def of(self, given: Mapping[str, str], secure: bool) -> Cookie:
        """The cookie among those `given`; a new one where there is none, or one that we did not sign."""
        value = given.get(self.name(secure), "")
        try:
            return Cookie(value, self.signer.unsign(value).decode(), False)
        except BadSignature:
            # A cookie of before is signed anew as it is: its visitor keeps what is his.
            return self._signed(value if self._is_of_before(value) else secrets.token_urlsafe(24))

    def header(self, cookie: Cookie, secure: bool) -> str:
        """The line that sets it: scripts cannot read it, other sites' requests do not carry it."""
        line = f"{self.name(secure)}={cookie.value}; Path=/; Max-Age={DAYS * 86400}; HttpOnly; SameSite=Lax"
        return line + "; Secure" * secure

    def _signed(self, token: str) -> Cookie:
        return Cookie(self.signer.sign(token).decode(), token, True)

    def _is_of_before(self, value: str) -> bool:
        """Whether it is `token.signature` as it was until 0.1; browsers forget the last of them after DAYS."""
        token, _, signature = value.partition(".")
        expected = hmac.new(self.key, token.encode(), hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected.encode(), signature.encode())


def kept_key() -> bytes:
    """The home's key, made where there is none yet; raises UserError where the file is not one."""
    path = root() / KEY_FILE
    if not path.exists():
        with contextlib.suppress(FileExistsError), whole(path, over=False) as file:  # another server was faster
            file.write(secrets.token_bytes(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise UserError(say_plain("no key", path=str(path), found=len(key), wanted=KEY_BYTES))
    return key
