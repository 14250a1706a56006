"""Consumables: products that get used up."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record, Resource
from brainstem.core.model.fields import DetailsField, RridField, StructureField, TypeField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource, reference

from .supplier import Supplier


class ConsumableContent(models.Model):
    """Fields of a consumable, whether accepted or proposed."""

    name = place()
    description = models.TextField(max_length=2000, blank=True, default="", help_text="What the product is used for.")
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, related_name="%(class)ss", help_text="Company or institution that sells it."
    )
    type = TypeField(schema_group="Consumable", help_text="Type of consumable: a code from the type schemas.")
    details = DetailsField(default=dict, blank=True, help_text="Properties of consumables of this type.")
    rrid = RridField(
        blank=True, default="", help_text="Research Resource Identifier (RRID) of the product, starting with RRID:."
    )
    rrid_url = place()
    external_identifiers = StructureField(
        structure="external_identifiers",
        default=list,
        blank=True,
        help_text="Entries of the product in other databases.",
    )
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    class Meta:
        abstract = True


class Consumable(Record, ConsumableContent):
    """A product that gets used up, such as a virus construct, a dye or a silicon probe design."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the product.")
    rrid_url = Computed("rrid_url", "URL of the RRID at the SciCrunch resolver.")

    resource = Resource(
        plural="consumables",
        singular="consumable",
        tree=Catalogue(),
        search=("name", "description"),
    )


class ConsumableApproval(Approval, ConsumableContent):
    """A consumable proposed for the catalogue."""

    name = models.CharField(max_length=100, help_text="Proposed name of the product.")
    supplier = reference(
        Supplier, related_name="consumableapprovals", help_text="Company or institution that sells it."
    )

    resource = approval_resource("consumable")
