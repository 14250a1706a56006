"""Subjects of one project that are treated alike, in order.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .project import Project
from .subject import Subject
from .user import User

class Cohort(Record):
    """Subjects of one project that are treated alike, in order.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the cohort, unique in its project.
    description : str
        What the subjects have in common.
    project : str or Project
        Project that the cohort belongs to.
    subjects : list of str or Subject
        Subjects of the same project, in order.
    tags : list of str
        Words to find the record by.
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
    project: str | Project
    subjects: list[str | Subject]
    tags: list[str]
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class CohortCalls(Resource[Cohort, Many, One, Done], Generic[Many, One, Done]):
    """Subjects of one project that are treated alike, in order."""
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
        project: Any = ...,
        project__in: Any = ...,
        project__isnull: Any = ...,
        subjects: Any = ...,
        subjects__in: Any = ...,
        subjects__isnull: Any = ...,
        tags: Any = ...,
        tags__icontains: Any = ...,
        tags__startswith: Any = ...,
        tags__in: Any = ...,
        tags__isnull: Any = ...,
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
        project: str | Project,
        description: str = ...,
        subjects: Sequence[str | Subject] = ...,
        tags: Sequence[str] = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        project: str | Project = ...,
        subjects: Sequence[str | Subject] = ...,
        tags: Sequence[str] = ...,
        portal: Name = ...,
    ) -> One: ...
