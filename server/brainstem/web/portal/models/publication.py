"""The pages of publications."""

from ..faces import Face

FACE = Face(
    icon="quote",
    columns=("authors", "journal", "publication_date", "doi"),
    tabs=("projects",),
    sort="-publication_date",
)
