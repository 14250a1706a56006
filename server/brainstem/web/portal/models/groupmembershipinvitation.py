"""The pages of group membership invitations."""

from ..faces import Face

FACE = Face(
    icon="person",
    title=("authgroup.name",),
    columns=("user_account_invitation", "authgroup", "new_manager", "new_owner", "message", "created_at", "expires_at"),
    tabs=(),
    sort="-created_at",
)
