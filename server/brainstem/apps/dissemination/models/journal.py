"""Scientific journals."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Record, Resource
from brainstem.core.model.fields import WebField
from brainstem.core.model.key_order import place
from brainstem.core.model.trees import Catalogue
from brainstem.core.review.approvals import Approval, approval_resource


class JournalContent(models.Model):
    """Fields of a journal, whether accepted or proposed."""

    name = place()
    description = models.TextField(max_length=2000, blank=True, default="", help_text="What the journal publishes.")
    website = WebField(blank=True, default="", help_text="Website of the journal.")
    comments = models.TextField(blank=True, default="", help_text="Notes for the curators of the catalogue.")

    class Meta:
        abstract = True


class Journal(Record, JournalContent):
    """A journal or preprint server in which results are published."""

    name = models.CharField(max_length=500, unique=True, help_text="Name of the journal.")

    resource = Resource(
        plural="journals",
        singular="journal",
        tree=Catalogue(),
        app_aliases=("attributes",),
        search=("name", "description"),
    )


class JournalApproval(Approval, JournalContent):
    """A journal proposed for the catalogue."""

    name = models.CharField(max_length=500, help_text="Proposed name of the journal.")

    resource = approval_resource("journal", app_aliases=("attributes",))
