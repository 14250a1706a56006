"""``client.drafts``: unfinished input, kept on the server for you alone. Conversations, no network."""

from __future__ import annotations

import builtins
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from .core import Core
from .paging import Pages
from .past import asked
from .record import read_datetime
from .search import Run
from .wire import Conversation, encoded

Value = TypeVar("Value")
Stored = TypeVar("Stored")
Done = TypeVar("Done")
Listed = TypeVar("Listed")
WHAT = "drafts"


@dataclass(frozen=True)
class Draft:
    """What is known of a draft besides its content.

    Attributes
    ----------
    key : str
        Its name.
    size : int
        Bytes of its JSON.
    updated_at, expires_at : datetime
        When it was last written, and when it will be gone.
    etag : str
        Changes with the content; for ``put`` and ``delete``.
    """

    key: str
    size: int
    updated_at: Any
    expires_at: Any
    etag: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Draft:
        """A draft of an answer."""
        times = {name: read_datetime(str(row.get(name) or "")) for name in ("updated_at", "expires_at")}
        return cls(str(row.get("key")), int(row.get("size") or 0), etag=str(row.get("etag") or ""), **times)


class Drafts(Generic[Value, Stored, Done, Listed]):
    """Your drafts on a server: any JSON under a key, such as ``session-add``, for 30 days after you last wrote it.

    Nobody else sees them. In an ``AsyncBrainstemClient`` each call is awaited.
    """

    def __init__(self, core: Core, run: Run) -> None:
        self._core, self._run = core, run

    def get(self, key: str) -> Value:
        """The content of a draft.

        Raises
        ------
        NotFound
            If there is none.
        """
        found: Value = self._run(self._get(key))
        return found

    def put(self, key: str, value: Any, *, etag: str | None = None) -> Stored:
        """Store a draft, in the place of an earlier one.

        Parameters
        ----------
        value
            Anything that JSON can represent.
        etag : str, optional
            Of the draft that you expect to replace. Without it, the last write wins.

        Raises
        ------
        Conflict
            If there is another one by now; or if you have too many drafts.
        ValidationError
            If the key is not valid, or if the value has more than a megabyte.
        """
        stored: Stored = self._run(self._put(key, value, etag))
        return stored

    def delete(self, key: str, *, etag: str | None = None) -> Done:
        """Delete a draft; with an ``etag``, only if it is still that one."""
        done: Done = self._run(self._delete(key, etag))
        return done

    def list(self) -> Listed:
        """All drafts without their content, last written first."""
        listed: Listed = self._run(self._list())
        return listed

    def __repr__(self) -> str:
        return f"<drafts on {self._core.url}>"

    def _url(self, key: str = "") -> str:
        return f"{self._core.base}private/drafts/{quote(str(key), safe='')}{'/' if key else ''}"

    def _get(self, key: str) -> Conversation[Any]:
        answer = yield from asked(self._core, "GET", self._url(key), what=WHAT)
        if not answer.ok:
            answer.checked()
        try:
            return json.loads(answer.content)  # any value: a bare text too
        except (ValueError, RecursionError):
            raise answer.no_answer("with something that is not JSON") from None

    def _put(self, key: str, value: object, etag: str | None) -> Conversation[Draft]:
        # Encoded here, since None is a draft like any other, and not the lack of one.
        answer = yield from asked(self._core, "PUT", self._url(key), encoded(value), what=WHAT, headers=_headers(etag))
        return Draft.of(answer.checked()["draft"])

    def _delete(self, key: str, etag: str | None) -> Conversation[None]:
        answer = yield from asked(self._core, "DELETE", self._url(key), what=WHAT, headers=_headers(etag))
        # Gone after a second try: the answer to the first one got lost.
        if not (answer.status == 404 and answer.tries > 1):
            answer.checked()

    def _list(self) -> Conversation[builtins.list[Draft]]:
        pages, found = Pages(self._url(), []), []
        while not pages.done:
            answer = yield from asked(self._core, "GET", pages.next_url(), what=WHAT)
            found += [Draft.of(row) for row in pages.take(answer.checked())]
        return found


def _headers(etag: str | None) -> dict[str, str]:
    return {"If-Match": etag} if etag else {}
