"""An invitation of a person to a project.

Written by client/tools/generate.py; do not edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic

from ..record import Record, field
from ..resource import Done, Many, One, Resource

if TYPE_CHECKING:
    from datetime import datetime

    from ..names import Name
    from .project import Project
    from .user import User


class ProjectMembershipInvitation(Record):
    """An invitation of a person to a project.

    Attributes
    ----------
    id : str
        Identifier.
    invitee : int or User
        Person being invited.
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

    model = "projectmembershipinvitation"
    app = "stem"
    singular = "project_membership_invitation"
    plural = "project_membership_invitations"
    aliases = ()

    id: str = field("uuid", read_only=True)
    invitee: int | User = field("fk", related="user", required=True)
    project: str | Project = field("fk", related="project", required=True)
    can_change: bool = field("boolean")
    manage_project: bool = field("boolean")
    own_project: bool = field("boolean")
    project_name: str = field("string")
    message: str = field("text")
    expires_at: datetime = field("datetime", required=True)
    created_at: datetime = field("datetime", read_only=True)
    updated_at: datetime = field("datetime", read_only=True)
    created_by: int | User | None = field("fk", related="user", read_only=True, nullable=True)


RECORD = ProjectMembershipInvitation


class ProjectMembershipInvitationCalls(
    Resource[ProjectMembershipInvitation, Many, One, Done], Generic[Many, One, Done]
):
    """An invitation of a person to a project."""

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
