"""Signed links to stored files, for platforms that fetch what they are to show; after an hour they open nothing."""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta

LIVES = timedelta(hours=1)
TOKEN = re.compile(r"[\w-]{92}", re.ASCII)
PURPOSE = b"a link to a file\0"
"""The key signs other things too."""


class FileLinks:
    """A link tells what it opens, until when and under which name, and nobody else can write one."""

    def __init__(self, secret: bytes, public_url: str, now: Callable[[], datetime]) -> None:
        self._secret, self._public_url, self._now = secret, public_url, now

    def link(self, sha256: str, name: str) -> str:
        until = int((self._now() + LIVES).timestamp())
        said = until.to_bytes(5, "big") + bytes.fromhex(sha256)
        token = urlsafe_b64encode(said + self._seal(said, name)).decode()
        return f"{self._public_url}/f/{token}/{name}"

    def opened(self, token: str, name: str) -> str | None:
        """The hash of the content, for a link that we wrote and that is still alive."""
        if not TOKEN.fullmatch(token):
            return None
        whole = urlsafe_b64decode(token)
        said, seal = whole[:37], whole[37:]
        if not hmac.compare_digest(seal, self._seal(said, name)):
            return None
        until = int.from_bytes(said[:5], "big")
        return said[5:].hex() if self._now().timestamp() < until else None

    def _seal(self, said: bytes, name: str) -> bytes:
        return hmac.digest(self._secret, PURPOSE + said + name.encode(errors="surrogateescape"), "sha256")
