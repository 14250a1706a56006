"""``load(..., load_all=True)`` of the client that waits: the dict of released clients, the quickest way there is."""

from __future__ import annotations

from typing import Any, Callable

from .calls import PAGE, Body, Calls, records_key
from .core import Core
from .errors import BrainstemError
from .loading import Listing
from .wire import Conversation, Pairs, with_query

FEW_PAGES = 3  # so many are there sooner than a stream that gives the first one once more


def load_all(
    core: Core,
    calls: Calls,
    run: Callable[[Conversation[Any]], Any],
    url: str,
    query: Pairs,
    limit: int | None,
    offset: int | None,
) -> Body:
    """The first page's answer with the records of all pages.

    Parameters
    ----------
    limit : int, optional
        Records of a page, where it is read in pages.
    """
    size, start = limit or PAGE, offset or 0
    first: Body = run(calls.page(with_query(url, [*query, ("limit", size), ("offset", start)])))
    key = records_key(first, url)
    listing = Listing(
        core, run, calls.page, url, query, offset=start, size=size,
        connections=core.connections, progress=core.progress, label=key.replace("_", " "),
    )  # fmt: skip
    records = _streamed(listing, first, start + FEW_PAGES * size)
    if records is None:
        records = listing.collected(listing.by_offset(first))
    return {**{name: value for name, value in first.items() if name != key}, key: records}


def _streamed(listing: Listing, first: Body, few: int) -> list[Any] | None:
    if int(first.get("count") or 0) <= few:
        return None
    try:
        return listing.streamed()
    except BrainstemError:
        return None  # what the pages then say is what released clients expect
