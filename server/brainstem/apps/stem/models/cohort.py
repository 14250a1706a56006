"""Cohorts of subjects."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import ProjectRecord, Resource
from brainstem.core.model.fields import RichTextField, TagsField
from brainstem.core.model.trees import InProjects

from .project import Project
from .subject import Subject


class Cohort(ProjectRecord):
    """Subjects of one project that are treated alike, in order."""

    name = models.CharField(max_length=100, help_text="Name of the cohort, unique in its project.")
    description = RichTextField(blank=True, default="", help_text="What the subjects have in common.")
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="cohorts", help_text="Project that the cohort belongs to."
    )
    subjects = models.ManyToManyField(
        Subject,
        through="stem.CohortSubject",
        blank=True,
        related_name="cohorts",
        help_text="Subjects of the same project, in order.",
    )
    tags = TagsField()

    resource = Resource(
        plural="cohorts",
        singular="cohort",
        tree=InProjects("project"),
        search=("name", "description"),
        ordered={"subjects": "order"},
    )

    class Meta(ProjectRecord.Meta):
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="cohort_name_once")]


class CohortSubject(models.Model):
    """A subject's place in a cohort."""

    id = models.BigAutoField(primary_key=True)
    cohort = models.ForeignKey(Cohort, models.CASCADE, related_name="+")
    subject = models.ForeignKey(Subject, models.CASCADE, related_name="+")
    order = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("order", "id")
        constraints = [models.UniqueConstraint(fields=["cohort", "subject"], name="cohort_subject_once")]

    def __str__(self) -> str:
        return f"{self.subject_id} in {self.cohort_id}"
