"""The pages of sessions."""

from ..faces import Face

FACE = Face(
    icon="session",
    columns=("date_time", "projects", "epochs", "behaviors", "dataacquisition", "manipulations", "tags"),
    tabs=("epochs", "behaviors", "dataacquisition", "manipulations", "collections"),
    sort="-date_time",
    facts=("date_time", "epochs", "behaviors", "dataacquisition"),
)
