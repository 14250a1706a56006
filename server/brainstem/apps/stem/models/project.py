"""Projects."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record, Resource
from brainstem.core.model.fields import RichTextField, StructureField, TagsField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Role, Root


class Project(Record):
    """A research project and its people; its subjects, sessions and everything in them inherit its roles."""

    name = models.CharField(max_length=200, unique=True, help_text="Name of the project, unique on this server.")
    description = RichTextField(blank=True, default="", help_text="Research question and approach.")
    sessions = place()
    subjects = place()
    publications = models.ManyToManyField(
        "dissemination.Publication", blank=True, related_name="projects", help_text="Publications from the project."
    )
    collections = place()
    cohorts = place()
    extra_fields = StructureField(
        structure="extra_fields", default=dict, blank=True, help_text="Additional values by name: text or numbers."
    )
    is_public = models.BooleanField(
        default=False, help_text="Whether everyone may read the project with its subjects and sessions."
    )
    tags = TagsField()
    links = Computed("links", "Addresses of lists of related records, relative to this one.")
    users = Computed("users", "People with a role in the project, by email address.", writable=True)
    groups = Computed("groups", "Groups with a role in the project, by name.", writable=True)
    name_used_in_storage = models.CharField(
        max_length=200, blank=True, default="", help_text="Name of the project's folder in data storages."
    )
    download_links = StructureField(
        structure="download_links",
        default=list,
        blank=True,
        help_text="Public repositories that hold the data, each with Repository and URL.",
    )
    user_roles = StructureField(
        structure="project_user_roles",
        default=list,
        blank=True,
        help_text="Contributions of people to the project, each with user and role.",
    )
    contributors = Computed("contributors", "People of a public project: name, ORCID and roles.")

    resource = Resource(
        plural="projects",
        singular="project",
        tree=Root(project=True, change=Role.OWNER),
        links=("cohorts", "collections", "sessions", "subjects", "breedings", "publications"),
        search=("name", "description"),
        read_only=("sessions", "subjects"),
        actions=("invite",),
    )
