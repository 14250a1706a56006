"""``AsyncBrainstemClient``: the same calls, to be awaited."""

from __future__ import annotations

from collections.abc import Awaitable
from os import PathLike
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from .async_transport import AsyncTransport
from .attributes import AsyncModels
from .base import ClientBase
from .bulk import SIZE, Written
from .core import Core, Options
from .drafts import Draft, Drafts
from .feeds import AsyncFeed
from .following import AsyncChanges
from .names import Name
from .record import Record
from .rehearsal import Rehearsal
from .resource import AsyncQuery
from .retry import RetryPolicy
from .search import Run
from .storage import Wanted
from .tables import Rows
from .timeline import Timeline
from .token_cache import TokenCache
from .transport import Timeout
from .wire import Conversation, NoAnswer

if TYPE_CHECKING:
    from httpx2 import Response

T = TypeVar("T")


class AsyncBrainstemClient(
    ClientBase,
    Timeline[
        Awaitable[str],
        Awaitable[Record],
        AsyncFeed[Record],
        AsyncChanges,
        Drafts[Awaitable[Any], Awaitable[Draft], Awaitable[None], Awaitable[list[Draft]]],
    ],
    AsyncModels,
):
    """A BrainSTEM server, as one person sees it, for programs with an event loop.

    Takes the same parameters and has the same calls as ``BrainstemClient``: await each call, and go through lists with
    ``async for``. Signs in at the first call or on entering ``async with``. Needs the extra ``async``.

    Examples
    --------
    >>> async with AsyncBrainstemClient(url="https://lab.example.org") as client:
    ...     async for session in client.sessions.list(name__icontains="rat"):
    ...         print(session.name)
    """

    DEFAULT_TIMEOUT: Timeout = 30

    def __init__(
        self,
        token: str | None = None,
        headless: bool = False,
        url: str | None = None,
        *,
        browser: bool = False,
        anonymous: bool = False,
        timeout: Timeout | None = None,
        retries: RetryPolicy | None = None,
        env_file: str | None = ".env",
        keep_token: bool = True,
        say: Callable[[str], None] = print,
    ) -> None:
        options = Options(
            token=token,
            headless=headless,
            url=url,
            browser=browser,
            anonymous=anonymous,
            retries=retries or RetryPolicy(),
            env_file=env_file,
            default_url=self.BASE_URL,
            cache=TokenCache() if keep_token else None,
            say=say,
        )
        super().__init__(options, AsyncQuery)
        self._transport = AsyncTransport(timeout=self.DEFAULT_TIMEOUT if timeout is None else timeout)

    def load(
        self,
        model: Name,
        portal: Name = "private",
        id: str | None = None,
        options: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
        limit: int | None = None,
        offset: int | None = None,
        load_all: bool = False,
    ) -> Awaitable[Any]:
        """Load a page of records, one record, or all records; see ``BrainstemClient.load``."""
        found: Awaitable[Any] = self._load(model, portal, id, options, filters, sort, include, limit, offset, load_all)
        return found

    def save(
        self,
        model: Name,
        portal: Name = "private",
        id: str | None = None,
        data: dict[str, Any] | None = None,
        options: str | None = None,
        *,
        strict: bool = False,
    ) -> Awaitable[Response]:
        """Create a record, or change some fields of the one with this id; ``strict`` refuses unknown fields."""
        answer: Awaitable[Response] = self._save(model, portal, id, data, options, strict)
        return answer

    def delete(self, model: Name, portal: Name = "private", id: str | None = None) -> Awaitable[Response]:
        """Delete the record with this id."""
        answer: Awaitable[Response] = self._delete(model, portal, id)
        return answer

    def bulk_create(
        self, model: Name, rows: Rows, portal: Name = "private", *, size: int = SIZE, strict: bool = False
    ) -> Awaitable[list[str]]:
        """Create many records; see ``BrainstemClient.bulk_create``."""
        ids: Awaitable[list[str]] = self._bulk_create(model, rows, portal, size, strict)
        return ids

    def upsert(
        self,
        model: Name,
        rows: Rows,
        key: str = "name",
        portal: Name = "private",
        *,
        size: int = SIZE,
        strict: bool = False,
    ) -> Awaitable[Written]:
        """Update the records with the same value of ``key`` and create the others."""
        written: Awaitable[Written] = self._upsert(model, rows, key, portal, size, strict)
        return written

    def rehearse(
        self,
        model: Name,
        rows: Rows,
        key: str = "",
        portal: Name = "private",
        *,
        size: int = SIZE,
    ) -> Awaitable[Rehearsal]:
        """What ``bulk_create``, or with a ``key`` ``upsert``, would do; see ``BrainstemClient.rehearse``."""
        found: Awaitable[Rehearsal] = self._rehearse(model, rows, key, portal, size)
        return found

    def data_path(
        self,
        session: Any,
        *,
        protocol: str | None = None,
        local_root: str | PathLike[str] | None = None,
        storage: str | None = None,
        project: str | None = None,
        subject: str | None = None,
        collection: str | None = None,
        cohort: str | None = None,
        portal: Name = "private",
    ) -> Awaitable[str]:
        """The path to a session's data; see ``BrainstemClient.data_path``."""
        names = {"Projects": project, "Subjects": subject, "Collections": collection, "Cohorts": cohort}
        root = None if local_root is None else str(local_root)
        path: Awaitable[str] = self._data_path(session, Wanted(protocol, root, storage, names), portal)
        return path

    def _following(self, run: Run, core: Core, since: str) -> AsyncChanges:
        return AsyncChanges(run, core, since)

    async def close(self) -> None:
        """Close the connections; a view of the past leaves them to the client that it was made from."""
        if not self._is_view:
            await self._transport.close()

    async def __aenter__(self) -> AsyncBrainstemClient:
        await self._run(self._core.credentials.token())
        return self

    async def __aexit__(self, *error: object) -> None:
        await self.close()

    async def _run(self, conversation: Conversation[T]) -> T:
        try:
            return await self._transport.run(conversation)
        except NoAnswer as failure:
            raise failure.released() from None
