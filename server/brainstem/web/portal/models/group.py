"""The pages of groups."""

from ..faces import Face

FACE = Face(
    icon="access",
    columns=("laboratory", "updated_at"),
    tabs=("laboratory",),
)
