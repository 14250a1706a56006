"""A part of a session, such as sleep before a task, with what was done and recorded in it.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .behavior import Behavior
from .dataacquisition import DataAcquisition
from .manipulation import Manipulation
from .session import Session
from .user import User

class Epoch(Record):
    """A part of a session, such as sleep before a task, with what was done and recorded in it.

    Attributes
    ----------
    id : str
        Identifier.
    session : str or Session
        Session that the epoch is a part of.
    name : str
        Name of the epoch, unique in its session.
    start : str or None
        Time from the start of the session to the start of the epoch.
    end : str or None
        Time from the start of the session to the end of the epoch.
    behavior : list of str or Behavior
        Behaviors during the epoch.
    dataacquisition : list of str or DataAcquisition
        Data acquisitions that recorded the epoch; each belongs to at most one epoch.
    manipulation : list of str or Manipulation
        Manipulations applied during the epoch.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    session: str | Session
    name: str
    start: str | None
    end: str | None
    behavior: list[str | Behavior]
    dataacquisition: list[str | DataAcquisition]
    manipulation: list[str | Manipulation]
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class EpochCalls(Resource[Epoch, Many, One, Done], Generic[Many, One, Done]):
    """A part of a session, such as sleep before a task, with what was done and recorded in it."""
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
        behavior: Any = ...,
        behavior__in: Any = ...,
        behavior__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        dataacquisition: Any = ...,
        dataacquisition__in: Any = ...,
        dataacquisition__isnull: Any = ...,
        end: Any = ...,
        end__gt: Any = ...,
        end__gte: Any = ...,
        end__lt: Any = ...,
        end__lte: Any = ...,
        end__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        manipulation: Any = ...,
        manipulation__in: Any = ...,
        manipulation__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        session: Any = ...,
        session__in: Any = ...,
        session__isnull: Any = ...,
        start: Any = ...,
        start__gt: Any = ...,
        start__gte: Any = ...,
        start__lt: Any = ...,
        start__lte: Any = ...,
        start__isnull: Any = ...,
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
        self,
        *,
        session: str | Session,
        name: str,
        start: str | None = ...,
        end: str | None = ...,
        behavior: Sequence[str | Behavior] = ...,
        dataacquisition: Sequence[str | DataAcquisition] = ...,
        manipulation: Sequence[str | Manipulation] = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        session: str | Session = ...,
        name: str = ...,
        start: str | None = ...,
        end: str | None = ...,
        behavior: Sequence[str | Behavior] = ...,
        dataacquisition: Sequence[str | DataAcquisition] = ...,
        manipulation: Sequence[str | Manipulation] = ...,
        portal: Name = ...,
    ) -> One: ...
