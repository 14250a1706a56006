"""What all proposals to catalogues have in common; the flow is in :mod:`brainstem.core.review.flow`."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from ..model.declare import READ_VERBS, Record, Resource
from ..model.fields import IdField
from ..model.trees import Proposals
from ..write.proposals import FLOW_KEYS

ACTIONS = ("accept", "reject", "request_revision", "difference")


class Approval(Record):
    """A proposed new or changed catalogue entry, waiting for an administrator."""

    instance_id = IdField(null=True, blank=True, help_text="Entry to be changed; null for a new one.")
    action = models.CharField(
        max_length=6,
        choices=[("Add", "Add"), ("Change", "Change")],
        default="Add",
        help_text="Whether to add or change an entry.",
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="reviewed_%(class)ss",
        help_text="Administrator who decided.",
    )
    status = models.CharField(
        max_length=18,
        choices=[
            ("Pending", "Pending"),
            ("Accepted", "Accepted"),
            ("Rejected", "Rejected"),
            ("Revision requested", "Revision requested"),
        ],
        default="Pending",
        help_text="Status of the proposal.",
    )
    # Not on the wire: the values of the changed keys when the change was proposed, and the reviewer's comment.
    base = models.JSONField(default=dict, blank=True, editable=False)
    review_comment = models.TextField(blank=True, default="", editable=False)

    class Meta(Record.Meta):
        abstract = True
        indexes = [models.Index(fields=["created_by", "id"], name="%(class)s_by")]


def reference(to: Any, *, related_name: str, help_text: str) -> Any:
    """A proposal's reference to another entry: it never prevents that entry's deletion, and is required again then."""
    return models.ForeignKey(to, models.SET_NULL, null=True, blank=True, related_name=related_name, help_text=help_text)


def approval_resource(catalogue: str, *, app_aliases: tuple[str, ...] = ()) -> Resource:
    """The wire format of a catalogue's proposals."""
    return Resource(
        plural=f"{catalogue}_approvals",
        singular=f"{catalogue}_approval",
        tree=Proposals(),
        app_aliases=app_aliases,
        verbs=READ_VERBS | {"change"},
        portals=frozenset({"private"}),
        actions=ACTIONS,
        read_only=FLOW_KEYS,
    )
