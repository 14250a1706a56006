"""The pages of cohorts."""

from ..faces import Face

FACE = Face(
    icon="cohort",
    columns=("project", "subjects", "description", "tags", "updated_at"),
    tabs=("subjects",),
)
