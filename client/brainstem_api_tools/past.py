"""The past of records: who changed what, how it was at a time, and taking changes back. Conversations, no network."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Callable, Generic, TypeVar
from urllib.parse import quote

from .attached import Source
from .calls import include_of
from .core import NO_HEADERS, Core, reached
from .entries import Entry
from .errors import ValidationError
from .names import address
from .paging import PAGE, Pages
from .record import Record, read_date, read_datetime
from .saving import made, taken
from .wire import EVENT, Answer, Conversation, with_query

T = TypeVar("T")
Row = Mapping[str, Any]
_EVENT = re.compile(r"[0-9A-Za-z-]+")


# --- reading ---


class PagesOf(Generic[T]):
    """The pages of a list, each of whose rows is made into something."""

    def __init__(self, core: Core, pages: Pages, make: Callable[[Row], T], what: str) -> None:
        self._core, self._pages, self._make, self._what = core, pages, make, what

    @property
    def done(self) -> bool:
        """Whether all was given."""
        return self._pages.done

    def next(self) -> Conversation[list[T]]:
        """The next page."""
        body = (yield from asked(self._core, "GET", self._pages.next_url(), what=self._what)).checked()
        return [self._make(row) for row in self._pages.take(body)]


def history(source: Source, kind: type[Record] | Record, record_id: object = None, *, limit: int | None = None) -> Any:
    """The changes of a record, or of all records of a model, newest first."""
    base = address(source.core.base, source.portal, kind.app, kind.model, record_id)

    def start() -> PagesOf[Entry]:
        size = PAGE if limit is None else max(1, min(PAGE, limit))
        return PagesOf(source.core, Pages(f"{base}history/", [], limit=limit, size=size), Entry.of, "history")

    return source.search.feed(source.run, start, f"history of {record_id or kind.plural}")


def record_as_of(record: Record, time: object) -> Conversation[Record]:
    """A record as it was at a time; it cannot be saved."""
    source = record._known()
    core = source.core.at(moment_of(time))
    then = Source(core, source.run, source.search, source.portal, source.include)
    url = address(core.base, source.portal, record.app, record.model, record["id"])
    answer = yield from reached(core.ask("GET", with_query(url, [("include[]", include_of(source.include))])))
    return made(type(record), answer, then)


def moment_of(time: object) -> str:
    """A time as it is sent.

    Raises
    ------
    ValidationError
        If it is none, or has no zone.
    """
    right = "a datetime with a zone, a date, or text such as 2026-03-01T12:00Z"
    if isinstance(time, datetime) and time.tzinfo is None:
        text = f"{time} has no time zone. Add one, for example with .astimezone() for the zone of this computer."
        raise ValidationError(text, advice="Nothing was sent.")
    if isinstance(time, date):  # a datetime is one too
        return time.isoformat()
    text = str(time).strip() if isinstance(time, str) else ""
    if not text or (read_datetime(_whole(text)) == _whole(text) and read_date(text) == text):
        raise ValidationError(f"{time!r:.80} is not a time: give {right}.", advice="Nothing was sent.")
    return text


def _whole(text: str) -> str:
    """A time with seconds, which Python 3.9 wants before a fraction or a zone."""
    return re.sub(r"^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d)(?=Z|[+-]|$)", r"\1:00", text)


# --- taking back ---


def event_of(event: object) -> str:
    """The event of an entry, or the event itself.

    Raises
    ------
    ValidationError
        If it cannot be one.
    """
    text = str(getattr(event, "event", event) or "").strip()
    if not _EVENT.fullmatch(text):
        raise ValidationError(f"{event!r:.80} is not an event of a history.", advice="Nothing was sent.")
    return text


def undo(core: Core, event: object) -> Conversation[str]:
    """Take back everything that a write did; the event of that."""
    url = f"{core.base}private/history/{event_of(event)}/undo/"
    answer = yield from asked(core, "POST", url, {}, what="undo")
    answer.checked()
    return answer.headers.get(EVENT, "")


def revert(record: Record, event: object) -> Conversation[Record]:
    """Take a record back to what it was right after an event."""
    source = record._known()
    url = address(source.core.base, source.portal, record.app, record.model, record["id"], "revert/")
    query = [("include[]", include_of(source.include))]
    body = {"to": event_of(event)}
    return taken(record, (yield from asked(source.core, "POST", with_query(url, query), body, what="revert")))


def deleted(source: Source, kind: type[Record]) -> Any:
    """The records of a model that were deleted and can be restored, last deleted first, as the server tells of them."""
    url = address(source.core.base, source.portal, kind.app, kind.model, options="deleted/")

    def start() -> PagesOf[Record]:
        return PagesOf(source.core, by_offset(url), Record, "deleted records")

    return source.search.feed(source.run, start, f"deleted {kind.plural}")


def by_offset(url: str, *, limit: int | None = None) -> Pages:
    """The pages of a list that knows no cursors."""
    pages = Pages(url, [], limit=limit)
    pages.cursor = None
    return pages


def restore(source: Source, kind: type[Record], record_id: object) -> Conversation[Record]:
    """Restore a deleted record with everything that was deleted along with it; the record."""
    answer = yield from restoration(source.core, source.portal, kind, record_id)
    body = answer.checked()
    if not (isinstance(body, dict) and isinstance(body.get(kind.singular), dict)):
        url = address(source.core.base, source.portal, kind.app, kind.model, record_id)
        answer = yield from reached(source.core.ask("GET", url))
    return made(kind, answer, source)


def restoration(core: Core, portal: str, kind: type[Record], record_id: object) -> Conversation[Answer]:
    """The answer to the request to restore a deleted record."""
    url = f"{address(core.base, portal, kind.app, kind.model)}deleted/{quote(str(record_id), safe='')}/restore/"
    return (yield from asked(core, "POST", url, {}, what="restoring deleted records"))


# --- servers without a past ---


def asked(
    core: Core, method: str, url: str, data: object = None, *, what: str, headers: Mapping[str, str] = NO_HEADERS
) -> Conversation[Answer]:
    """The answer of a server that may not offer what is asked for; then that is said, rather than "not found".

    Raises
    ------
    BrainstemError
        If it is not a server that could offer it.
    """
    answer = yield from reached(core.ask(method, url, data, headers=headers))
    if answer.status in {404, 405}:
        yield from core.require_history(what)
    return answer
