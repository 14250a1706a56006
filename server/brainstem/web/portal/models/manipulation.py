"""The pages of manipulations."""

from ..faces import Face

FACE = Face(
    icon="manipulation",
    title=("type", "session.name"),
    columns=("session", "procedures", "equipment", "notes", "order"),
    tabs=("epochs",),
    hints=("notes",),
)
