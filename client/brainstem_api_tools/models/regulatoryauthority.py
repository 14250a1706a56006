"""A body that licenses research, such as an animal care committee.

Written by client/tools/generate.py; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal

from ..record import Record, field
from ..resource import Done, Many, One, Resource

if TYPE_CHECKING:
    from datetime import datetime

    from ..names import Name
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

    model = "regulatoryauthority"
    app = "taxonomies"
    singular = "regulatoryauthority"
    plural = "regulatoryauthorities"
    aliases = ()

    id: str = field("uuid", read_only=True)
    name: str = field("string", required=True)
    abbreviation: str = field("string")
    country: str = field("country")
    authority_type: Literal["national", "institutional", "regional", "international"] = field(
        "string", choices=("national", "institutional", "regional", "international")
    )
    website: str = field("url")
    description: str = field("text")
    is_active: bool = field("boolean")
    comments: str = field("text")
    created_at: datetime = field("datetime", read_only=True)
    updated_at: datetime = field("datetime", read_only=True)
    created_by: int | User | None = field("fk", related="user", read_only=True, nullable=True)


RECORD = Regulatoryauthority


class RegulatoryauthorityCalls(Resource[Regulatoryauthority, Many, One, Done], Generic[Many, One, Done]):
    """A body that licenses research, such as an animal care committee."""

    if TYPE_CHECKING:

        def list(
            self,
            *,
            portal: Name = ...,
            sort: str | Iterable[str] = ...,
            include: str | Iterable[str] = ...,
            search: str = ...,
            limit: int | None = ...,
            filters: Mapping[str, Any] | None = ...,
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
