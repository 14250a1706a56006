"""Ways to get a token from a server: email and password, or approval in a browser. Conversations, no network."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from typing import Any, Callable
from urllib.parse import urljoin, urlsplit

from .environment import notebook
from .errors import AuthenticationError, LoginError
from .retry import BUSY, RetryPolicy, ServerFacts, exchange
from .wire import Answer, Conversation, NoAnswer, Wait, json_request

CLIENT_NAME = "brainstem-python"
DEVICE_SECONDS = 900
POLL_SECONDS = 5
SLOWER_SECONDS = 5  # as RFC 8628 has it
PENDING = frozenset({"authorization_pending", "slow_down"})
PASSWORD_TRIES = 3
NO_DEVICES = "This server does not support signing in through a browser."
WITH_PASSWORD = "Sign in with email and password, or set BRAINSTEM_TOKEN to a token of this server."  # noqa: S105
AGAIN = "Start again to send a new request."
REFUSALS = {
    "access_denied": "The request was denied in the browser.",
    "expired_token": "The request was not approved in time.",
    "already_used": "The token of this request was already collected.",
}


class NeedsBrowser(AuthenticationError):
    """A password is not enough for this account."""

    advice = "Sign in with browser=True (or headless=True where there is no browser)."


def ask_at_the_terminal(server: str) -> tuple[str, str]:
    """Ask for the email and password for a server; the password is not shown."""
    from getpass import getpass

    return _line(f"[{server}] Email: ").strip(), getpass(f"[{server}] Password: ")


def _line(question: str) -> str:
    """Ask a question and return the answer; the question must not end up in redirected output."""
    if notebook() is None and sys.stderr and sys.stdout and not sys.stdout.isatty():
        print(question, end="", file=sys.stderr, flush=True)
        return input()
    return input(question)


def open_browser(url: str) -> bool:
    """Whether a browser could be opened."""
    import webbrowser

    return webbrowser.open(url)


@dataclass
class SignIn:
    """How to sign in to one server.

    Parameters
    ----------
    base : str
        Address of the API, with a slash at its end.
    ask : callable, optional
        Returns email and password. Default: ask for them, naming the server in each question.
    say : callable
        Shows a line to the person who signs in.
    """

    base: str
    policy: RetryPolicy
    facts: ServerFacts
    ask: Callable[[], tuple[str, str]] | None = None
    say: Callable[[str], None] = print
    browse: Callable[[str], bool] = open_browser
    clock: Callable[[], float] = time.monotonic

    @property
    def server(self) -> str:
        """Address of the server, for password prompts."""
        return self.base[: -len("api/")]

    def with_password(self) -> Conversation[str]:
        """A token for an email and password; accounts with two-factor authentication continue in the browser."""
        self.say(f"Sign in to {self.server}")
        for left in reversed(range(PASSWORD_TRIES)):
            email, password = self.ask() if self.ask else ask_at_the_terminal(self.server)
            try:
                return (yield from self.token_for(email, password))
            except NeedsBrowser as error:
                self.say(error.message)
                return (yield from self.with_device())
            except LoginError as error:
                if not left:
                    raise
                self.say(error.message)
        raise LoginError

    def token_for(self, email: str, password: str) -> Conversation[str]:
        """A token for this email and password.

        Raises
        ------
        LoginError
            If they are wrong.
        NeedsBrowser
            If the account uses two-factor authentication.
        """
        answer = yield from self._post("token/", {"username": email, "password": password})
        if answer.status in {400, 401, 403}:
            raise _refused(answer)
        body = answer.checked()
        token = body.get("token") or body.get("access") if isinstance(body, dict) else None
        if not token:
            raise AuthenticationError("The server did not answer with a token.", body=body)
        return str(token)

    def with_device(self, *, headless: bool = False) -> Conversation[str]:
        """A token approved in a browser, on this device or (headless) on another."""
        answer = yield from self._post("auth/device/", {"client_name": CLIENT_NAME})
        if answer.status == 404:
            raise AuthenticationError(NO_DEVICES, status=404, advice=WITH_PASSWORD)
        started = answer.checked()
        if not isinstance(started, dict) or not {"verification_uri", "user_code", "device_code"} <= set(started):
            raise answer.no_answer("without a sign-in code")
        self._show(started, headless=headless)
        return (yield from self._collect(started))

    def _show(self, started: dict[str, Any], *, headless: bool) -> None:
        page = self._page(started["verification_uri"])
        complete = self._page(started.get("verification_uri_complete") or started["verification_uri"])
        if not headless and self.browse(complete):
            self.say(f"Approve the request in your browser. If none opened: {complete}{self._on_behalf(complete)}")
        else:
            self.say(f"Open {page} and enter: {started['user_code']}{self._on_behalf(page)}")

    def _on_behalf(self, page: str) -> str:
        """The server, if the address of the page does not show it."""
        return "" if page.startswith(self.server) else f" (to sign in to {self.server})"

    def _page(self, address: str) -> str:
        """An address that may be opened: absolute, and on the web."""
        url = urljoin(self.base, address)
        if urlsplit(url).scheme not in {"http", "https"}:
            raise AuthenticationError(f"The server named a sign-in page that is not a web address: {address}")
        return url

    def _collect(self, started: dict[str, Any]) -> Conversation[str]:
        end = self.clock() + float(started.get("expires_in") or DEVICE_SECONDS)
        pause = float(started.get("interval") or POLL_SECONDS)
        while self.clock() < end:
            yield Wait(pause)
            body = yield from self._polled(started["device_code"])
            if body.get("token"):
                return str(body["token"])
            pause += SLOWER_SECONDS if body.get("error") == "slow_down" else 0
        raise AuthenticationError(REFUSALS["expired_token"])

    def _polled(self, device_code: str) -> Conversation[dict[str, Any]]:
        """The answer to one poll: a token, or nothing yet, which is also assumed when an answer is lost."""
        try:
            answer = yield from self._post("auth/device/token/", {"device_code": device_code}, again=True)
        except NoAnswer:
            return {}
        if answer.status in BUSY:
            return {}
        body: dict[str, Any] = answer.body if isinstance(answer.body, dict) else {}
        # BrainSTEM answers 200 whatever the outcome; RFC 8628 has 400 for all but the token.
        reason = str(body.get("error") or body.get("status") or f"the server answered {answer.status}")
        if reason in PENDING or (reason == "success" and body.get("token")):
            return body
        message = f"Authorization failed ({reason}). {REFUSALS.get(reason, '')}".strip()
        status = None if answer.status == 200 else answer.status
        raise AuthenticationError(message, status=status, body=body, advice=AGAIN)

    def _post(self, path: str, data: dict[str, Any], *, again: bool = False) -> Conversation[Answer]:
        request = json_request("POST", self.base + path, data)
        # Tries to sign in are counted: each is one that somebody asked for.
        policy = self.policy if again else replace(self.policy, tries=1)
        return (yield from exchange(request, policy=policy, facts=self.facts, repeatable=again))


def _refused(answer: Answer) -> AuthenticationError:
    body = answer.body
    detail = str(body.get("detail") or "") if isinstance(body, dict) else ""
    if "auth/device" in detail or "two-factor" in detail.lower():
        message = "This account uses two-factor authentication: sign in with a browser."
        return NeedsBrowser(message, status=answer.status, body=body)
    return LoginError(status=answer.status, body=body)
