"""The pages of data storage."""

from ..faces import Face

FACE = Face(
    icon="database",
    columns=("location", "data_organization", "data_protocols", "sessions", "is_public"),
    tabs=("sessions",),
    sort="name",
)
