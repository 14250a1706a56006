"""The pages of group membership requests."""

from ..faces import Face

FACE = Face(
    icon="person",
    title=("authgroup.name",),
    columns=("user_account_request", "authgroup", "message", "created_at", "expires_at"),
    tabs=(),
    sort="-created_at",
)
