"""Research licenses."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from brainstem.apps.taxonomies.models.regulatory_authority import RegulatoryAuthority
from brainstem.core.model.declare import Resource, choices
from brainstem.core.model.fields import CountryField, DocumentUpload, RichTextField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Root

from .base import PersonalAttribute

LICENSE_TYPES = choices(
    ("animal_research_authorization", "Animal research authorization"),
    ("human_research_authorization", "Human research authorization"),
    ("biosafety_gmo_authorization", "Biosafety gmo authorization"),
    ("wildlife_fieldwork_permit", "Wildlife fieldwork permit"),
    ("controlled_substance_license", "Controlled substance license"),
    ("chemical_use_authorization", "Chemical use authorization"),
    ("import_export_permit", "Import export permit"),
)
LICENSE_STATUSES = choices(
    ("draft", "Draft"),
    ("pending", "Pending"),
    ("active", "Active"),
    ("suspended", "Suspended"),
    ("expired", "Expired"),
    ("revoked", "Revoked"),
)


class License(PersonalAttribute):
    """A license granted by an authority, for example for animal experiments, and its scope."""

    name = models.CharField(max_length=255, help_text="Title of the license.")
    type = models.CharField(max_length=64, choices=LICENSE_TYPES, help_text="What the license permits.")
    status = models.CharField(
        max_length=16, choices=LICENSE_STATUSES, default="draft", help_text="Whether the license is in force."
    )
    description = RichTextField(blank=True, default="", help_text="Scope and conditions of the license.")
    country = CountryField(
        null=True, blank=True, help_text="Country in which the license is valid, ISO 3166-1 alpha-2."
    )
    regulatory_authority = models.ForeignKey(
        RegulatoryAuthority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="licenses",
        help_text="Authority that granted the license.",
    )
    license_number = models.CharField(
        max_length=128, blank=True, default="", help_text="Number assigned by the authority."
    )
    license_document = DocumentUpload(help_text="Copy of the license, preferably a PDF.")
    valid_from = models.DateField(null=True, blank=True, help_text="First day on which the license is valid.")
    valid_until = models.DateField(null=True, blank=True, help_text="Last day on which the license is valid.")
    license_holders = models.ManyToManyField(
        settings.AUTH_USER_MODEL, blank=True, related_name="licenses", help_text="People who hold the license."
    )
    behavioralassays = place()
    subjects = place()
    procedures = place()

    resource = Resource(
        plural="licenses",
        singular="license",
        tree=Root(),
        search=("name", "license_number", "description"),
    )
