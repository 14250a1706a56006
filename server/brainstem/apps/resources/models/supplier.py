"""Suppliers of animals, consumables and devices."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Record, Resource
from brainstem.core.model.fields import WebField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource


class SupplierContent(models.Model):
    """Fields of a supplier, whether accepted or proposed."""

    name = place()
    description = models.TextField(max_length=2000, blank=True, default="", help_text="What the supplier sells.")
    website = WebField(blank=True, default="", help_text="Website of the supplier.")
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    class Meta:
        abstract = True


class Supplier(Record, SupplierContent):
    """A company or institution that animals, consumables or devices come from."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the supplier.")

    resource = Resource(
        plural="suppliers",
        singular="supplier",
        tree=Catalogue(),
        search=("name", "description"),
    )


class SupplierApproval(Approval, SupplierContent):
    """A supplier proposed for the catalogue."""

    name = models.CharField(max_length=100, help_text="Proposed name of the supplier.")

    resource = approval_resource("supplier")
