"""Redirects: followed with the same method, body and token, or refused. Pure.

They are followed only on the same host, and from http to https but never back: the request, and the token in it, are
meant for the server that was named.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import SplitResult, urljoin, urlsplit, urlunsplit

from .errors import WrongAddress
from .wire import Answer, Conversation, Outcome, Request

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST = 5
PORTS = {"http": 80, "https": 443}
LOOP = "It sends requests in circles."


def arrived(request: Request) -> Conversation[Outcome]:
    """The answer, or failure, after following redirects.

    Raises
    ------
    WrongAddress
        If the server redirects to another host, from https back to http, nowhere, or endlessly.
    """
    first = request.url
    for _ in range(MOST + 1):
        outcome = yield request
        if not isinstance(outcome, Answer) or outcome.status not in REDIRECTS:
            return outcome
        request = replace(request, url=_next(first, request.url, outcome))
    raise WrongAddress(f"{origin(first)} does not answer: it redirects more than {MOST} times. {LOOP}")


def _next(first: str, url: str, answer: Answer) -> str:
    location = answer.headers.get("location", "").strip()
    if not location:
        raise WrongAddress(f"{origin(url)} redirects ({answer.status}) without saying where to.", status=answer.status)
    here = urlsplit(url)
    try:
        there = urlsplit(urljoin(url, location))
        same = _is_same_server(here, there)
    except ValueError:  # a port that is none, an address of brackets
        raise WrongAddress(
            f"{origin(url)} redirects to something that is not an address.", status=answer.status
        ) from None
    if not same:
        raise WrongAddress(_elsewhere(first, here, there), status=answer.status)
    # Name and password in an address would take the place of the token.
    return urlunsplit(there._replace(netloc=there.netloc.rpartition("@")[2], fragment=""))


def _is_same_server(here: SplitResult, there: SplitResult) -> bool:
    if there.scheme not in PORTS or there.hostname != here.hostname:
        return False
    ports = [one.port or PORTS[one.scheme] for one in (here, there)]
    if here.scheme == there.scheme:
        return ports[0] == ports[1]
    is_usual = ports == [PORTS[here.scheme], PORTS[there.scheme]]
    return there.scheme == "https" and (is_usual or ports[0] == ports[1])


def _elsewhere(first: str, here: SplitResult, there: SplitResult) -> str:
    said = f"{origin(urlunsplit(here))} redirects to {origin(urlunsplit(there))}"
    if here.scheme == "https" and there.scheme == "http" and here.hostname == there.hostname:
        return f"{said}, from https back to http, where anyone on the way could read the token. It was not followed."
    return (
        f"{said}, which is another server, so nothing was sent there. If that is the right address, use "
        f"{_base(first, there)} (url=, --url or BRAINSTEM_URL)."
    )


def _base(first: str, there: SplitResult) -> str:
    """The address of the server that is redirected to, with the folder that it is in, if the rest is the same."""
    path = urlsplit(first).path
    at = path.find("/api/")
    below = path[at:] if at >= 0 else path
    folder = there.path[: -len(below)] if below and there.path.endswith(below) else ""
    return origin(urlunsplit(there)) + folder.lstrip("/") + ("/" if folder.strip("/") else "")


def origin(url: str) -> str:
    """Scheme, host and port of an address, with nothing that may be secret."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}/"
