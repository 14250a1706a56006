"""The pages of places of data."""

from ..faces import Face

FACE = Face(
    icon="database",
    title=("session.name", "datastorage.name"),
    columns=("session", "datastorage", "order"),
    tabs=(),
)
