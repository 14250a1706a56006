"""Equipment of setups."""

from __future__ import annotations

from django.db import models

from brainstem.apps.personal_attributes.models.setup import Setup
from brainstem.apps.resources.models.consumable import Consumable
from brainstem.apps.resources.models.hardware_device import HardwareDevice
from brainstem.core.model.declare import Record, Resource, coordinates, type_code, type_details
from brainstem.core.model.trees import UnderAttribute


class Equipment(Record):
    """A piece of equipment in a setup, such as a camera, and its location in the setup."""

    name = models.CharField(max_length=100, help_text="Name of the piece in its setup.")
    type = type_code("Equipment")
    notes = models.CharField(max_length=500, blank=True, default="", help_text="Notes on the piece.")
    setup = models.ForeignKey(
        Setup, models.CASCADE, related_name="equipment", help_text="Setup that the piece belongs to."
    )
    date_time = models.DateTimeField(null=True, blank=True, help_text="When the piece was installed, UTC.")
    consumable = models.ForeignKey(
        Consumable,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="equipment",
        help_text="The product, if the piece is a consumable.",
    )
    hardwaredevice = models.ForeignKey(
        HardwareDevice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="equipment",
        help_text="The product, if the piece is a device.",
    )
    details, type_schema_version = type_details()
    coordinates_system, coordinates_details, coordinates_schema_version = coordinates()

    resource = Resource(
        plural="equipment",
        singular="equipment",
        tree=UnderAttribute("setup"),
        form_keys=("supplier", "hardware_device_supplier"),
        search=("name", "notes"),
        # Clients ask for the equipment of a session: that used by its data acquisitions and manipulations.
        filter_aliases={"session": ("dataacquisition.session", "manipulations.session")},
        read_only=("type_schema_version", "coordinates_schema_version"),
    )

    class Meta(Record.Meta):
        verbose_name_plural = "equipment"
