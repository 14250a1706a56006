"""An animal or person under study, in one or more projects.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .breeding import Breeding
from .license import License
from .procedure import Procedure
from .project import Project
from .strain import Strain
from .subjectlog import SubjectLog
from .supplier import Supplier
from .user import User

class Subject(Record):
    """An animal or person under study, in one or more projects.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the subject, unique on this server.
    description : str
        Notes on the subject.
    projects : list of str or Project
        Projects that the subject belongs to; at least one.
    licenses : list of str or License
        Licenses under which the subject is kept and used.
    strain : str or Strain
        Strain; it determines the species.
    sex : str
        Sex: F, M or U for unknown.
    genetic_line : str
        Transgenic line.
    genotype : str
        Alleles that the subject carries.
    subject_identifier : str
        Ear tag, chip or number in the animal facility.
    supplier : str or Supplier or None
        Where the subject was obtained; null when bred in house.
    breeding : str or Breeding or None
        Breeding that the subject was born from.
    birth_date : date or None
        Date of birth.
    death_date : date or None
        Date of death.
    status : str
        Whether the subject is in use.
    extra_fields : Any
        Additional values by name: text or numbers.
    procedures : list of str or Procedure
        Procedures of the record.
    subjectlogs : list of str or SubjectLog
        Logs of the record.
    name_used_in_storage : str or None
        Name of the subject's folder in data storages.
    tags : list of str
        Words to find the record by.
    links : Any
        Relative URLs of lists of related records.
    species : Any
        Species of the strain.
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
    projects: list[str | Project]
    licenses: list[str | License]
    strain: str | Strain
    sex: Literal["F", "M", "U"]
    genetic_line: str
    genotype: str
    subject_identifier: str
    supplier: str | Supplier | None
    breeding: str | Breeding | None
    birth_date: date | None
    death_date: date | None
    status: Literal["planned", "active", "inactive", "transferred", "deceased", "unknown"]
    extra_fields: Any
    procedures: list[str | Procedure]
    subjectlogs: list[str | SubjectLog]
    name_used_in_storage: str | None
    tags: list[str]
    links: Any
    species: Any
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class SubjectCalls(Resource[Subject, Many, One, Done], Generic[Many, One, Done]):
    """An animal or person under study, in one or more projects."""
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
        breeding: Any = ...,
        breeding__in: Any = ...,
        breeding__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        death_date: Any = ...,
        death_date__gt: Any = ...,
        death_date__gte: Any = ...,
        death_date__lt: Any = ...,
        death_date__lte: Any = ...,
        death_date__isnull: Any = ...,
        description: Any = ...,
        description__icontains: Any = ...,
        description__startswith: Any = ...,
        description__in: Any = ...,
        description__isnull: Any = ...,
        genetic_line: Any = ...,
        genetic_line__icontains: Any = ...,
        genetic_line__startswith: Any = ...,
        genetic_line__in: Any = ...,
        genetic_line__isnull: Any = ...,
        genotype: Any = ...,
        genotype__icontains: Any = ...,
        genotype__startswith: Any = ...,
        genotype__in: Any = ...,
        genotype__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        licenses: Any = ...,
        licenses__in: Any = ...,
        licenses__isnull: Any = ...,
        name: Any = ...,
        name__icontains: Any = ...,
        name__startswith: Any = ...,
        name__in: Any = ...,
        name__isnull: Any = ...,
        name_used_in_storage: Any = ...,
        name_used_in_storage__icontains: Any = ...,
        name_used_in_storage__startswith: Any = ...,
        name_used_in_storage__in: Any = ...,
        name_used_in_storage__isnull: Any = ...,
        procedures: Any = ...,
        procedures__in: Any = ...,
        procedures__isnull: Any = ...,
        projects: Any = ...,
        projects__in: Any = ...,
        projects__isnull: Any = ...,
        sex: Any = ...,
        sex__icontains: Any = ...,
        sex__startswith: Any = ...,
        sex__in: Any = ...,
        sex__isnull: Any = ...,
        status: Any = ...,
        status__icontains: Any = ...,
        status__startswith: Any = ...,
        status__in: Any = ...,
        status__isnull: Any = ...,
        strain: Any = ...,
        strain__in: Any = ...,
        strain__isnull: Any = ...,
        subject_identifier: Any = ...,
        subject_identifier__icontains: Any = ...,
        subject_identifier__startswith: Any = ...,
        subject_identifier__in: Any = ...,
        subject_identifier__isnull: Any = ...,
        subjectlogs: Any = ...,
        subjectlogs__in: Any = ...,
        subjectlogs__isnull: Any = ...,
        supplier: Any = ...,
        supplier__in: Any = ...,
        supplier__isnull: Any = ...,
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
        projects: Sequence[str | Project],
        strain: str | Strain,
        sex: Literal["F", "M", "U"],
        description: str = ...,
        licenses: Sequence[str | License] = ...,
        genetic_line: str = ...,
        genotype: str = ...,
        subject_identifier: str = ...,
        supplier: str | Supplier | None = ...,
        breeding: str | Breeding | None = ...,
        birth_date: date | str | None = ...,
        death_date: date | str | None = ...,
        status: Literal["planned", "active", "inactive", "transferred", "deceased", "unknown"] = ...,
        extra_fields: Any = ...,
        name_used_in_storage: str | None = ...,
        tags: Sequence[str] = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        projects: Sequence[str | Project] = ...,
        licenses: Sequence[str | License] = ...,
        strain: str | Strain = ...,
        sex: Literal["F", "M", "U"] = ...,
        genetic_line: str = ...,
        genotype: str = ...,
        subject_identifier: str = ...,
        supplier: str | Supplier | None = ...,
        breeding: str | Breeding | None = ...,
        birth_date: date | str | None = ...,
        death_date: date | str | None = ...,
        status: Literal["planned", "active", "inactive", "transferred", "deceased", "unknown"] = ...,
        extra_fields: Any = ...,
        name_used_in_storage: str | None = ...,
        tags: Sequence[str] = ...,
        portal: Name = ...,
    ) -> One: ...
