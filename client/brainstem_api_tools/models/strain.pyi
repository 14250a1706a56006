"""A strain of animals of one species, such as C57BL/6J.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .species import Species
from .user import User

class Strain(Record):
    """A strain of animals of one species, such as C57BL/6J.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the strain, such as C57BL/6J.
    description : str
        Origin and phenotype.
    species : str or Species
        Species that the strain belongs to.
    rrid : str or None
        Research Resource Identifier (RRID) of the strain, starting with RRID:.
    rrid_url : Any
        URL of the RRID at the SciCrunch resolver.
    external_identifiers : Any
        Entries of the strain in other databases, such as a stock number at JAX.
    comments : str
        Notes for the curators of the catalogue.
    popular_name : str
        Short name used in the laboratory, such as Black 6.
    breeding : str
        How the strain is bred.
    appearance : str
        Coat color and other visible traits.
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
    species: str | Species
    rrid: str | None
    rrid_url: Any
    external_identifiers: Any
    comments: str
    popular_name: str
    breeding: Literal["Inbred", "Outbred", "Wild-type", "Unknown"]
    appearance: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class StrainCalls(Resource[Strain, Many, One, Done], Generic[Many, One, Done]):
    """A strain of animals of one species, such as C57BL/6J."""
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
        appearance: Any = ...,
        appearance__icontains: Any = ...,
        appearance__startswith: Any = ...,
        appearance__in: Any = ...,
        appearance__isnull: Any = ...,
        breeding: Any = ...,
        breeding__icontains: Any = ...,
        breeding__startswith: Any = ...,
        breeding__in: Any = ...,
        breeding__isnull: Any = ...,
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
        popular_name: Any = ...,
        popular_name__icontains: Any = ...,
        popular_name__startswith: Any = ...,
        popular_name__in: Any = ...,
        popular_name__isnull: Any = ...,
        rrid: Any = ...,
        rrid__icontains: Any = ...,
        rrid__startswith: Any = ...,
        rrid__in: Any = ...,
        rrid__isnull: Any = ...,
        species: Any = ...,
        species__in: Any = ...,
        species__isnull: Any = ...,
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
        name: str,
        species: str | Species,
        description: str = ...,
        rrid: str | None = ...,
        external_identifiers: Any = ...,
        comments: str = ...,
        popular_name: str = ...,
        breeding: Literal["Inbred", "Outbred", "Wild-type", "Unknown"] = ...,
        appearance: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        species: str | Species = ...,
        rrid: str | None = ...,
        external_identifiers: Any = ...,
        comments: str = ...,
        popular_name: str = ...,
        breeding: Literal["Inbred", "Outbred", "Wild-type", "Unknown"] = ...,
        appearance: str = ...,
        portal: Name = ...,
    ) -> One: ...
