"""The laboratory of a group, for its public page.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .group import Group
from .user import User

class Laboratory(Record):
    """The laboratory of a group, for its public page.

    Attributes
    ----------
    id : str
        Identifier.
    group : int or Group
        Group of people who work in the laboratory.
    principal_investigators : list of int or User
        Members of the group who lead the laboratory.
    description : str
        What the laboratory works on.
    website : str
        Website of the laboratory.
    department : str
        Department or institute.
    institution : str
        University, hospital or company.
    city : str
        City.
    country : str
        Name of the country.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    group: int | Group
    principal_investigators: list[int | User]
    description: str
    website: str
    department: str
    institution: str
    city: str
    country: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class LaboratoryCalls(Resource[Laboratory, Many, One, Done], Generic[Many, One, Done]):
    """The laboratory of a group, for its public page."""
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
        city: Any = ...,
        city__icontains: Any = ...,
        city__startswith: Any = ...,
        city__in: Any = ...,
        city__isnull: Any = ...,
        country: Any = ...,
        country__icontains: Any = ...,
        country__startswith: Any = ...,
        country__in: Any = ...,
        country__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        department: Any = ...,
        department__icontains: Any = ...,
        department__startswith: Any = ...,
        department__in: Any = ...,
        department__isnull: Any = ...,
        description: Any = ...,
        description__icontains: Any = ...,
        description__startswith: Any = ...,
        description__in: Any = ...,
        description__isnull: Any = ...,
        group: Any = ...,
        group__in: Any = ...,
        group__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        institution: Any = ...,
        institution__icontains: Any = ...,
        institution__startswith: Any = ...,
        institution__in: Any = ...,
        institution__isnull: Any = ...,
        principal_investigators: Any = ...,
        principal_investigators__in: Any = ...,
        principal_investigators__isnull: Any = ...,
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
        self,
        *,
        group: int | Group,
        principal_investigators: Sequence[int | User],
        institution: str,
        description: str = ...,
        website: str = ...,
        department: str = ...,
        city: str = ...,
        country: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        group: int | Group = ...,
        principal_investigators: Sequence[int | User] = ...,
        description: str = ...,
        website: str = ...,
        department: str = ...,
        institution: str = ...,
        city: str = ...,
        country: str = ...,
        portal: Name = ...,
    ) -> One: ...
