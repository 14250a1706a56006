"""The pages of behaviors."""

from ..faces import Face

FACE = Face(
    icon="behavior",
    title=("behavioralassay.name", "session.name"),
    columns=("session", "subjects", "behavioralassay", "setup", "notes", "order"),
    tabs=("epochs",),
    hints=("setup.name",),
)
