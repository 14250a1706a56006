"""The pages of setups."""

from ..faces import Face

FACE = Face(
    icon="setup",
    context=("setup_type.name", "location"),
    columns=("setup_type", "location", "equipment", "behaviors", "is_public"),
    tabs=("equipment", "behaviors"),
    sort="name",
)
