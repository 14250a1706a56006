"""The pages of equipment."""

from ..faces import Face

FACE = Face(
    icon="device",
    columns=("type", "hardwaredevice", "setup", "date_time", "notes"),
    tabs=("procedures", "dataacquisition", "manipulations"),
    hints=("type", "setup.name"),
)
