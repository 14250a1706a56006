"""An invitation of a person to a group.

Written by client/tools/generate.py; do not edit.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Generic

from ..names import Name
from ..record import Record
from ..resource import Done, Many, One, Resource
from .group import Group
from .user import User

class GroupMembershipInvitation(Record):
    """An invitation of a person to a group.

    Attributes
    ----------
    id : str
        Identifier.
    user_account_invitation : int or User
        Person being invited.
    authgroup : int or Group
        Group that invites.
    new_manager : bool
        Whether the person becomes a manager.
    new_owner : bool
        Whether the person becomes an owner.
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
    user_account_invitation: int | User
    authgroup: int | Group
    new_manager: bool
    new_owner: bool
    message: str
    expires_at: datetime
    created_at: datetime
    updated_at: datetime
    created_by: int | User | None

class GroupMembershipInvitationCalls(Resource[GroupMembershipInvitation, Many, One, Done], Generic[Many, One, Done]):
    """An invitation of a person to a group."""
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
        authgroup: Any = ...,
        authgroup__in: Any = ...,
        authgroup__isnull: Any = ...,
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
        message: Any = ...,
        message__icontains: Any = ...,
        message__startswith: Any = ...,
        message__in: Any = ...,
        message__isnull: Any = ...,
        new_manager: Any = ...,
        new_manager__in: Any = ...,
        new_manager__isnull: Any = ...,
        new_owner: Any = ...,
        new_owner__in: Any = ...,
        new_owner__isnull: Any = ...,
        updated_at: Any = ...,
        updated_at__gt: Any = ...,
        updated_at__gte: Any = ...,
        updated_at__lt: Any = ...,
        updated_at__lte: Any = ...,
        updated_at__isnull: Any = ...,
        user_account_invitation: Any = ...,
        user_account_invitation__in: Any = ...,
        user_account_invitation__isnull: Any = ...,
        **where: Any,
    ) -> Many: ...
    def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
