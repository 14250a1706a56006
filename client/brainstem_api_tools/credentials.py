"""Which token a request carries: the first that there is, and a new one when a kept one is not valid any more."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable

from .environment import somebody_is_there
from .errors import AuthenticationError
from .sign_in import SignIn
from .token_cache import TokenCache
from .wire import Conversation

NOBODY = "There is no token for {url}, and nobody to ask for e-mail and password."
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

    def __post_init__(self) -> None:
        self.current = self.given

    def token(self) -> Conversation[str]:
        """The token to send, after signing in if there is none yet; nothing for who stays anonymous."""
        if not self.current and not self.anonymous:
            kept = self.cache.load(self.url) if self.cache else ""
            self.may_renew = bool(kept)
            self.current = kept or (yield from self.obtain())
        return self.current

    def renewed(self, refused: str) -> Conversation[str]:
        """Another token than the one that was refused; nothing where there is none to be had. Signs in once only."""
        if not self.may_renew or refused != self.current:
            return "" if refused == self.current else self.current
        self.may_renew = False
        if not self._can_sign_in():
            return ""
        return (yield from self.obtain())

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
        if self.cache:
            self.cache.save(self.url, self.current)
        return self.current

    def _by_password(self) -> Conversation[str]:
        try:
            return (yield from self.sign_in.with_password())
        except (EOFError, NotImplementedError) as error:  # the terminal was closed; the notebook takes no input
            raise AuthenticationError(NOBODY.format(url=self.url), advice=SET_ONE) from error

    def _can_sign_in(self) -> bool:
        return self.browser or self.headless or self.can_ask()
