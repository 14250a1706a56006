"""Stocks of consumables in inventories."""

from __future__ import annotations

from django.db import models

from brainstem.apps.personal_attributes.models.inventory import Inventory
from brainstem.apps.resources.models.consumable import Consumable
from brainstem.core.model.declare import Record, Resource, choices, type_code, type_details
from brainstem.core.model.trees import UnderAttribute

STOCK_STATUSES = choices(("AVAILABLE", "Available"), ("RESERVED", "Reserved"), ("DEPLETED", "Depleted"))


class ConsumableStock(Record):
    """A batch of a consumable in an inventory, such as a vial of a virus or one silicon probe."""

    type = type_code("ConsumableStock")
    status = models.CharField(
        max_length=9, choices=STOCK_STATUSES, blank=True, default="AVAILABLE", help_text="Whether it can be used."
    )
    notes = models.CharField(max_length=500, blank=True, default="", help_text="Notes on the batch.")
    inventory = models.ForeignKey(
        Inventory, models.CASCADE, related_name="consumablestocks", help_text="Inventory that keeps the batch."
    )
    acquisition_date = models.DateField(null=True, blank=True, help_text="Date on which the batch was obtained.")
    expiration_date = models.DateField(null=True, blank=True, help_text="Last day on which the batch may be used.")
    storage_location = models.CharField(
        max_length=100, blank=True, default="", help_text="Shelf, rack or box in the inventory."
    )
    storage_conditions = models.CharField(
        max_length=100, null=True, blank=True, help_text="Temperature and other conditions of storage."
    )
    intended_use = models.CharField(max_length=100, null=True, blank=True, help_text="What the batch is meant for.")
    cost = models.CharField(max_length=100, null=True, blank=True, help_text="Price with its currency.")
    consumable = models.ForeignKey(
        Consumable,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="consumablestocks",
        help_text="Product that the batch is of.",
    )
    details, type_schema_version = type_details()

    resource = Resource(
        # The contract writes these two with a space.
        plural="consumable stocks",
        singular="consumable stock",
        tree=UnderAttribute("inventory"),
        form_keys=("consumable_supplier",),
        search=("notes", "storage_location", "intended_use"),
        # Clients ask for the stocks that a subject received.
        filter_aliases={"subject": ("procedures.subject",)},
        read_only=("type_schema_version",),
    )

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
