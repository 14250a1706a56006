"""Subjects."""

from __future__ import annotations

from django.db import models

from brainstem.apps.personal_attributes.models.license import License
from brainstem.apps.resources.models.supplier import Supplier
from brainstem.apps.taxonomies.models.strain import Strain
from brainstem.core.model.declare import Computed, ProjectRecord, Resource, choices
from brainstem.core.model.fields import RichTextField, StructureField, TagsField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import InProjects

from .project import Project

SEXES = choices(("F", "Female"), ("M", "Male"), ("U", "Unknown"))
STATUSES = choices(
    ("planned", "Planned"),
    ("active", "Active"),
    ("inactive", "Inactive"),
    ("transferred", "Transferred"),
    ("deceased", "Deceased"),
    ("unknown", "Unknown"),
)


class Subject(ProjectRecord):
    """An animal or person under study, in one or more projects."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the subject, unique on this server.")
    description = RichTextField(blank=True, default="", help_text="Notes on the subject.")
    projects = models.ManyToManyField(
        Project, related_name="subjects", help_text="Projects that the subject belongs to; at least one."
    )
    licenses = models.ManyToManyField(
        License, blank=True, related_name="subjects", help_text="Licenses under which the subject is kept and used."
    )
    strain = models.ForeignKey(
        Strain, models.PROTECT, related_name="subjects", help_text="Strain; it determines the species."
    )
    sex = models.CharField(max_length=1, choices=SEXES, help_text="Sex: F, M or U for unknown.")
    genetic_line = models.CharField(max_length=100, blank=True, default="", help_text="Transgenic line.")
    genotype = models.CharField(max_length=200, blank=True, default="", help_text="Alleles that the subject carries.")
    subject_identifier = models.CharField(
        max_length=100, blank=True, default="", help_text="Ear tag, chip or number in the animal facility."
    )
    supplier = models.ForeignKey(
        Supplier,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="subjects",
        help_text="Where the subject was obtained; null when bred in house.",
    )
    breeding = models.ForeignKey(
        "stem.Breeding",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="offspring",
        help_text="Breeding that the subject was born from.",
    )
    birth_date = models.DateField(null=True, blank=True, help_text="Date of birth.")
    death_date = models.DateField(null=True, blank=True, help_text="Date of death.")
    status = models.CharField(
        max_length=11, choices=STATUSES, blank=True, default="active", help_text="Whether the subject is in use."
    )
    extra_fields = StructureField(
        structure="extra_fields", default=dict, blank=True, help_text="Additional values by name: text or numbers."
    )
    procedures = place()
    subjectlogs = place()
    name_used_in_storage = models.CharField(
        max_length=200, null=True, blank=True, help_text="Name of the subject's folder in data storages."
    )
    tags = TagsField()
    links = Computed("links", "Relative URLs of lists of related records.")
    species = Computed("through", "Species of the strain.", path=("strain", "species"))

    resource = Resource(
        plural="subjects",
        singular="subject",
        tree=InProjects("projects"),
        links=("procedures", "subjectlogs", "projects", "licenses"),
        search=("name", "description", "subject_identifier", "genetic_line", "genotype"),
        # The other way round of the subjects of a session.
        filter_aliases={
            "sessions": ("behaviors.session", "procedures.dataacquisition.session", "procedures.manipulations.session")
        },
        required=("projects",),
    )
