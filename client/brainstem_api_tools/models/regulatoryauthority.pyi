"""A body that licenses research, such as an animal care committee.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .user import User

class Regulatoryauthority(Record):
    """A body that licenses research, such as an animal care committee.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Official name of the authority.
    abbreviation : str
        Short name, such as NIH.
    country : str
        Country of the authority, ISO 3166-1 alpha-2.
    authority_type : str
        Jurisdiction of the authority.
    website : str
        Website of the authority.
    description : str
        What the authority is responsible for.
    is_active : bool
        Whether the authority still grants licenses.
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
    abbreviation: str
    country: str
    authority_type: Literal["national", "institutional", "regional", "international"]
    website: str
    description: str
    is_active: bool
    comments: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class RegulatoryauthorityCalls(Resource[Regulatoryauthority, Many, One, Done], Generic[Many, One, Done]):
    """A body that licenses research, such as an animal care committee."""
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
        abbreviation: Any = ...,
        abbreviation__icontains: Any = ...,
        abbreviation__startswith: Any = ...,
        abbreviation__in: Any = ...,
        abbreviation__isnull: Any = ...,
        authority_type: Any = ...,
        authority_type__icontains: Any = ...,
        authority_type__startswith: Any = ...,
        authority_type__in: Any = ...,
        authority_type__isnull: Any = ...,
        comments: Any = ...,
        comments__icontains: Any = ...,
        comments__startswith: Any = ...,
        comments__in: Any = ...,
        comments__isnull: Any = ...,
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
        description: Any = ...,
        description__icontains: Any = ...,
        description__startswith: Any = ...,
        description__in: Any = ...,
        description__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        is_active: Any = ...,
        is_active__in: Any = ...,
        is_active__isnull: Any = ...,
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
        self,
        *,
        name: str,
        abbreviation: str = ...,
        country: str = ...,
        authority_type: Literal["national", "institutional", "regional", "international"] = ...,
        website: str = ...,
        description: str = ...,
        is_active: bool = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        abbreviation: str = ...,
        country: str = ...,
        authority_type: Literal["national", "institutional", "regional", "international"] = ...,
        website: str = ...,
        description: str = ...,
        is_active: bool = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
