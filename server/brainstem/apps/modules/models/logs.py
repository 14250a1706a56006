"""Logs of subjects and procedures."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from brainstem.apps.stem.models.subject import Subject
from brainstem.core.model.declare import ProjectRecord, Resource
from brainstem.core.model.fields import StructureField, TypeField
from brainstem.core.model.trees import Under

from .procedure import Procedure

ENTRY_ACTIONS = ("add_entry", "change_entry", "remove_entry")


class SubjectLog(ProjectRecord):
    """A log of one type on a subject, such as its weights or periods of water deprivation."""

    type = TypeField(schema_group="SubjectLog", help_text="Type of log: a code from the type schemas; set once.")
    description = models.CharField(max_length=500, null=True, blank=True, help_text="Purpose of the log.")
    subject = models.ForeignKey(
        Subject, models.CASCADE, related_name="subjectlogs", help_text="Subject that the log is about."
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="subjectlogs",
        help_text="Person who created the log.",
    )
    entries = StructureField(
        structure="log_entries",
        default=list,
        blank=True,
        help_text="Entries in order of time; changed through the entry actions.",
    )

    resource = Resource(
        plural="subject_logs",
        singular="subject_log",
        tree=Under("subject"),
        search=("description",),
        actions=ENTRY_ACTIONS,
        create_only=("type",),
        read_only=("user", "entries"),
    )

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class ProcedureLog(ProjectRecord):
    """A log of one type on a procedure, such as the depth of a movable tetrode over days."""

    type = TypeField(schema_group="ProcedureLog", help_text="Type of log: a code from the type schemas; set once.")
    description = models.CharField(max_length=500, null=True, blank=True, help_text="Purpose of the log.")
    procedure = models.ForeignKey(
        Procedure, models.CASCADE, related_name="procedurelogs", help_text="Procedure that the log is about."
    )
    entries = StructureField(
        structure="log_entries",
        default=list,
        blank=True,
        help_text="Entries in order of time; changed through the entry actions.",
    )

    resource = Resource(
        plural="procedure_logs",
        singular="procedure_log",
        tree=Under("procedure"),
        search=("description",),
        # Clients ask for the logs of a subject's procedures.
        filter_aliases={"subject": ("procedure.subject",)},
        actions=ENTRY_ACTIONS,
        create_only=("type",),
        read_only=("entries",),
    )

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
