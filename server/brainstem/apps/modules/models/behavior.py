"""Behaviors in sessions."""

from __future__ import annotations

from django.db import models

from brainstem.apps.personal_attributes.models.behavioral_assay import BehavioralAssay
from brainstem.apps.personal_attributes.models.setup import Setup
from brainstem.apps.stem.models.session import Session
from brainstem.apps.stem.models.subject import Subject
from brainstem.core.model.declare import ProjectRecord, Resource
from brainstem.core.model.trees import Under


class Behavior(ProjectRecord):
    """What subjects did in a session: which assay, in which setup."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="behaviors", help_text="Session in which the behavior took place."
    )
    subjects = models.ManyToManyField(
        Subject, related_name="behaviors", help_text="Subjects that took part; at least one."
    )
    setup = models.ForeignKey(
        Setup, models.PROTECT, related_name="behaviors", help_text="Setup in which the behavior took place."
    )
    behavioralassay = models.ForeignKey(
        BehavioralAssay,
        models.PROTECT,
        related_name="behaviors",
        help_text="Behavioral assay that the subjects performed.",
    )
    notes = models.CharField(max_length=500, blank=True, default="", help_text="Notes on the behavior.")
    order = models.PositiveIntegerField(
        default=0, help_text="Position among the behaviors of the session, starting at 0."
    )

    resource = Resource(
        plural="behaviors",
        singular="behavior",
        tree=Under("session"),
        search=("notes",),
        required=("subjects",),
    )

    def __str__(self) -> str:
        return f"behavior {self.pk}"
