"""Behavioral assays: paradigms as run by a laboratory."""

from __future__ import annotations

from django.db import models

from brainstem.apps.taxonomies.models.behavior import BehavioralParadigm
from brainstem.apps.taxonomies.models.setup_type import SetupType
from brainstem.core.model.declare import Resource
from brainstem.core.model.trees import Root

from .base import PersonalAttribute
from .license import License


class BehavioralAssay(PersonalAttribute):
    """A behavioral paradigm as run by one laboratory, in one type of setup."""

    name = models.CharField(max_length=50, help_text="Name of the assay in the laboratory.")
    description = models.TextField(
        max_length=500, blank=True, default="", help_text="How the paradigm is run in this laboratory."
    )
    setup_type = models.ForeignKey(
        SetupType, models.PROTECT, related_name="behavioralassays", help_text="Type of setup that the assay runs in."
    )
    behavioral_paradigm = models.ForeignKey(
        BehavioralParadigm,
        models.PROTECT,
        related_name="behavioralassays",
        help_text="Behavioral paradigm that the assay follows.",
    )
    licenses = models.ManyToManyField(
        License, blank=True, related_name="behavioralassays", help_text="Licenses that cover the assay."
    )

    resource = Resource(
        plural="behavioralassays",
        singular="behavioralassay",
        tree=Root(),
        form_keys=("setup_category", "behavioral_category"),
        search=("name", "description"),
        # Older clients use this name for the model.
        segment_aliases=("behavioralparadigm",),
    )
