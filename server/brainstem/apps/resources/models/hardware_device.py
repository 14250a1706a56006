"""Commercial hardware devices."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record, Resource
from brainstem.core.model.fields import DetailsField, RichTextField, RridField, StructureField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource, reference

from .supplier import Supplier


class HardwareDeviceContent(models.Model):
    """Fields of a device, whether accepted or proposed."""

    name = place()
    description = RichTextField(max_length=2000, blank=True, default="", help_text="What the device does.")
    supplier = models.ForeignKey(
        Supplier, models.PROTECT, related_name="%(class)ss", help_text="Company or institution that sells it."
    )
    rrid = RridField(
        blank=True, default="", help_text="Research Resource Identifier (RRID) of the device, starting with RRID:."
    )
    rrid_url = place()
    external_identifiers = StructureField(
        structure="external_identifiers",
        default=list,
        blank=True,
        help_text="Entries of the device in other databases.",
    )
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")
    # Free text: no list of types is documented.
    type = models.CharField(
        max_length=64, blank=True, default="", help_text="Type of device, such as Data acquisition system."
    )
    details = DetailsField(default=dict, blank=True, help_text="Properties of devices of this type.")

    class Meta:
        abstract = True


class HardwareDevice(Record, HardwareDeviceContent):
    """A commercially available device model, such as an amplifier or a camera."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the device.")
    rrid_url = Computed("rrid_url", "URL of the RRID at the SciCrunch resolver.")

    resource = Resource(
        plural="hardwaredevices",
        singular="hardwaredevice",
        tree=Catalogue(),
        search=("name", "description"),
    )


class HardwareDeviceApproval(Approval, HardwareDeviceContent):
    """A hardware device proposed for the catalogue."""

    name = models.CharField(max_length=100, help_text="Proposed name of the device.")
    supplier = reference(
        Supplier, related_name="hardwaredeviceapprovals", help_text="Company or institution that sells it."
    )

    resource = approval_resource("hardwaredevice")
