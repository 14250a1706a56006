"""What every proposal to a catalogue has in common; the flow that accepts or rejects one is not written yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from .access.trees import Nobody
from .declare import READ_VERBS, Record, Resource
from .fields import IdField

APPROVAL_KEYS = ("instance_id", "action", "reviewer", "status")


class Approval(Record):
    """A new or changed entry of a catalogue, waiting for an administrator."""

    instance_id = IdField(null=True, blank=True, help_text="Entry that would be changed; null for a new one.")
    action = models.CharField(
        max_length=6,
        choices=[("Add", "Add"), ("Change", "Change")],
        default="Add",
        help_text="Whether an entry would be added or changed.",
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
        max_length=8,
        choices=[("Pending", "Pending"), ("Accepted", "Accepted"), ("Rejected", "Rejected")],
        default="Pending",
        help_text="Where the proposal stands.",
    )

    class Meta(Record.Meta):
        abstract = True


def approval_resource(catalogue: str, *keys: str, app_aliases: tuple[str, ...] = ()) -> Resource:
    """The wire side of a catalogue's proposals; ``keys`` are those of the catalogue that can be proposed."""
    return Resource(
        plural=f"{catalogue}_approvals",
        singular=f"{catalogue}_approval",
        tree=Nobody(),
        keys=(*keys, *APPROVAL_KEYS),
        app_aliases=app_aliases,
        verbs=READ_VERBS,
        portals=frozenset({"private"}),
        actions=("accept", "reject"),
        read_only=APPROVAL_KEYS,
    )
