"""The pages of people."""

from ..faces import Face
from ..people.parts import person_parts

FACE = Face(
    icon="person",
    title=("first_name", "last_name"),
    columns=("email", "orcid_id", "website"),
    tabs=("laboratories", "licenses"),
    sort="last_name",
    hints=("email",),
    more=person_parts,
)
