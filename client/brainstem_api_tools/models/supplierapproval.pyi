"""A supplier proposed for the catalogue.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .user import User

class SupplierApproval(Record):
    """A supplier proposed for the catalogue.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Proposed name of the supplier.
    description : str
        What the supplier sells.
    website : str
        Website of the supplier.
    comments : str
        Notes for the curators of the catalogue.
    instance_id : str or None
        Entry to be changed; null for a new one.
    action : str
        Whether to add or change an entry.
    reviewer : int or User or None
        Administrator who decided.
    status : str
        Status of the proposal.
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
    instance_id: str | None
    action: Literal["Add", "Change"]
    reviewer: int | User | None
    status: Literal["Pending", "Accepted", "Rejected", "Revision requested"]
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class SupplierApprovalCalls(Resource[SupplierApproval, Many, One, Done], Generic[Many, One, Done]):
    """A supplier proposed for the catalogue."""
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
        action: Any = ...,
        action__icontains: Any = ...,
        action__startswith: Any = ...,
        action__in: Any = ...,
        action__isnull: Any = ...,
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
        instance_id: Any = ...,
        instance_id__in: Any = ...,
        instance_id__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        reviewer: Any = ...,
        reviewer__in: Any = ...,
        reviewer__isnull: Any = ...,
        status: Any = ...,
        status__icontains: Any = ...,
        status__startswith: Any = ...,
        status__in: Any = ...,
        status__isnull: Any = ...,
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
