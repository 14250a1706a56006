"""A mating of a dam and a sire, and the resulting litter.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .project import Project
from .subject import Subject
from .user import User

class Breeding(Record):
    """A mating of a dam and a sire, and the resulting litter.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the breeding, unique in its project.
    project : str or Project
        Project that the breeding belongs to.
    mother : str or Subject
        Dam: a female of the same project.
    father : str or Subject
        Sire: a male of the same project.
    description : str
        Purpose and notes.
    tags : list of str
        Words to find the record by.
    birth_date : date or None
        Date on which the litter was born.
    start_date : date or None
        Date on which the pair was put together.
    end_date : date or None
        Date on which the pair was separated.
    weaning_date : date or None
        Date on which the litter was weaned.
    litter_size : int or None
        Number of pups born.
    expected_genotype : str
        Desired genotype of the offspring.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    name: str
    project: str | Project
    mother: str | Subject
    father: str | Subject
    description: str
    tags: list[str]
    birth_date: date | None
    start_date: date | None
    end_date: date | None
    weaning_date: date | None
    litter_size: int | None
    expected_genotype: str
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class BreedingCalls(Resource[Breeding, Many, One, Done], Generic[Many, One, Done]):
    """A mating of a dam and a sire, and the resulting litter."""
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
        birth_date: Any = ...,
        birth_date__gt: Any = ...,
        birth_date__gte: Any = ...,
        birth_date__lt: Any = ...,
        birth_date__lte: Any = ...,
        birth_date__isnull: Any = ...,
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
        end_date: Any = ...,
        end_date__gt: Any = ...,
        end_date__gte: Any = ...,
        end_date__lt: Any = ...,
        end_date__lte: Any = ...,
        end_date__isnull: Any = ...,
        expected_genotype: Any = ...,
        expected_genotype__icontains: Any = ...,
        expected_genotype__startswith: Any = ...,
        expected_genotype__in: Any = ...,
        expected_genotype__isnull: Any = ...,
        father: Any = ...,
        father__in: Any = ...,
        father__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        litter_size: Any = ...,
        litter_size__gt: Any = ...,
        litter_size__gte: Any = ...,
        litter_size__lt: Any = ...,
        litter_size__lte: Any = ...,
        litter_size__isnull: Any = ...,
        mother: Any = ...,
        mother__in: Any = ...,
        mother__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        project: Any = ...,
        project__in: Any = ...,
        project__isnull: Any = ...,
        start_date: Any = ...,
        start_date__gt: Any = ...,
        start_date__gte: Any = ...,
        start_date__lt: Any = ...,
        start_date__lte: Any = ...,
        start_date__isnull: Any = ...,
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
        weaning_date: Any = ...,
        weaning_date__gt: Any = ...,
        weaning_date__gte: Any = ...,
        weaning_date__lt: Any = ...,
        weaning_date__lte: Any = ...,
        weaning_date__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
    def create(
        self,
        *,
        name: str,
        project: str | Project,
        mother: str | Subject,
        father: str | Subject,
        description: str = ...,
        tags: Sequence[str] = ...,
        birth_date: date | str | None = ...,
        start_date: date | str | None = ...,
        end_date: date | str | None = ...,
        weaning_date: date | str | None = ...,
        litter_size: int | None = ...,
        expected_genotype: str = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        project: str | Project = ...,
        mother: str | Subject = ...,
        father: str | Subject = ...,
        description: str = ...,
        tags: Sequence[str] = ...,
        birth_date: date | str | None = ...,
        start_date: date | str | None = ...,
        end_date: date | str | None = ...,
        weaning_date: date | str | None = ...,
        litter_size: int | None = ...,
        expected_genotype: str = ...,
        portal: Name = ...,
    ) -> One: ...
