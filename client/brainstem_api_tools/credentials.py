"""Which token a request carries: the first available one, or a new one when a saved one has expired."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

from .environment import somebody_is_there
from .errors import AuthenticationError
from .servers import Servers
from .sign_in import SignIn
from .token_cache import TokenCache
from .wire import Conversation, Wait

TURN_SECONDS = 0.1
NOBODY = "There is no token for {url}, and no way to ask for an email address and password."
SET_ONE = (
    "Set BRAINSTEM_TOKEN (or BRAINSTEM_API_TOKEN) in the environment or in a .env file, pass token=, run "
    "`brainstem login` once at a terminal, or pass headless=True to approve the request on another device."
)


@dataclass
class Credentials:
    """The token of one server.

    Parameters
    ----------
    url : str
        The server.
    given : str
        A token from the caller or the surroundings; it is used as it is and never kept.
    browser, headless : bool
        Sign in by approval in a browser, here or elsewhere, rather than with a password.
    anonymous : bool
        Send no token and ask nobody: for the public portal.
    """

    url: str
    sign_in: SignIn
    given: str = field(default="", repr=False)
    browser: bool = False
    headless: bool = False
    anonymous: bool = False
    cache: TokenCache | None = field(default_factory=TokenCache)
    can_ask: Callable[[], bool] = somebody_is_there
    current: str = field(default="", repr=False)
    may_renew: bool = False
    turn: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        self.current = self.given

    def token(self) -> Conversation[str]:
        """The token to send, after signing in if there is none yet; an empty string for anonymous access."""
        if not self.current and not self.anonymous:
            yield from self._instead_of("", self._first)
            if not self.current:
                raise AuthenticationError(f"There is no token for {self.url}: sign-in failed.", advice=SET_ONE)
        return self.current

    def renewed(self, refused: str) -> Conversation[str]:
        """A token other than the refused one, or an empty string if there is none. Signs in only once."""
        yield from self._instead_of(refused, self._next)
        return "" if self.current == refused else self.current

    def _instead_of(self, useless: str, change: Callable[[], Conversation[object]]) -> Conversation[None]:
        """Replace a token that is of no use, once however many threads and tasks find it so: the others wait."""
        waited = False
        while self.current == useless:
            # Never waited for while it is held: tasks of one event loop would wait for each other for ever.
            if self.turn.acquire(blocking=False):
                try:
                    if self.current == useless and not waited:
                        yield from change()
                    return
                finally:
                    self.turn.release()
            waited = True
            yield Wait(TURN_SECONDS)

    def _first(self) -> Conversation[None]:
        kept = self.cache.load(self.url) if self.cache else ""
        self.may_renew = bool(kept)
        self.current = kept or (yield from self.obtain())

    def _next(self) -> Conversation[None]:
        if not self.may_renew:
            return
        kept = self.cache.load(self.url) if self.cache else ""
        if kept not in {"", self.current}:  # another program has signed in meanwhile
            self.current = kept
            return
        self.may_renew = False
        if self._can_sign_in():
            yield from self.obtain()

    def obtain(self) -> Conversation[str]:
        """Sign in anew and keep the token.

        Raises
        ------
        AuthenticationError
            If nobody is there, or what was answered is wrong.
        """
        if not self._can_sign_in():
            raise AuthenticationError(NOBODY.format(url=self.url), advice=SET_ONE)
        if self.browser or self.headless:
            self.current = yield from self.sign_in.with_device(headless=self.headless)
        else:
            self.current = yield from self._by_password()
        self.keep(self.current)
        return self.current

    def keep(self, token: str) -> Path | None:
        """Keep a token, and take its server for the one that is meant from now on; the file, if it was written."""
        if not self.cache:
            return None
        Servers(self.cache).choose(self.url)
        return self.cache.save(self.url, token)

    def _by_password(self) -> Conversation[str]:
        try:
            return (yield from self.sign_in.with_password())
        except (EOFError, NotImplementedError) as error:  # the terminal was closed; the notebook takes no input
            raise AuthenticationError(NOBODY.format(url=self.url), advice=SET_ONE) from error

    def _can_sign_in(self) -> bool:
        return self.browser or self.headless or self.can_ask()
