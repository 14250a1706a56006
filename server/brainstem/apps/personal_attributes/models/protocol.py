"""Written procedures."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import READ_VERBS, Record, Resource
from brainstem.core.model.trees import Nobody


class Protocol(Record):
    """A written procedure; this release stores only its name."""

    name = models.CharField(max_length=200, help_text="Title of the protocol.")

    resource = Resource(
        plural="protocols",
        singular="protocol",
        tree=Nobody(),
        verbs=READ_VERBS,
        portals=frozenset({"private"}),
    )
