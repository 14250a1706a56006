"""What all personal attributes have in common: they can be public, and people and groups have roles on them."""

from __future__ import annotations

from django.db import models

from brainstem.core.model.declare import Computed, Record

ROLE_KEYS = ("authenticated_groups", "users", "groups")

ROLES = {
    "authenticated_groups": Computed(
        "authenticated_groups", "Ids of groups whose members may edit the record.", writable=True
    ),
    "users": Computed("users", "People with a role on the record, by email address.", writable=True),
    "groups": Computed("groups", "Groups with a role on the record, by name.", writable=True),
}


class PersonalAttribute(Record):
    """A record that people or groups own and use across projects."""

    is_public = models.BooleanField(default=False, help_text="Whether everyone may read the record.")

    class Meta(Record.Meta):
        abstract = True
