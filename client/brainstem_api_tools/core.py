"""What both clients share: the server, the caller, and how a call becomes a conversation. No network here."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Callable

from .credentials import Credentials
from .environment import ENV_FILE, URL_NAME, clean_token, surroundings, token_of
from .errors import BrainstemError, ConnectionFailed, ValidationError
from .names import DEFAULT_URL, clean_url
from .remarks import PREFER_STRICT, Rows, warn_of
from .retry import RetryPolicy, ServerFacts, exchange
from .servers import server_for
from .sign_in import SignIn
from .token_cache import TokenCache
from .wire import JSON, Answer, Conversation, NoAnswer, json_request, with_query

UNAUTHORISED = 401
READING = frozenset({"GET", "HEAD", "OPTIONS"})
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
SERVER_NAME = "BrainSTEM server"  # what servers that keep history call themselves at the root of their API


@dataclass(frozen=True)
class Options:
    """How a client is set up; see ``BrainstemClient`` for what each means."""

    token: str | None = None
    headless: bool = False
    url: str | None = None
    browser: bool = False
    anonymous: bool = False
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    env_file: str | None = ENV_FILE
    cache: TokenCache | None = field(default_factory=TokenCache)
    say: Callable[[str], None] = print
    default_url: str = DEFAULT_URL
    connections: int = 4
    progress: bool | None = None


class Core:
    """One server and one caller."""

    def __init__(self, options: Options) -> None:
        settings = surroundings(options.env_file)
        given = "" if options.anonymous else clean_token(options.token) or clean_token(token_of(settings))
        self.url = clean_url(options.url or settings.get(URL_NAME) or _unnamed(options, given))
        self.base = f"{self.url}api/"
        self.policy = options.retries
        self.facts = ServerFacts()
        self.connections = options.connections
        self.progress = options.progress
        self.moment = ""  # the time as of which everything is read; empty for now
        self.credentials = Credentials(
            url=self.url,
            sign_in=SignIn(self.base, self.policy, self.facts, say=options.say),
            given=given,
            browser=options.browser,
            headless=options.headless,
            anonymous=options.anonymous,
            cache=options.cache,
        )

    def at(self, moment: str) -> Core:
        """The same server and caller, for reading everything as it was at a time."""
        found = copy.copy(self)
        found.moment = moment
        return found

    def ask(
        self,
        method: str,
        url: str,
        data: object = None,
        *,
        repeatable: bool | None = None,
        stream: str = "",
        strict: bool = False,
        rows: Rows | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Conversation[Answer]:
        """The answer to one call, with the caller's token; signs in again once if a kept token is not valid any more.

        With ``strict`` keys that the server does not know are refused. What it remarks otherwise becomes a warning,
        which names the caller's ``rows``.

        Raises
        ------
        NoAnswer
            If the server could not be reached.
        ValidationError
            If this would write, and everything is read as of a time.
        """
        if self.moment:
            url = yield from self._in_the_past(method, url)
        token = yield from self.credentials.token()
        # One key for all tries, also for the one after signing in again: it is one creation.
        key = str(uuid.uuid4()) if method == "POST" else ""
        answer = yield from self._exchange(method, url, data, token, key, repeatable, stream, strict, headers)
        if answer.status == UNAUTHORISED and token:
            renewed = yield from self.credentials.renewed(token)
            if renewed:
                answer = yield from self._exchange(method, url, data, renewed, key, repeatable, stream, strict, headers)
        warn_of(answer.headers, rows)
        return answer

    def ask_checked(
        self, method: str, url: str, data: object = None, *, repeatable: bool | None = None, strict: bool = False
    ) -> Conversation[Any]:
        """The body of the answer; every refusal is raised as one of the errors of the tree."""
        return (yield from reached(self.ask(method, url, data, repeatable=repeatable, strict=strict))).checked()

    def require_history(self, what: str) -> Conversation[None]:
        """Ask the server, once, whether it may keep history at all: others ignore what they do not know.

        Raises
        ------
        BrainstemError
            If it is not a server that does.
        """
        if self.facts.keeps_history is None:
            answer = yield from reached(self._exchange("GET", self.base, None, "", "", None, "", False, NO_HEADERS))
            body = answer.body
            self.facts.keeps_history = isinstance(body, dict) and body.get("name") == SERVER_NAME
        if not self.facts.keeps_history:
            raise BrainstemError(f"{self.url} does not offer {what}.", advice="Nothing was changed.")

    def _in_the_past(self, method: str, url: str) -> Conversation[str]:
        """The address for reading as of the time of this view."""
        if method not in READING:
            text = f"This client shows everything as of {self.moment} and can only read."
            raise ValidationError(text, advice="Write with the client that it was made from. Nothing was sent.")
        yield from self.require_history("states of the past (as_of)")
        return with_query(url, [("as_of", self.moment)]) if method != "OPTIONS" else url

    def ask_stream(self, url: str, kind: str) -> Conversation[Answer]:
        """An answer whose content, of a media type, is still to be read from ``raw``; or JSON that was already read."""
        return (yield from reached(self.ask("GET", url, stream=kind)))

    def _exchange(
        self,
        method: str,
        url: str,
        data: object,
        token: str,
        key: str,
        repeatable: bool | None,
        stream: str,
        strict: bool,
        headers: Mapping[str, str],
    ) -> Conversation[Answer]:
        request = json_request(method, url, data, token=token, key=key)
        request = replace(request, headers={**request.headers, **(PREFER_STRICT if strict else {}), **headers})
        if stream:
            accepted = {**request.headers, "Accept": f"{stream}, {JSON};q=0.5"}
            request = replace(request, headers=accepted, streamed=True)
        return (yield from exchange(request, policy=self.policy, facts=self.facts, repeatable=repeatable))


def _unnamed(options: Options, token: str) -> str:
    """The server, where neither the caller nor the surroundings name one."""
    # Programs that set a default of their own mean that one.
    return server_for(token, options.cache) if options.default_url == DEFAULT_URL else options.default_url


def reached(conversation: Conversation[Answer]) -> Conversation[Answer]:
    """The same conversation, but an unreachable server raises an error of the tree."""
    try:
        return (yield from conversation)
    except NoAnswer as failure:
        raise ConnectionFailed(str(failure)) from failure.error
