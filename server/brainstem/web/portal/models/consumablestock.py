"""The pages of stocks."""

from ..faces import Face

FACE = Face(
    icon="package",
    title=("type", "consumable.name"),
    columns=("consumable", "inventory", "status", "expiration_date", "days_left", "storage_location", "procedures"),
    tabs=("procedures",),
    tones={"AVAILABLE": ("circle", ""), "RESERVED": ("clock", "attention"), "DEPLETED": ("empty", "limit")},
    context=("inventory.name", "storage_location", "consumable.supplier.name"),
    hints=("inventory.name", "storage_location"),
)
