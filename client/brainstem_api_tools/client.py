"""``BrainstemClient``: everything that a script needs, call by call."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any, Callable, TypeVar, overload

from .attributes import Models
from .base import ClientBase
from .bulk import SIZE, Written
from .calls import query_of
from .core import Core, Options
from .drafts import Draft, Drafts
from .feeds import Feed
from .following import Changes
from .names import Name
from .record import Record
from .rehearsal import Rehearsal
from .resource import Query
from .retry import RetryPolicy
from .search import Run
from .storage import Wanted
from .tables import Rows
from .timeline import Timeline
from .token_cache import TokenCache
from .transport import Timeout, Transport
from .wire import Conversation, NoAnswer, Pairs

if TYPE_CHECKING:
    from requests import Response, Session
    from typing_extensions import Literal

T = TypeVar("T")


class BrainstemClient(
    ClientBase, Timeline[str, Record, Feed[Record], Changes, Drafts[Any, Draft, None, list[Draft]]], Models
):
    """A BrainSTEM server, as one person sees it.

    Parameters
    ----------
    token : str, optional
        A token. If omitted, the first of these: BRAINSTEM_API_TOKEN or BRAINSTEM_TOKEN, in the environment or in
        a ``.env`` file in the working folder; the token saved by an earlier sign-in; your email and password, which
        you are then asked for.
    headless : bool
        Sign in on another device: prints an address and a code.
    url : str, optional
        Address of the server. Default: BRAINSTEM_URL, the server you last signed in to, or the public one.
    browser : bool
        Sign in by approving the request in a browser; needed for accounts with two-factor authentication.
    anonymous : bool
        Use no token and ask no questions; enough for ``portal="public"``.
    timeout : float or (float, float), optional
        Seconds to wait for an answer, or for a connection and for an answer.
    retries : RetryPolicy, optional
        How often to repeat a request when the server is busy or unreachable.
    env_file : str, optional
        A file to read instead of ``.env``; None reads none.
    keep_token : bool
        Save the token of a sign-in, and use a saved one.
    say : callable
        Shows messages during sign-in; default: ``print``.
    connections : int
        Pages of a list to load at once from servers without streams or cursors.
    progress : bool, optional
        Whether to show a progress bar while everything is loaded (extra ``progress``). Default: only at a terminal
        or in a notebook.

    Raises
    ------
    AuthenticationError
        If there is no token and no way to ask for one.

    Examples
    --------
    >>> client = BrainstemClient(url="https://lab.example.org")
    >>> client.load("session", filters={"name.icontains": "rat"}, sort=["-name"]).json()["sessions"]
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
        connections: int = 4,
        progress: bool | None = None,
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
            connections=connections,
            progress=progress,
        )
        super().__init__(options, Query)
        self._transport = Transport(timeout=self.DEFAULT_TIMEOUT if timeout is None else timeout)
        self._run(self._core.credentials.token())

    def _load_all(self, url: str, query: Pairs, limit: int | None, offset: int | None) -> Any:
        from .load_all import load_all

        return load_all(self._core, self._calls, self._run, url, query, limit, offset)

    # --- the calls of 2.0.0 ---

    @overload
    def load(
        self,
        model: Name,
        portal: Name = ...,
        id: str | None = ...,
        options: str | None = ...,
        filters: dict[str, Any] | None = ...,
        sort: list[str] | None = ...,
        include: list[str] | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        load_all: Literal[False] = ...,
    ) -> Response: ...

    @overload
    def load(
        self,
        model: Name,
        portal: Name = ...,
        id: None = ...,
        options: str | None = ...,
        filters: dict[str, Any] | None = ...,
        sort: list[str] | None = ...,
        include: list[str] | None = ...,
        limit: int | None = ...,
        offset: int | None = ...,
        *,
        load_all: Literal[True],
    ) -> dict[str, Any]: ...

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
    ) -> Any:
        """Load a page of records, one record, or all records.

        Parameters
        ----------
        model : str or ModelType
            Such as ``"session"``.
        portal : str or PortalType
            ``"private"``, ``"public"`` or, for administrators, ``"super"``.
        id : str, optional
            Load this one record instead of a list.
        options : str, optional
            What follows the id in the address: a relation such as ``"projects"``, or an action.
        filters : dict, optional
            Such as ``{"name.icontains": "rat", "projects.id": project}``.
        sort : list of str, optional
            Fields to sort by; prefix with ``-`` for descending order.
        include : list of str, optional
            Relations whose ids are replaced by records, such as ``["behaviors.setup"]``.
        limit, offset : int, optional
            Maximum number of records (up to 100), and number to skip.
        load_all : bool
            Load all pages.

        Returns
        -------
        requests.Response, or dict with ``load_all``
            The dict is the first page's answer with the records of all pages.
        """
        return self._load(model, portal, id, options, filters, sort, include, limit, offset, load_all)

    def save(
        self,
        model: Name,
        portal: Name = "private",
        id: str | None = None,
        data: dict[str, Any] | None = None,
        options: str | None = None,
        *,
        strict: bool = False,
    ) -> Response:
        """Create a record, or change some fields of the one with this id.

        Parameters
        ----------
        data : dict
            Fields and their values.
        options : str, optional
            An action on a record, such as ``"add_entry"``.
        strict : bool
            Refuse fields that the server does not know; otherwise they are ignored, with a ``BrainstemWarning``.
        """
        result: Response = self._save(model, portal, id, data, options, strict)
        return result

    def delete(self, model: Name, portal: Name = "private", id: str | None = None) -> Response:
        """Delete the record with this id."""
        result: Response = self._delete(model, portal, id)
        return result

    # --- the calls of 0.1.0 and 0.2.0, in which an unknown model is a 404 and some names meant another model ---

    def load_model(
        self,
        model: Name,
        portal: Name = "private",
        id: str | None = None,
        options: str | None = None,
        filters: dict[str, Any] | None = None,
        sort: list[str] | None = None,
        include: list[str] | None = None,
    ) -> Response:
        """Load one page of records, or one record, as 0.1.0 and 0.2.0 do."""
        url = self._older_url(model, portal, id, options if id else None)
        if not url:
            return _no_such_model()
        result: Response = self._run(self._calls.load(url, id, options, query_of(filters, sort, include)))
        return result

    def save_model(
        self,
        model: Name,
        portal: Name = "private",
        id: str | None = None,
        data: dict[str, Any] | None = None,
        options: str | None = None,
        *,
        strict: bool = False,
    ) -> Response:
        """Create or change a record, as 0.1.0 and 0.2.0 do; with ``strict``, unknown fields are refused."""
        url = self._older_url(model, portal, id, options)
        if not url:
            return _no_such_model()
        result: Response = self._run(self._calls.save(url, id, options, data, strict=strict))
        return result

    def delete_model(self, model: Name, portal: Name = "private", id: str | None = None) -> Response | None:
        """Delete a record, as 0.1.0 and 0.2.0 do: without an id, do nothing."""
        url = self._older_url(model, portal, id, None)
        if not url:
            return _no_such_model()
        return None if id is None else self._run(self._calls.delete(url))

    # --- many records at once, and where data are kept ---

    def bulk_create(
        self, model: Name, rows: Rows, portal: Name = "private", *, size: int = SIZE, strict: bool = False
    ) -> list[str]:
        """Create many records and return their ids, in the order of the rows.

        Parameters
        ----------
        rows : iterable of dict, pandas or polars DataFrame, or Arrow table
            The fields of each record. An empty cell of a table (None, NaN, NaT) is a field that is not given.
        size : int
            Rows per request. Each request is all or nothing.
        strict : bool
            Refuse fields that the server does not know; otherwise they are ignored, with a ``BrainstemWarning``.

        Raises
        ------
        BulkError
            If rows are refused: ``rows`` has their numbers and messages, ``written`` what earlier requests created.
        """
        ids: list[str] = self._bulk_create(model, rows, portal, size, strict)
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
    ) -> Written:
        """Update the records with the same value of ``key`` and create the others; ``strict`` as in ``bulk_create``.

        Returns
        -------
        Written
            The ids, and the ``events`` with which it can be undone: ``for event in reversed(written.events):
            client.undo(event)``.

        Raises
        ------
        BulkError
            If rows are refused, or if a key is missing, repeated, or shared by several records.
        """
        written: Written = self._upsert(model, rows, key, portal, size, strict)
        return written

    def rehearse(
        self,
        model: Name,
        rows: Rows,
        key: str = "",
        portal: Name = "private",
        *,
        size: int = SIZE,
    ) -> Rehearsal:
        """What ``bulk_create`` would do with these rows; with a ``key``, what ``upsert`` would. Nothing is written.

        The server does the dry run, and checks rights, details and names as it would when writing.

        Returns
        -------
        Rehearsal
            ``stored``, ``changes`` and ``wrong`` by row number; ``checked()`` raises an error if any row is wrong.

        Raises
        ------
        BulkError
            If rows are found wrong before anything is sent.
        BrainstemError
            If the server does not support dry runs.
        """
        found: Rehearsal = self._rehearse(model, rows, key, portal, size)
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
    ) -> str:
        """The path to a session's data: that of its data storage, and a folder for each of its levels.

        Parameters
        ----------
        session : str or Session
            Its id.
        protocol : str, optional
            Part of the name of one of the storage's protocols, such as ``"local"``. Default: the first one.
        local_root : str or path, optional
            Where the storage is on this computer; replaces the storage's own path.
        storage, project, subject, collection, cohort : str, optional
            Name or id, if the session has several.

        Raises
        ------
        ValidationError
            If there is no such storage, or if several records could name a folder.
        """
        names = {"Projects": project, "Subjects": subject, "Collections": collection, "Cohorts": cohort}
        root = None if local_root is None else str(local_root)
        path: str = self._data_path(session, Wanted(protocol, root, storage, names), portal)
        return path

    @property
    def _session(self) -> Session:
        return self._transport.session

    def _following(self, run: Run, core: Core, since: str) -> Changes:
        return Changes(run, core, since)

    def close(self) -> None:
        """Close the connections; a view of the past leaves them to the client that it was made from."""
        if not self._is_view:
            self._transport.close()

    def __enter__(self) -> BrainstemClient:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def _run(self, conversation: Conversation[T]) -> T:
        try:
            return self._transport.run(conversation)
        except NoAnswer as failure:
            raise failure.released() from None


def _no_such_model() -> Response:
    from requests import Response

    response = Response()
    response.status_code = 404
    return response
