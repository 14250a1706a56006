"""A person with an account, who signs in with an email address.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Literal

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .project import Project

class User(Record):
    """A person with an account, who signs in with an email address.

    Attributes
    ----------
    id : int
        Identifier.
    email : str
        Email address, used to sign in.
    first_name : str
        Given name.
    last_name : str
        Family name.
    groups_own_json : Any
        Groups that the person owns: id and name.
    website : str
        Personal or laboratory website.
    google_scholar : str
        Google Scholar profile.
    orcid_id : str
        ORCID iD, as a number or full URL.
    atlas_preference : str
        Brain atlas preselected in forms.
    active_projects : list of str or Project
        Projects that the person currently works on.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: int
    email: str
    first_name: str
    last_name: str
    groups_own_json: Any
    website: str
    google_scholar: str
    orcid_id: str
    atlas_preference: Literal[
        "AIA", "AIA_dM", "AIA_HB", "AIA_dHB", "AIA_P", "AIA_S", "BM4", "PF2001", "PW1997", "S2004"
    ]
    active_projects: list[str | Project]
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class UserCalls(Resource[User, Many, One, Done], Generic[Many, One, Done]):
    """A person with an account, who signs in with an email address."""
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
        active_projects: Any = ...,
        active_projects__in: Any = ...,
        active_projects__isnull: Any = ...,
        atlas_preference: Any = ...,
        atlas_preference__icontains: Any = ...,
        atlas_preference__startswith: Any = ...,
        atlas_preference__in: Any = ...,
        atlas_preference__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        email: Any = ...,
        email__icontains: Any = ...,
        email__startswith: Any = ...,
        email__in: Any = ...,
        email__isnull: Any = ...,
        first_name: Any = ...,
        first_name__icontains: Any = ...,
        first_name__startswith: Any = ...,
        first_name__in: Any = ...,
        first_name__isnull: Any = ...,
        google_scholar: Any = ...,
        google_scholar__icontains: Any = ...,
        google_scholar__startswith: Any = ...,
        google_scholar__in: Any = ...,
        google_scholar__isnull: Any = ...,
        id: Any = ...,
        id__gt: Any = ...,
        id__gte: Any = ...,
        id__lt: Any = ...,
        id__lte: Any = ...,
        id__isnull: Any = ...,
        last_name: Any = ...,
        last_name__icontains: Any = ...,
        last_name__startswith: Any = ...,
        last_name__in: Any = ...,
        last_name__isnull: Any = ...,
        orcid_id: Any = ...,
        orcid_id__icontains: Any = ...,
        orcid_id__startswith: Any = ...,
        orcid_id__in: Any = ...,
        orcid_id__isnull: Any = ...,
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
    def update(
        self,
        id: Any,
        *,
        email: str = ...,
        first_name: str = ...,
        last_name: str = ...,
        website: str = ...,
        google_scholar: str = ...,
        orcid_id: str = ...,
        atlas_preference: Literal[
            "AIA", "AIA_dM", "AIA_HB", "AIA_dHB", "AIA_P", "AIA_S", "BM4", "PF2001", "PW1997", "S2004"
        ] = ...,
        active_projects: Sequence[str | Project] = ...,
        portal: Name = ...,
    ) -> One: ...
