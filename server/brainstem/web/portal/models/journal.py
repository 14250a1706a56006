"""The pages of journals."""

from ..faces import Face

FACE = Face(
    icon="journal",
    columns=("website", "publications", "description"),
    tabs=("publications",),
)
