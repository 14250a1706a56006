"""Data acquisitions in sessions."""

from __future__ import annotations

from django.db import models

from brainstem.apps.stem.models.session import Session
from brainstem.core.model.declare import ProjectRecord, Resource, type_code, type_details
from brainstem.core.model.fields import ImageUpload
from brainstem.core.model.trees import Under

from .equipment import Equipment
from .procedure import Procedure


class DataAcquisition(ProjectRecord):
    """A recording in a session, one for each file, such as extracellular electrophysiology or calcium imaging."""

    type = type_code("DataAcquisition")
    notes = models.CharField(max_length=500, blank=True, default="", help_text="Notes on the recording.")
    session = models.ForeignKey(
        Session, models.CASCADE, related_name="dataacquisition", help_text="Session in which the data were recorded."
    )
    procedures = models.ManyToManyField(
        Procedure,
        blank=True,
        related_name="dataacquisition",
        help_text="Procedures that made the recording possible, such as the implantation of the probe.",
    )
    equipment = models.ManyToManyField(
        Equipment, blank=True, related_name="dataacquisition", help_text="Equipment that recorded the data."
    )
    details, type_schema_version = type_details()
    image = ImageUpload(help_text="Picture of the recording, such as the field of view.")
    order = models.PositiveIntegerField(
        default=0, help_text="Position among the data acquisitions of the session, starting at 0."
    )

    resource = Resource(
        plural="data_acquisitions",
        singular="data_acquisition",
        tree=Under("session"),
        form_keys=("setup",),
        search=("notes",),
        read_only=("type_schema_version",),
    )

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"
