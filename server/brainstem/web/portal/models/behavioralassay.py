"""The pages of behavioral assays."""

from ..faces import Face

FACE = Face(
    icon="assay",
    columns=("behavioral_paradigm", "setup_type", "licenses", "behaviors", "is_public"),
    tabs=("behaviors",),
    sort="name",
)
