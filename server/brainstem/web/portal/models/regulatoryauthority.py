"""The pages of regulatory authorities."""

from ..faces import Face

FACE = Face(
    icon="license",
    columns=("abbreviation", "authority_type", "country", "is_active", "licenses"),
    tabs=("licenses",),
)
