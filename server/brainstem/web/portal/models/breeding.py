"""The pages of breedings."""

from ..faces import Face

FACE = Face(
    icon="breeding",
    columns=("project", "mother", "father", "start_date", "birth_date", "litter_size", "offspring"),
    tabs=("offspring",),
)
