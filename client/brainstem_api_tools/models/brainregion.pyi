"""A brain region as defined by one atlas, such as CA1 in the Allen Mouse Brain Atlas.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .user import User

class BrainRegion(Record):
    """A brain region as defined by one atlas, such as CA1 in the Allen Mouse Brain Atlas.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Full name of the region in its atlas.
    description : str
        Notes on the region.
    acronym : str
        Acronym of the region in its atlas, such as CA1.
    atlas : str
        Atlas that defines the region.
    region_id : int or None
        Number of the region in its atlas.
    parent_acronym : str
        Acronym of the region that contains this one.
    graph_order : float or None
        Position of the region in a depth-first traversal of the atlas.
    color : str
        Color of the region in its atlas, such as #7ED04B.
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
    acronym: str
    atlas: Literal["AIA", "AIA_dM", "AIA_HB", "AIA_dHB", "AIA_P", "AIA_S", "BM4", "PF2001", "PW1997", "S2004"]
    region_id: int | None
    parent_acronym: str
    graph_order: float | None
    color: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class BrainRegionCalls(Resource[BrainRegion, Many, One, Done], Generic[Many, One, Done]):
    """A brain region as defined by one atlas, such as CA1 in the Allen Mouse Brain Atlas."""
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
        acronym: Any = ...,
        acronym__icontains: Any = ...,
        acronym__startswith: Any = ...,
        acronym__in: Any = ...,
        acronym__isnull: Any = ...,
        atlas: Any = ...,
        atlas__icontains: Any = ...,
        atlas__startswith: Any = ...,
        atlas__in: Any = ...,
        atlas__isnull: Any = ...,
        color: Any = ...,
        color__icontains: Any = ...,
        color__startswith: Any = ...,
        color__in: Any = ...,
        color__isnull: Any = ...,
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
        graph_order: Any = ...,
        graph_order__gt: Any = ...,
        graph_order__gte: Any = ...,
        graph_order__lt: Any = ...,
        graph_order__lte: Any = ...,
        graph_order__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        parent_acronym: Any = ...,
        parent_acronym__icontains: Any = ...,
        parent_acronym__startswith: Any = ...,
        parent_acronym__in: Any = ...,
        parent_acronym__isnull: Any = ...,
        region_id: Any = ...,
        region_id__gt: Any = ...,
        region_id__gte: Any = ...,
        region_id__lt: Any = ...,
        region_id__lte: Any = ...,
        region_id__isnull: Any = ...,
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
        acronym: str,
        atlas: Literal["AIA", "AIA_dM", "AIA_HB", "AIA_dHB", "AIA_P", "AIA_S", "BM4", "PF2001", "PW1997", "S2004"],
        description: str = ...,
        region_id: int | None = ...,
        parent_acronym: str = ...,
        graph_order: float | None = ...,
        color: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        acronym: str = ...,
        atlas: Literal[
            "AIA", "AIA_dM", "AIA_HB", "AIA_dHB", "AIA_P", "AIA_S", "BM4", "PF2001", "PW1997", "S2004"
        ] = ...,
        region_id: int | None = ...,
        parent_acronym: str = ...,
        graph_order: float | None = ...,
        color: str = ...,
        portal: Name = ...,
    ) -> One: ...
