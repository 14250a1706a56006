"""The pages of procedure logs."""

from ..faces import Face

FACE = Face(
    icon="log",
    title=("type", "procedure.subject.name"),
    columns=("procedure", "description", "entries_count", "last_entry"),
    tabs=(),
    hints=("description",),
)
