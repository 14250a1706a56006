"""A research project and its people; its subjects, sessions and everything in them inherit its roles.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .cohort import Cohort
from .collection import Collection
from .publication import Publication
from .session import Session
from .subject import Subject
from .user import User

class Project(Record):
    """A research project and its people; its subjects, sessions and everything in them inherit its roles.

    Attributes
    ----------
    id : str
        Identifier.
    name : str
        Name of the project, unique on this server.
    description : str
        Research question and approach.
    sessions : list of str or Session
        Sessions of the record.
    subjects : list of str or Subject
        Subjects of the record.
    publications : list of str or Publication
        Publications from the project.
    collections : list of str or Collection
        Collections of the record.
    cohorts : list of str or Cohort
        Cohorts of the record.
    extra_fields : Any
        Additional values by name: text or numbers.
    is_public : bool
        Whether everyone may read the project with its subjects and sessions.
    tags : list of str
        Words to find the record by.
    links : Any
        Addresses of lists of related records, relative to this one.
    users : Any
        People with a role in the project, by email address.
    groups : Any
        Groups with a role in the project, by name.
    name_used_in_storage : str
        Name of the project's folder in data storages.
    download_links : Any
        Public repositories that hold the data, each with Repository and URL.
    user_roles : Any
        Contributions of people to the project, each with user and role.
    contributors : Any
        People of a public project: name, ORCID and roles.
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
    sessions: list[str | Session]
    subjects: list[str | Subject]
    publications: list[str | Publication]
    collections: list[str | Collection]
    cohorts: list[str | Cohort]
    extra_fields: Any
    is_public: bool
    tags: list[str]
    links: Any
    users: Any
    groups: Any
    name_used_in_storage: str
    download_links: Any
    user_roles: Any
    contributors: Any
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class ProjectCalls(Resource[Project, Many, One, Done], Generic[Many, One, Done]):
    """A research project and its people; its subjects, sessions and everything in them inherit its roles."""
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
        cohorts: Any = ...,
        cohorts__in: Any = ...,
        cohorts__isnull: Any = ...,
        collections: Any = ...,
        collections__in: Any = ...,
        collections__isnull: Any = ...,
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
        is_public: Any = ...,
        is_public__in: Any = ...,
        is_public__isnull: Any = ...,
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
        publications: Any = ...,
        publications__in: Any = ...,
        publications__isnull: Any = ...,
        sessions: Any = ...,
        sessions__in: Any = ...,
        sessions__isnull: Any = ...,
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
        description: str = ...,
        publications: Sequence[str | Publication] = ...,
        extra_fields: Any = ...,
        is_public: bool = ...,
        tags: Sequence[str] = ...,
        users: Any = ...,
        groups: Any = ...,
        name_used_in_storage: str = ...,
        download_links: Any = ...,
        user_roles: Any = ...,
        portal: Name = ...,
    ) -> One: ...
    def update(
        self,
        id: Any,
        *,
        name: str = ...,
        description: str = ...,
        publications: Sequence[str | Publication] = ...,
        extra_fields: Any = ...,
        is_public: bool = ...,
        tags: Sequence[str] = ...,
        users: Any = ...,
        groups: Any = ...,
        name_used_in_storage: str = ...,
        download_links: Any = ...,
        user_roles: Any = ...,
        portal: Name = ...,
    ) -> One: ...
