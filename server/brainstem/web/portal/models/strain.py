"""The pages of strains."""

from ..faces import Face

FACE = Face(
    icon="subject",
    columns=("popular_name", "species", "breeding", "rrid", "subjects"),
    tabs=("subjects",),
    context=("species.name", "popular_name"),
    hints=("species.name",),
)
