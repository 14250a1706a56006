"""Types of experimental setups."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Record, Resource, choices
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource

SETUP_CATEGORIES = choices(
    ("I", "In Vitro"),
    ("E", "Ex Vivo"),
    ("A", "Anesthetized In Vivo"),
    ("H", "Head-Fixed Awake"),
    ("V", "Voluntarily Stationary Awake"),
    ("F", "Freely Moving Awake"),
    ("U", "Unknown"),
)


class SetupTypeContent(models.Model):
    """Fields of a setup type, whether accepted or proposed."""

    name = place()
    description = models.TextField(
        max_length=2000, blank=True, default="", help_text="Experiments that the setup type is used for."
    )
    category = models.CharField(
        max_length=1, choices=SETUP_CATEGORIES, help_text="State of the preparation or animal in the setup."
    )
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    class Meta:
        abstract = True


class SetupType(Record, SetupTypeContent):
    """A type of experimental setup, such as an open field or a slice rig."""

    name = models.CharField(max_length=200, unique=True, help_text="Name of the setup type.")

    resource = Resource(
        plural="setup_types",
        singular="setup_type",
        tree=Catalogue(),
        search=("name", "description"),
    )


class SetupTypeApproval(Approval, SetupTypeContent):
    """A setup type proposed for the catalogue."""

    name = models.CharField(max_length=200, help_text="Proposed name of the setup type.")

    resource = approval_resource("setup_type")
