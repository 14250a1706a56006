"""Sessions, and where their data are kept."""

from __future__ import annotations

from django.db import models

from brainstem.apps.personal_attributes.models.data_storage import DataStorage
from brainstem.core.model.declare import Computed, ProjectRecord, Resource
from brainstem.core.model.fields import RichTextField, StructureField, TagsField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import InProjects, Under

from .project import Project


class Session(ProjectRecord):
    """A period of data collection, with its behaviors, data acquisitions, manipulations and epochs."""

    name = models.CharField(max_length=100, unique=True, help_text="Name of the session, unique on this server.")
    description = RichTextField(blank=True, default="", help_text="What was done in the session.")
    projects = models.ManyToManyField(
        Project, related_name="sessions", help_text="Projects that the session belongs to; at least one."
    )
    date_time = models.DateTimeField(null=True, blank=True, help_text="When the session started, UTC.")
    epochs = place()
    datastorage = models.ManyToManyField(
        DataStorage,
        through="stem.SessionDataStorage",
        blank=True,
        related_name="sessions",
        help_text="Data storages that hold the session's data, in order of preference.",
    )
    extra_fields = StructureField(
        structure="extra_fields", default=dict, blank=True, help_text="Additional values by name: text or numbers."
    )
    download_links = StructureField(
        structure="download_links",
        default=list,
        blank=True,
        help_text="Public repositories that hold the data, each with Repository and URL.",
    )
    dataacquisition = place()
    behaviors = place()
    manipulations = place()
    name_used_in_storage = models.CharField(
        max_length=200, blank=True, default="", help_text="Name of the session's folder in data storages."
    )
    tags = TagsField()
    links = Computed("links", "Relative URLs of lists of related records.")

    resource = Resource(
        plural="sessions",
        singular="session",
        tree=InProjects("projects"),
        links=("projects", "manipulations", "dataacquisition", "behaviors", "epochs", "datastorage"),
        search=("name", "description"),
        # A session has no subjects field: subjects take part in its behaviors or carry its implants.
        filter_aliases={
            "subjects": ("behaviors.subjects", "dataacquisition.procedures.subject", "manipulations.procedures.subject")
        },
        required=("projects",),
        ordered={"datastorage": "order"},
    )


class SessionDataStorage(ProjectRecord):
    """Links a session to a data storage that holds its data, in order of preference."""

    session = models.ForeignKey(
        Session, models.CASCADE, related_name="sessiondatastorages", help_text="Session whose data are stored."
    )
    datastorage = models.ForeignKey(
        DataStorage, models.PROTECT, related_name="sessiondatastorages", help_text="Data storage that holds the data."
    )
    order = models.PositiveIntegerField(
        default=0, help_text="Position among the data storages of the session, starting at 0."
    )

    resource = Resource(
        plural="session_data_storages",
        singular="session_data_storage",
        tree=Under("session", public=False),
        search=(),
        portals=frozenset({"private"}),
    )

    class Meta(ProjectRecord.Meta):
        constraints = [models.UniqueConstraint(fields=["session", "datastorage"], name="sessiondatastorage_once")]

    def __str__(self) -> str:
        return f"{self.session_id} in {self.datastorage_id}"
