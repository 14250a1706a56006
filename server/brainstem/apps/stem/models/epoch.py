"""Epochs of sessions."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import ProjectRecord, Resource
from brainstem.core.model.fields import SpanField
from brainstem.core.model.trees import Under

from .session import Session


class Epoch(ProjectRecord):
    """A part of a session, such as sleep before a task, with what was done and recorded in it."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="epochs", help_text="Session that the epoch is a part of."
    )
    name = models.CharField(max_length=100, help_text="Name of the epoch, unique in its session.")
    start = SpanField(null=True, blank=True, help_text="Time from the start of the session to the start of the epoch.")
    end = SpanField(null=True, blank=True, help_text="Time from the start of the session to the end of the epoch.")
    behavior = models.ManyToManyField(
        "modules.Behavior", blank=True, related_name="epochs", help_text="Behaviors during the epoch."
    )
    dataacquisition = models.ManyToManyField(
        "modules.DataAcquisition",
        blank=True,
        related_name="epochs",
        help_text="Data acquisitions that recorded the epoch; each belongs to at most one epoch.",
    )
    manipulation = models.ManyToManyField(
        "modules.Manipulation", blank=True, related_name="epochs", help_text="Manipulations applied during the epoch."
    )

    resource = Resource(
        plural="epochs",
        singular="epoch",
        tree=Under("session"),
    )

    class Meta(ProjectRecord.Meta):
        constraints = [models.UniqueConstraint(fields=["session", "name"], name="epoch_name_once")]
