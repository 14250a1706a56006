"""Breedings."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import ProjectRecord, Resource
from brainstem.core.model.fields import RichTextField, TagsField
from brainstem.core.model.trees import InProjects

from .project import Project
from .subject import Subject


class Breeding(ProjectRecord):
    """A mating of a dam and a sire, and the resulting litter."""

    name = models.CharField(max_length=100, help_text="Name of the breeding, unique in its project.")
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="breedings", help_text="Project that the breeding belongs to."
    )
    # RESTRICT, not PROTECT: deleting the project deletes both the breeding and its subjects.
    mother = models.ForeignKey(
        Subject, models.RESTRICT, related_name="breedings_as_mother", help_text="Dam: a female of the same project."
    )
    father = models.ForeignKey(
        Subject, models.RESTRICT, related_name="breedings_as_father", help_text="Sire: a male of the same project."
    )
    description = RichTextField(blank=True, default="", help_text="Purpose and notes.")
    tags = TagsField()
    birth_date = models.DateField(null=True, blank=True, help_text="Date on which the litter was born.")
    start_date = models.DateField(null=True, blank=True, help_text="Date on which the pair was put together.")
    end_date = models.DateField(null=True, blank=True, help_text="Date on which the pair was separated.")
    weaning_date = models.DateField(null=True, blank=True, help_text="Date on which the litter was weaned.")
    litter_size = models.PositiveIntegerField(null=True, blank=True, help_text="Number of pups born.")
    expected_genotype = models.CharField(
        max_length=100, blank=True, default="", help_text="Desired genotype of the offspring."
    )

    resource = Resource(
        plural="breedings",
        singular="breeding",
        tree=InProjects("project"),
        search=("name", "description", "expected_genotype"),
    )

    class Meta(ProjectRecord.Meta):
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="breeding_name_once")]
