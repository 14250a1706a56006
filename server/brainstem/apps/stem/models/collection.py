"""Collections of sessions."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import ProjectRecord, Resource
from brainstem.core.model.fields import RichTextField, TagsField
from brainstem.core.model.trees import InProjects

from .project import Project
from .session import Session


class Collection(ProjectRecord):
    """Sessions of one project that belong together, such as those of one figure."""

    name = models.CharField(max_length=100, help_text="Name of the collection, unique in its project.")
    description = RichTextField(blank=True, default="", help_text="What the sessions have in common.")
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="collections", help_text="Project that the collection belongs to."
    )
    sessions = models.ManyToManyField(
        Session, blank=True, related_name="collections", help_text="Sessions of the same project."
    )
    tags = TagsField()

    resource = Resource(
        plural="collections",
        singular="collection",
        tree=InProjects("project"),
        search=("name", "description"),
    )

    class Meta(ProjectRecord.Meta):
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="collection_name_once")]
