"""The pages of people."""

from ..faces import Face

FACE = Face(
    icon="person",
    title=("first_name", "last_name"),
    columns=("email", "orcid_id", "website"),
    tabs=("laboratories", "licenses"),
    sort="last_name",
    hints=("email",),
)
