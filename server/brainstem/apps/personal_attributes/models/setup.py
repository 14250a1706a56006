"""Experimental setups."""

from __future__ import annotations

from django.db import models

from brainstem.apps.taxonomies.models.setup_type import SetupType
from brainstem.core.model.declare import Resource
from brainstem.core.model.fields import ImageUpload, RichTextField, StructureField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Root

from .base import PersonalAttribute


class Setup(PersonalAttribute):
    """An experimental setup, such as a linear track or a two-photon rig, with its equipment."""

    name = models.CharField(max_length=50, help_text="Name of the setup in the laboratory.")
    location = models.CharField(max_length=100, blank=True, default="", help_text="Building and room.")
    description = RichTextField(max_length=500, blank=True, default="", help_text="What the setup consists of.")
    setup_type = models.ForeignKey(SetupType, models.PROTECT, related_name="setups", help_text="Kind of setup.")
    specifications = StructureField(
        structure="setup_specifications",
        default=list,
        blank=True,
        help_text="Dimensions and other properties, each with name, value and description.",
    )
    is_public = place()
    image = ImageUpload(private=True, help_text="Photograph or drawing; visible only to people with a role.")

    resource = Resource(
        plural="setups",
        singular="setup",
        tree=Root(),
        form_keys=("setup_category",),
        search=("name", "location", "description"),
    )
