"""The pages of collections."""

from ..faces import Face

FACE = Face(
    icon="collection",
    columns=("project", "sessions", "description", "tags", "updated_at"),
    tabs=("sessions",),
    hints=("project.name",),
)
