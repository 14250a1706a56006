"""The pages of laboratories."""

from ..faces import Face

FACE = Face(
    icon="flask",
    title=("group.name",),
    columns=("institution", "department", "principal_investigators", "city", "country"),
    tabs=(),
    sort="institution",
    hints=("institution", "department"),
)
