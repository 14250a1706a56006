"""Where consumables are stored."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Resource
from brainstem.core.model.fields import RichTextField
from brainstem.core.model.trees import Root

from .base import PersonalAttribute


class Inventory(PersonalAttribute):
    """A place where consumables are stored, such as a freezer or cabinet, with its stocks."""

    name = models.CharField(max_length=50, help_text="Name of the inventory in the laboratory.")
    location = models.CharField(max_length=100, blank=True, default="", help_text="Building and room.")
    description = RichTextField(max_length=500, blank=True, default="", help_text="What is stored there.")

    resource = Resource(
        plural="inventories",
        singular="inventory",
        tree=Root(),
        search=("name", "location", "description"),
    )

    class Meta(PersonalAttribute.Meta):
        verbose_name_plural = "inventories"
