"""The pages of setup types."""

from ..faces import Face

FACE = Face(
    icon="setup",
    columns=("category", "setups", "behavioralassays", "description"),
    tabs=("setups", "behavioralassays"),
)
