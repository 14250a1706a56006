"""The pages of epochs."""

from ..faces import Face

FACE = Face(
    icon="clock",
    columns=("session", "start", "end", "behavior", "dataacquisition", "manipulation"),
    tabs=(),
    sort="-id",
    hints=("session.name",),
)
