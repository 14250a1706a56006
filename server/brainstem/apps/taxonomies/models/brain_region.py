"""Regions of brain atlases."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.atlases import ATLASES
from brainstem.core.model.declare import Record, Resource
from brainstem.core.model.trees import Catalogue
from brainstem.core.model.validators import validate_color


class BrainRegion(Record):
    """A brain region as defined by one atlas, such as CA1 in the Allen Mouse Brain Atlas."""

    name = models.CharField(max_length=200, help_text="Full name of the region in its atlas.")
    description = models.TextField(max_length=2000, blank=True, default="", help_text="Notes on the region.")
    acronym = models.CharField(max_length=15, help_text="Acronym of the region in its atlas, such as CA1.")
    atlas = models.CharField(max_length=7, choices=ATLASES, help_text="Atlas that defines the region.")
    region_id = models.IntegerField(null=True, blank=True, help_text="Number of the region in its atlas.")
    parent_acronym = models.CharField(
        max_length=15, blank=True, default="", help_text="Acronym of the region that contains this one."
    )
    graph_order = models.FloatField(
        null=True, blank=True, help_text="Position of the region in a depth-first traversal of the atlas."
    )
    color = models.CharField(
        max_length=7,
        blank=True,
        default="",
        validators=[validate_color],
        help_text="Color of the region in its atlas, such as #7ED04B.",
    )

    resource = Resource(
        plural="brain_regions",
        singular="brain_region",
        tree=Catalogue(),
        search=("name", "acronym", "description"),
        tree_of=("acronym", "parent_acronym", "atlas"),
    )

    class Meta(Record.Meta):
        constraints = [
            models.UniqueConstraint(fields=["atlas", "acronym"], name="brainregion_acronym_once"),
            models.UniqueConstraint(fields=["atlas", "name"], name="brainregion_name_once"),
            models.UniqueConstraint(fields=["atlas", "region_id"], name="brainregion_id_once"),
        ]
