"""The pages of procedures."""

from ..faces import Face

FACE = Face(
    icon="procedure",
    title=("type", "subject.name"),
    columns=("subject", "date_time", "brain_region", "consumablestock", "equipment", "notes"),
    tabs=("procedurelogs", "dataacquisition", "manipulations"),
    facts=("subject", "date_time", "brain_region"),
    context=("date_time", "notes"),
    hints=("notes",),
)
