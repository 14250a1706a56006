"""The pages of data acquisition."""

from ..faces import Face

FACE = Face(
    icon="acquisition",
    title=("type", "session.name"),
    columns=("session", "procedures", "equipment", "notes", "order"),
    tabs=("epochs",),
    context=("session.date_time", "notes"),
    hints=("notes",),
)
