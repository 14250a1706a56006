"""Projects."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record, Resource
from brainstem.core.model.fields import RichTextField, StructureField, TagsField
from brainstem.core.model.trees import Role, Root


class Project(Record):
    """A research project and its people; its subjects, sessions and everything in them inherit its roles."""

    name = models.CharField(max_length=200, unique=True, help_text="Name of the project, unique on this server.")
    description = RichTextField(blank=True, default="", help_text="Research question and approach.")
    publications = models.ManyToManyField(
        "dissemination.Publication", blank=True, related_name="projects", help_text="Publications from the project."
    )
    extra_fields = StructureField(
        structure="extra_fields", default=dict, blank=True, help_text="Additional values by name: text or numbers."
    )
    is_public = models.BooleanField(
        default=False, help_text="Whether everyone may read the project with its subjects and sessions."
    )
    tags = TagsField()
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

    resource = Resource(
        plural="projects",
        singular="project",
        tree=Root(project=True, change=Role.OWNER),
        keys=(
            "name",
            "description",
            "sessions",
            "subjects",
            "publications",
            "collections",
            "cohorts",
            "extra_fields",
            "is_public",
            "tags",
            "links",
            "users",
            "groups",
            "name_used_in_storage",
            "download_links",
            "user_roles",
            "contributors",
        ),
        computed={
            "links": Computed("links", "Relative URLs of lists of related records."),
            "users": Computed("users", "People with a role in the project, by email address.", writable=True),
            "groups": Computed("groups", "Groups with a role in the project, by name.", writable=True),
            "contributors": Computed("contributors", "People of a public project: name, ORCID and roles."),
        },
        links=("cohorts", "collections", "sessions", "subjects", "breedings", "publications"),
        search=("name", "description"),
        read_only=("sessions", "subjects"),
        actions=("invite",),
    )
