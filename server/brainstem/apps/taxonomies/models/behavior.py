"""Behavioral paradigms and their categories."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Record, Resource
from brainstem.core.model.fields import RridField, StructureField, WebField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource, reference

from .species import Species


class BehavioralCategoryContent(models.Model):
    """Fields of a category, whether accepted or proposed."""

    name = place()
    description = models.TextField(
        max_length=2000, blank=True, default="", help_text="Which paradigms belong to the category."
    )
    parent = place()
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    class Meta:
        abstract = True


class BehavioralCategory(Record, BehavioralCategoryContent):
    """A family of behavioral paradigms, such as spatial memory; at most two levels deep."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the category.")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        help_text="Wider category; null at the top.",
    )

    resource = Resource(
        plural="behavioral_categories",
        singular="behavioral_category",
        tree=Catalogue(),
        search=("name", "description"),
    )

    class Meta(Record.Meta):
        verbose_name_plural = "behavioral categories"


class BehavioralCategoryApproval(Approval, BehavioralCategoryContent):
    """A behavioral category proposed for the catalogue."""

    name = models.CharField(max_length=100, help_text="Proposed name of the category.")
    parent = reference(
        BehavioralCategory, related_name="proposed_children", help_text="Wider category; null at the top."
    )

    resource = approval_resource("behavioral_category")


class BehavioralParadigmContent(models.Model):
    """Fields of a paradigm, whether accepted or proposed."""

    name = place()
    description = models.TextField(
        max_length=3000, blank=True, default="", help_text="What the subject does and what is measured."
    )
    category = models.ForeignKey(
        BehavioralCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)ss",
        help_text="Category that the paradigm belongs to.",
    )
    species = models.ManyToManyField(
        Species, blank=True, related_name="%(class)ss", help_text="Species that the paradigm is used with."
    )
    original_publication = models.CharField(
        max_length=500, blank=True, default="", help_text="Citation of the paper that introduced the paradigm."
    )
    reference_url = WebField(blank=True, default="", help_text="URL of a description of the paradigm.")
    rrid = RridField(
        null=True, blank=True, help_text="Research Resource Identifier (RRID) of the paradigm, starting with RRID:."
    )
    external_identifiers = StructureField(
        structure="external_identifiers",
        default=list,
        blank=True,
        help_text="Entries of the paradigm in other databases.",
    )
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    class Meta:
        abstract = True


class BehavioralParadigm(Record, BehavioralParadigmContent):
    """A standard behavioral test, such as the Morris water maze."""

    name = models.CharField(max_length=200, unique=True, help_text="Name of the paradigm.")

    resource = Resource(
        plural="behavioral_paradigms",
        singular="behavioral_paradigm",
        tree=Catalogue(),
        search=("name", "description"),
        # Choosing a top-level category includes everything below it.
        filter_aliases={"behavioral_category": ("category", "category.parent")},
    )


class BehavioralParadigmApproval(Approval, BehavioralParadigmContent):
    """A behavioral paradigm proposed for the catalogue."""

    name = models.CharField(max_length=200, help_text="Proposed name of the paradigm.")
    category = reference(
        BehavioralCategory,
        related_name="behavioralparadigmapprovals",
        help_text="Category that the paradigm belongs to.",
    )

    resource = approval_resource("behavioral_paradigm")
