"""The pages of invitations to projects."""

from ..faces import Face

FACE = Face(
    icon="person",
    title=("project_name",),
    columns=(
        "invitee",
        "project",
        "can_change",
        "manage_project",
        "own_project",
        "message",
        "created_at",
        "expires_at",
    ),
    tabs=(),
    sort="-created_at",
)
