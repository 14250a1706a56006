"""An invitation of a group to a project.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .group import Group
from .project import Project
from .user import User

class ProjectGroupMembershipInvitation(Record):
    """An invitation of a group to a project.

    Attributes
    ----------
    id : str
        Identifier.
    invitee : int or Group
        Group being invited.
    project : str or Project
        Project that invites.
    can_change : bool
        Whether the invitee becomes a contributor.
    manage_project : bool
        Whether the invitee becomes a manager.
    own_project : bool
        Whether the invitee becomes an owner.
    project_name : str
        Name of the project at the time of the invitation.
    message : str
        Message from the sender.
    expires_at : datetime
        When the offer expires, UTC.
    created_at : datetime
        When the record was created, UTC.
    updated_at : datetime
        When the record was last changed, UTC.
    created_by : int or User or None
        Id of the user who created the record.
    """

    id: str
    invitee: int | Group
    project: str | Project
    can_change: bool
    manage_project: bool
    own_project: bool
    project_name: str
    message: str
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class ProjectGroupMembershipInvitationCalls(
    Resource[ProjectGroupMembershipInvitation, Many, One, Done], Generic[Many, One, Done]
):
    """An invitation of a group to a project."""
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
        can_change: Any = ...,
        can_change__in: Any = ...,
        can_change__isnull: Any = ...,
        created_at: Any = ...,
        created_at__gt: Any = ...,
        created_at__gte: Any = ...,
        created_at__lt: Any = ...,
        created_at__lte: Any = ...,
        created_at__isnull: Any = ...,
        created_by: Any = ...,
        created_by__in: Any = ...,
        created_by__isnull: Any = ...,
        expires_at: Any = ...,
        expires_at__gt: Any = ...,
        expires_at__gte: Any = ...,
        expires_at__lt: Any = ...,
        expires_at__lte: Any = ...,
        expires_at__isnull: Any = ...,
        id: Any = ...,
        id__in: Any = ...,
        id__isnull: Any = ...,
        invitee: Any = ...,
        invitee__in: Any = ...,
        invitee__isnull: Any = ...,
        manage_project: Any = ...,
        manage_project__in: Any = ...,
        manage_project__isnull: Any = ...,
        message: Any = ...,
        message__icontains: Any = ...,
        message__startswith: Any = ...,
        message__in: Any = ...,
        message__isnull: Any = ...,
        own_project: Any = ...,
        own_project__in: Any = ...,
        own_project__isnull: Any = ...,
        project: Any = ...,
        project__in: Any = ...,
        project__isnull: Any = ...,
        project_name: Any = ...,
        project_name__icontains: Any = ...,
        project_name__startswith: Any = ...,
        project_name__in: Any = ...,
        project_name__isnull: Any = ...,
        updated_at: Any = ...,
        updated_at__gt: Any = ...,
        updated_at__gte: Any = ...,
        updated_at__lt: Any = ...,
        updated_at__lte: Any = ...,
        updated_at__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
