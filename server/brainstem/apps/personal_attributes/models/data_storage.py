"""Where recorded data are stored."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Resource
from brainstem.core.model.fields import RichTextField, StructureField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Root

from .base import PersonalAttribute


class DataStorage(PersonalAttribute):
    """A place where recorded data are stored, such as a file server, and its folder structure."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the storage.")
    location = models.CharField(max_length=100, blank=True, default="", help_text="Physical location of the storage.")
    description = RichTextField(max_length=500, blank=True, default="", help_text="What the storage is used for.")
    is_public = place()
    data_organization = StructureField(
        structure="data_organization",
        default=list,
        blank=True,
        help_text="Folder levels from the top, such as Projects, Subjects, Sessions.",
    )
    data_protocols = StructureField(
        structure="data_protocols",
        default=list,
        blank=True,
        help_text="Ways to access the data, each with protocol, path and whether it is public.",
    )

    resource = Resource(
        plural="datastorages",
        singular="datastorage",
        tree=Root(),
        search=("name", "location", "description"),
    )
