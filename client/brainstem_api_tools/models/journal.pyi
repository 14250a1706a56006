"""A journal or preprint server in which results are published.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .user import User

class Journal(Record):
    """A journal or preprint server in which results are published.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the journal.
    description : str
        What the journal publishes.
    website : str
        Website of the journal.
    comments : str
        Notes for the curators of the catalogue.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    name: str
    description: str
    website: str
    comments: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class JournalCalls(Resource[Journal, Many, One, Done], Generic[Many, One, Done]):
    """A journal or preprint server in which results are published."""
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
        comments: Any = ...,
        comments__icontains: Any = ...,
        comments__startswith: Any = ...,
        comments__in: Any = ...,
        comments__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        description: Any = ...,
        description__icontains: Any = ...,
        description__startswith: Any = ...,
        description__in: Any = ...,
        description__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
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
        website: Any = ...,
        website__icontains: Any = ...,
        website__startswith: Any = ...,
        website__in: Any = ...,
        website__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(
        self, *, name: str, description: str = ..., website: str = ..., comments: str = ..., portal: Name = ...
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        website: str = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
