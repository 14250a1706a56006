"""The pages of behavioral paradigms."""

from ..faces import Face

FACE = Face(
    icon="tag",
    columns=("category", "species", "behavioralassays", "original_publication"),
    tabs=("behavioralassays",),
)
