"""The pages of species."""

from ..faces import Face

FACE = Face(
    icon="tag",
    columns=("popular_name", "rrid", "strains"),
    tabs=("strains", "behavioralparadigms"),
    italic=True,
    hints=("popular_name",),
)
