"""The pages of brain regions."""

from ..faces import Face

FACE = Face(
    icon="region",
    columns=("acronym", "atlas", "parent_acronym", "procedures"),
    tabs=("procedures",),
    facts=("acronym", "atlas", "parent_acronym"),
    context=("acronym", "atlas"),
    hints=("acronym",),
)
