"""The pages of projects."""

from ..faces import Face

FACE = Face(
    icon="project",
    columns=("subjects", "sessions", "cohorts", "collections", "tags", "is_public", "updated_at"),
    tabs=("subjects", "sessions", "cohorts", "collections", "breedings", "publications"),
    sort="-updated_at",
    facts=("subjects", "sessions", "publications", "updated_at"),
)
