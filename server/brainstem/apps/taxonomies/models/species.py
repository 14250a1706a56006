"""Species of subjects."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record, Resource
from brainstem.core.model.fields import RridField, StructureField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource


class SpeciesContent(models.Model):
    """Fields of a species, whether accepted or proposed."""

    name = place()
    description = models.TextField(
        max_length=2000, blank=True, default="", help_text="Distinguishing characteristics of the species."
    )
    rrid = RridField(
        null=True, blank=True, help_text="Research Resource Identifier (RRID) of the species, starting with RRID:."
    )
    rrid_url = place()
    external_identifiers = StructureField(
        structure="external_identifiers",
        default=list,
        blank=True,
        help_text="Entries of the species in other databases, such as the NCBI taxonomy.",
    )
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")
    popular_name = models.CharField(
        max_length=100, blank=True, default="", help_text="Common name, such as house mouse."
    )
    appearance = models.TextField(max_length=500, blank=True, default="", help_text="Appearance of the animals.")

    class Meta:
        abstract = True


class Species(Record, SpeciesContent):
    """A species of subjects, by its binomial name, such as *Mus musculus*."""

    name = models.CharField(max_length=100, unique=True, help_text="Binomial name, such as Mus musculus.")
    rrid_url = Computed("rrid_url", "URL of the RRID at the SciCrunch resolver.")

    resource = Resource(
        plural="species",
        singular="species",
        tree=Catalogue(),
        search=("name", "popular_name", "description"),
    )

    class Meta(Record.Meta):
        verbose_name_plural = "species"


class SpeciesApproval(Approval, SpeciesContent):
    """A species proposed for the catalogue."""

    name = models.CharField(max_length=100, help_text="Proposed binomial name.")

    resource = approval_resource("species")
