"""Which server is meant when none is named: the one that was signed in to last. Kept beside the tokens."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from pathlib import Path

from .errors import AuthenticationError
from .names import DEFAULT_URL
from .token_cache import TokenCache, may_belong

WHOSE = "The token starts with bst_, so it belongs to a self-hosted server, but no server was named."
NAME_ONE = "Name the server with url= (--url) or BRAINSTEM_URL. Nothing was sent."


@dataclass(frozen=True)
class Known:
    """A server that this computer remembers.

    Attributes
    ----------
    signed_in : bool
        Whether a token for it is kept.
    default : bool
        Whether it is meant when no server is named.
    """

    url: str
    signed_in: bool
    default: bool


class Servers:
    """The servers that a person signed in to, and which of them is the default.

    A server stays remembered after signing out: whoever signs in again means the same one.
    """

    def __init__(self, cache: TokenCache) -> None:
        self.cache = cache

    @property
    def file(self) -> Path:
        """Where the choice is kept."""
        return self.cache.folder / "servers.json"

    def known(self) -> list[Known]:
        """All servers, by address."""
        kept, default = self.cache.servers(), self.default()
        return [Known(url, url in kept, url == default) for url in sorted({*kept, *self._remembered()})]

    def default(self) -> str:
        """The server that is meant when none is named; nothing if there has been none.

        Without a choice on record it is the one whose token was kept last.
        """
        chosen = self._remembered()
        return chosen[0] if chosen else next(iter(self.cache.servers()), "")

    def choose(self, url: str) -> bool:
        """Make a server the default; whether that could be written down."""
        return self._write([url, *(one for one in self._remembered() if one != url)])

    def forget(self, url: str) -> bool:
        """Forget a server and its token; whether it was known."""
        remembered = self._remembered()
        had_token = self.cache.remove(url)
        if url in remembered:
            self._write([one for one in remembered if one != url])
        return had_token or url in remembered

    def _remembered(self) -> list[str]:
        """Servers on record, the default first."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found = json.loads(self.file.read_text(encoding="utf-8"))["servers"]
            return [str(one) for one in found]
        return []

    def _write(self, urls: list[str]) -> bool:
        with contextlib.suppress(OSError):
            self.cache.write(self.file, json.dumps({"servers": urls}, indent=2))
            return True
        return False


def server_for(token: str, cache: TokenCache | None) -> str:
    """The server that is meant when none is named.

    A token goes only where it can be from: one of a self-hosted server never to the public one, nor the reverse.

    Raises
    ------
    AuthenticationError
        If there is no server that the token can be from.
    """
    default = Servers(cache).default() if cache else ""
    if not token:
        return default or DEFAULT_URL
    if default and may_belong(token, default):
        return default
    if may_belong(token, DEFAULT_URL):
        return DEFAULT_URL
    raise AuthenticationError(WHOSE, advice=NAME_ONE)
