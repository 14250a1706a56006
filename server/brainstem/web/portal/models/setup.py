"""The pages of setups."""

from ..faces import Face

FACE = Face(
    icon="setup",
    columns=("setup_type", "location", "equipment", "behaviors", "is_public"),
    tabs=("equipment", "behaviors"),
    sort="name",
)
