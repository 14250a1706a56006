"""What all personal attributes have in common: they can be public, and people and groups have roles on them."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record


class PersonalAttribute(Record):
    """Something that people or groups own and use in several projects."""

    is_public = models.BooleanField(default=False, help_text="Whether everyone may read the record.")
    authenticated_groups = Computed(
        "authenticated_groups", "Ids of groups whose members may edit the record.", writable=True
    )
    users = Computed("users", "People with a role on the record, by email address.", writable=True)
    groups = Computed("groups", "Groups with a role on the record, by name.", writable=True)

    class Meta(Record.Meta):
        abstract = True
