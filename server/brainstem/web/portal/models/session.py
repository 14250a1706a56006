"""The pages of sessions."""

from ..faces import Face
from ..places import places

FACE = Face(
    icon="session",
    columns=("date_time", "projects", "epochs", "behaviors", "dataacquisition", "manipulations", "tags"),
    tabs=("epochs", "behaviors", "dataacquisition", "manipulations", "collections"),
    sort="-date_time",
    facts=("date_time", "epochs", "behaviors", "dataacquisition"),
    context=("date_time", "projects.name"),
    more=places,
)
