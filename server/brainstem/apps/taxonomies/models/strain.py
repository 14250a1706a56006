"""Strains of subjects."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record, Resource, choices
from brainstem.core.model.fields import RridField, StructureField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource, reference

from .species import Species

BREEDINGS = choices(("Inbred", "Inbred"), ("Outbred", "Outbred"), ("Wild-type", "Wild-type"), ("Unknown", "Unknown"))


class StrainContent(models.Model):
    """Fields of a strain, whether accepted or proposed."""

    name = place()
    description = models.TextField(max_length=2000, blank=True, default="", help_text="Origin and phenotype.")
    species = models.ForeignKey(
        Species, models.PROTECT, related_name="%(class)ss", help_text="Species that the strain belongs to."
    )
    rrid = RridField(
        null=True, blank=True, help_text="Research Resource Identifier (RRID) of the strain, starting with RRID:."
    )
    rrid_url = place()
    external_identifiers = StructureField(
        structure="external_identifiers",
        default=list,
        blank=True,
        help_text="Entries of the strain in other databases, such as a stock number at JAX.",
    )
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")
    popular_name = models.CharField(
        max_length=100, blank=True, default="", help_text="Short name used in the laboratory, such as Black 6."
    )
    breeding = models.CharField(
        max_length=9, choices=BREEDINGS, blank=True, default="Unknown", help_text="How the strain is bred."
    )
    appearance = models.TextField(
        max_length=500, blank=True, default="", help_text="Coat color and other visible traits."
    )

    class Meta:
        abstract = True


class Strain(Record, StrainContent):
    """A strain of animals of one species, such as C57BL/6J."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the strain, such as C57BL/6J.")
    rrid_url = Computed("rrid_url", "URL of the RRID at the SciCrunch resolver.")

    resource = Resource(
        plural="strains",
        singular="strain",
        tree=Catalogue(),
        search=("name", "popular_name", "description"),
    )


class StrainApproval(Approval, StrainContent):
    """A strain proposed for the catalogue."""

    name = models.CharField(max_length=100, help_text="Proposed name of the strain.")
    species = reference(Species, related_name="strainapprovals", help_text="Species that the strain belongs to.")

    resource = approval_resource("strain")
