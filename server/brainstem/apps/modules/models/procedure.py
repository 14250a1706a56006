"""Procedures on subjects."""

from __future__ import annotations

from django.db import models

from brainstem.apps.personal_attributes.models.license import License
from brainstem.apps.stem.models.subject import Subject
from brainstem.apps.taxonomies.models.brain_region import BrainRegion
from brainstem.core.model.declare import ProjectRecord, Resource, coordinates, type_code, type_details
from brainstem.core.model.trees import Under

from .consumable_stock import ConsumableStock
from .equipment import Equipment


class Procedure(ProjectRecord):
    """An intervention on a subject, such as a craniotomy, an implantation or a virus injection."""

    type = type_code("Procedure")
    notes = models.CharField(max_length=500, blank=True, default="", help_text="Notes on the procedure.")
    subject = models.ForeignKey(
        Subject, models.CASCADE, related_name="procedures", help_text="Subject that underwent the procedure."
    )
    date_time = models.DateTimeField(null=True, blank=True, help_text="When the procedure was done, UTC.")
    consumablestock = models.ForeignKey(
        ConsumableStock,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="procedures",
        help_text="Batch that was implanted, injected or used up.",
    )
    equipment = models.ManyToManyField(
        Equipment, blank=True, related_name="procedures", help_text="Equipment used for the procedure."
    )
    brain_region = models.ForeignKey(
        BrainRegion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="procedures",
        help_text="Target brain region.",
    )
    licenses = models.ManyToManyField(
        License, blank=True, related_name="procedures", help_text="Licenses that permit the procedure."
    )
    details, type_schema_version = type_details()
    coordinates_system, coordinates_details, coordinates_schema_version = coordinates(needed=False)

    resource = Resource(
        plural="procedures",
        singular="procedure",
        tree=Under("subject"),
        form_keys=("inventory", "setup", "atlas"),
        search=("notes",),
        read_only=("type_schema_version", "coordinates_schema_version"),
    )

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
