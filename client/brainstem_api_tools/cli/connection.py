"""A server as the options of a command name it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..names import address, route
from ..paging import record_of

if TYPE_CHECKING:
    from ..client import BrainstemClient
    from ..core import Core
    from ..transport import Transport
    from ..wire import Pairs


class Server:
    """Asks a server, and raises one of the errors of the tree for every refusal."""

    def __init__(self, core: Core, transport: Transport, portal: str) -> None:
        self.core, self.transport, self.portal = core, transport, portal

    def ask(self, method: str, url: str, data: object = None) -> Any:
        """The body of the answer."""
        return self.transport.run(self.core.ask_checked(method, url, data))

    def url(self, model: str, record_id: object = None, rest: str = "") -> str:
        """The address of a model, of a record, or of one of its relations or actions."""
        return address(self.core.base, self.portal, *route(model), record_id, rest)

    def pages(self, model: str, query: Pairs, *, limit: int | None = None) -> Iterator[list[dict[str, Any]]]:
        """All records that fit, page by page; at most ``limit``."""
        from ..paging import Pages

        pages = Pages(self.url(model), query, limit=limit)
        while not pages.done:
            yield pages.take(self.ask("GET", pages.next_url()))

    def records(self, model: str, query: Pairs, *, limit: int | None = None) -> Iterator[dict[str, Any]]:
        """All records that fit, one after the other; a page is asked for when the one before is used up."""
        for page in self.pages(model, query, limit=limit):
            yield from page

    def one(self, model: str, record_id: object, query: Pairs | None = None) -> dict[str, Any]:
        """One record."""
        from ..wire import with_query

        body = self.ask("GET", with_query(self.url(model, record_id), query or ()))
        return record_of(body, self.core.base)[1]


def core_of(arguments: argparse.Namespace, *, anonymous: bool = False) -> tuple[Core, Transport]:
    """The two halves of a client."""
    from ..core import Core, Options
    from ..transport import Transport

    return Core(Options(anonymous=anonymous, **_given(arguments))), Transport()


@contextmanager
def server_of(arguments: argparse.Namespace) -> Iterator[Server]:
    """The server, for a command that has a portal or needs the private one."""
    portal = getattr(arguments, "portal", "private")
    core, transport = core_of(arguments, anonymous=portal == "public")
    try:
        yield Server(core, transport, portal)
    finally:
        transport.close()


def client_of(arguments: argparse.Namespace) -> BrainstemClient:
    """The client that scripts use."""
    from ..client import BrainstemClient

    return BrainstemClient(anonymous=arguments.portal == "public", **_given(arguments))


def _given(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "token": arguments.token,
        "url": arguments.url,
        "headless": bool(arguments.headless),
        "browser": bool(arguments.browser),
        # What is said while signing in must not end up in a file of records.
        "say": lambda line: print(line, file=sys.stderr),
    }
