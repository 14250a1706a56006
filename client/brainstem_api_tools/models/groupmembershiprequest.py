"""A person's request to join a group.

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
    from .group import Group
    from .user import User


class GroupMembershipRequest(Record):
    """A person's request to join a group.

    Attributes
    ----------
    id : str
        Identifier.
    user_account_request : int or User
        Person asking to join.
    authgroup : int or Group
        Group the person asks to join.
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

    model = "groupmembershiprequest"
    app = "users"
    singular = "group_membership_request"
    plural = "group_membership_requests"
    aliases = ()

    id: str = field("uuid", read_only=True)
    user_account_request: int | User = field("fk", related="user", required=True)
    authgroup: int | Group = field("fk", related="group", required=True)
    message: str = field("text")
    expires_at: datetime = field("datetime", required=True)
    created_at: datetime = field("datetime", read_only=True)
    updated_at: datetime = field("datetime", read_only=True)
    created_by: int | User | None = field("fk", related="user", read_only=True, nullable=True)


RECORD = GroupMembershipRequest


class GroupMembershipRequestCalls(Resource[GroupMembershipRequest, Many, One, Done], Generic[Many, One, Done]):
    """A person's request to join a group."""

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
            updated_at: Any = ...,
            updated_at__gt: Any = ...,
            updated_at__gte: Any = ...,
            updated_at__lt: Any = ...,
            updated_at__lte: Any = ...,
            updated_at__isnull: Any = ...,
            user_account_request: Any = ...,
            user_account_request__in: Any = ...,
            user_account_request__isnull: Any = ...,
            **where: Any,
        ) -> Many: ...

        def get(self, id: Any, *, include: str | Iterable[str] = ..., portal: Name = ...) -> One: ...
