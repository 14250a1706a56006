"""Manipulations in sessions."""

from __future__ import annotations

from django.db import models

from brainstem.apps.stem.models.session import Session
from brainstem.core.model.declare import ProjectRecord, Resource
from brainstem.core.model.fields import DetailsField, TypeField
from brainstem.core.model.trees import Under

from .equipment import Equipment
from .procedure import Procedure


class Manipulation(ProjectRecord):
    """A perturbation in a session, such as optogenetic stimulation."""

    type = TypeField(schema_group="Manipulation", help_text="Type of manipulation: a code from the type schemas.")
    notes = models.CharField(max_length=500, blank=True, default="", help_text="Notes on the manipulation.")
    procedures = models.ManyToManyField(
        Procedure,
        related_name="manipulations",
        help_text="Procedures that made the manipulation possible, such as a virus injection; at least one.",
    )
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="manipulations", help_text="Session in which it was applied."
    )
    equipment = models.ManyToManyField(
        Equipment, blank=True, related_name="manipulations", help_text="Equipment that applied the manipulation."
    )
    # A list, unlike the details of other models: one row for each stimulus or condition.
    details = DetailsField(default=list, blank=True, help_text="Rows of values that the type asks for.")
    type_schema_version = models.CharField(
        max_length=20, blank=True, default="", help_text="Version of the type schema of the details."
    )
    order = models.PositiveIntegerField(
        default=0, help_text="Position among the manipulations of the session, starting at 0."
    )

    resource = Resource(
        plural="manipulations",
        singular="manipulation",
        tree=Under("session"),
        form_keys=("setup",),
        search=("notes",),
        required=("procedures",),
        read_only=("type_schema_version",),
    )

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
