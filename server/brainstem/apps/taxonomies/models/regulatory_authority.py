"""Authorities that license research."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Record, Resource, choices
from brainstem.core.model.fields import CountryField, WebField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource

AUTHORITY_TYPES = choices(
    ("national", "National Regulatory Body"),
    ("institutional", "Institutional Committee"),
    ("regional", "Regional/State Authority"),
    ("international", "International Organization"),
)


class RegulatoryAuthorityContent(models.Model):
    """Fields of an authority, whether accepted or proposed."""

    name = place()
    abbreviation = models.CharField(max_length=32, blank=True, default="", help_text="Short name, such as NIH.")
    country = CountryField(blank=True, default="", help_text="Country of the authority, ISO 3166-1 alpha-2.")
    authority_type = models.CharField(
        max_length=64, choices=AUTHORITY_TYPES, blank=True, default="", help_text="Jurisdiction of the authority."
    )
    website = WebField(blank=True, default="", help_text="Website of the authority.")
    description = models.TextField(blank=True, default="", help_text="What the authority is responsible for.")
    is_active = models.BooleanField(default=True, help_text="Whether the authority still grants licenses.")
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    class Meta:
        abstract = True


class RegulatoryAuthority(Record, RegulatoryAuthorityContent):
    """A body that licenses research, such as an animal care committee."""

    name = models.CharField(max_length=255, unique=True, help_text="Official name of the authority.")

    resource = Resource(
        plural="regulatoryauthorities",
        singular="regulatoryauthority",
        tree=Catalogue(),
        search=("name", "abbreviation", "description"),
    )

    class Meta(Record.Meta):
        verbose_name_plural = "regulatory authorities"


class RegulatoryAuthorityApproval(Approval, RegulatoryAuthorityContent):
    """A regulatory authority proposed for the catalogue."""

    name = models.CharField(max_length=255, help_text="Proposed name of the authority.")

    resource = approval_resource("regulatoryauthority")
