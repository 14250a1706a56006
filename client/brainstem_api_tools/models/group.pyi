"""People who work together; a role granted to the group applies to all its members.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .user import User

class Group(Record):
    """People who work together; a role granted to the group applies to all its members.

    Attributes
    ----------
    id : int
        Identifier.
    name : str
        Name of the group.
    users : Any
        Members by email address, with their roles.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: int
    name: str
    users: Any
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class GroupCalls(Resource[Group, Many, One, Done], Generic[Many, One, Done]):
    """People who work together; a role granted to the group applies to all its members."""
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
        id: Any = ...,
        id__gt: Any = ...,
        id__gte: Any = ...,
        id__lt: Any = ...,
        id__lte: Any = ...,
        id__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        updated_at: Any = ...,
        updated_at__gt: Any = ...,
        updated_at__gte: Any = ...,
        updated_at__lt: Any = ...,
        updated_at__lte: Any = ...,
        updated_at__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(self, *, name: str, users: Any = ..., portal: Name = ...) -> One: ...
    def update(self, id: Any, *, name: str = ..., users: Any = ..., portal: Name = ...) -> One: ...
