"""Links a session to a data storage that holds its data, in order of preference.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .datastorage import Datastorage
from .session import Session
from .user import User

class SessionDataStorage(Record):
    """Links a session to a data storage that holds its data, in order of preference.

    Attributes
    ----------
    id : str
        Identifier.
    session : str or Session
        Session whose data are stored.
    datastorage : str or Datastorage
        Data storage that holds the data.
    order : int
        Position among the data storages of the session, starting at 0.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    session: str | Session
    datastorage: str | Datastorage
    order: int
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class SessionDataStorageCalls(Resource[SessionDataStorage, Many, One, Done], Generic[Many, One, Done]):
    """Links a session to a data storage that holds its data, in order of preference."""
    def list(
        self,
        *,
        portal: Name = ...,
        sort: str | Iterable[str] = ...,
        include: str | Iterable[str] = ...,
        search: str = ...,
        limit: int | None = ...,
        filters: Mapping[str, Any] | None = ...,
        include_version: bool = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        datastorage: Any = ...,
        datastorage__in: Any = ...,
        datastorage__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        order: Any = ...,
        order__gt: Any = ...,
        order__gte: Any = ...,
        order__lt: Any = ...,
        order__lte: Any = ...,
        order__isnull: Any = ...,
        session: Any = ...,
        session__in: Any = ...,
        session__isnull: Any = ...,
        updated_at: Any = ...,
        updated_at__gt: Any = ...,
        updated_at__gte: Any = ...,
        updated_at__lt: Any = ...,
        updated_at__lte: Any = ...,
        updated_at__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(
        self, *, session: str | Session, datastorage: str | Datastorage, order: int = ..., portal: Name = ...
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        session: str | Session = ...,
        datastorage: str | Datastorage = ...,
        order: int = ...,
        portal: Name = ...,
    ) -> One: ...
