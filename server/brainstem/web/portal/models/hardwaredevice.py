"""The pages of hardware devices."""

from ..faces import Face

FACE = Face(
    icon="device",
    columns=("type", "supplier", "rrid", "equipment"),
    tabs=("equipment",),
    hints=("supplier.name",),
)
