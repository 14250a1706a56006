"""The pages of subject logs."""

from ..faces import Face

FACE = Face(
    icon="log",
    title=("type", "subject.name"),
    columns=("subject", "description", "entries_count", "last_entry"),
    tabs=(),
    hints=("description",),
)
