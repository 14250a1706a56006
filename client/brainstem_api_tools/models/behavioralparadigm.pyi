"""A standard behavioral test, such as the Morris water maze.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .behavioralcategory import BehavioralCategory
from .species import Species
from .user import User

class BehavioralParadigm(Record):
    """A standard behavioral test, such as the Morris water maze.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the paradigm.
    description : str
        What the subject does and what is measured.
    category : str or BehavioralCategory or None
        Category that the paradigm belongs to.
    species : list of str or Species
        Species that the paradigm is used with.
    original_publication : str
        Citation of the paper that introduced the paradigm.
    reference_url : str
        URL of a description of the paradigm.
    rrid : str or None
        Research Resource Identifier (RRID) of the paradigm, starting with RRID:.
    external_identifiers : Any
        Entries of the paradigm in other databases.
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
    category: str | BehavioralCategory | None
    species: list[str | Species]
    original_publication: str
    reference_url: str
    rrid: str | None
    external_identifiers: Any
    comments: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class BehavioralParadigmCalls(Resource[BehavioralParadigm, Many, One, Done], Generic[Many, One, Done]):
    """A standard behavioral test, such as the Morris water maze."""
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
        category: Any = ...,
        category__in: Any = ...,
        category__isnull: Any = ...,
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
        original_publication: Any = ...,
        original_publication__icontains: Any = ...,
        original_publication__startswith: Any = ...,
        original_publication__in: Any = ...,
        original_publication__isnull: Any = ...,
        reference_url: Any = ...,
        reference_url__icontains: Any = ...,
        reference_url__startswith: Any = ...,
        reference_url__in: Any = ...,
        reference_url__isnull: Any = ...,
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
        description: str = ...,
        category: str | BehavioralCategory | None = ...,
        species: Sequence[str | Species] = ...,
        original_publication: str = ...,
        reference_url: str = ...,
        rrid: str | None = ...,
        external_identifiers: Any = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        category: str | BehavioralCategory | None = ...,
        species: Sequence[str | Species] = ...,
        original_publication: str = ...,
        reference_url: str = ...,
        rrid: str | None = ...,
        external_identifiers: Any = ...,
        comments: str = ...,
        portal: Name = ...,
    ) -> One: ...
