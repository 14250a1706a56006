"""The pages of inventories."""

from ..faces import Face

FACE = Face(
    icon="package",
    columns=("location", "consumablestocks", "description", "is_public"),
    tabs=("consumablestocks",),
    sort="name",
)
