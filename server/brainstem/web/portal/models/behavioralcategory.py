"""The pages of behavioral categories."""

from ..faces import Face

FACE = Face(
    icon="tag",
    columns=("parent", "behavioralparadigms", "description"),
    tabs=("behavioralparadigms", "children"),
)
