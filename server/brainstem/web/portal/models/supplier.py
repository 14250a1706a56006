"""The pages of suppliers."""

from ..faces import Face

FACE = Face(
    icon="supplier",
    columns=("website", "consumables", "hardwaredevices", "description"),
    tabs=("consumables", "hardwaredevices"),
)
