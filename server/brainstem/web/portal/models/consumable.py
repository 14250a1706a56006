"""The pages of consumables."""

from ..faces import Face

FACE = Face(
    icon="flask",
    columns=("type", "supplier", "rrid", "consumablestocks"),
    tabs=("consumablestocks", "equipment"),
    hints=("supplier.name",),
)
