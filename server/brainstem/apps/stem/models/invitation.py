"""Invitations to projects; what may be done with them is not written yet."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from brainstem.core.access.trees import Nobody
from brainstem.core.declare import READ_VERBS, Record, Resource

from .project import Project

_KEYS = ("invitee", "project", "can_change", "manage_project", "own_project")


class ProjectInvitation(Record):
    """What invitations of people and of groups have in common."""

    can_change = models.BooleanField(default=False, help_text="Whether the invitee becomes a contributor.")
    manage_project = models.BooleanField(default=False, help_text="Whether the invitee becomes a manager.")
    own_project = models.BooleanField(default=False, help_text="Whether the invitee becomes an owner.")

    class Meta(Record.Meta):
        abstract = True


class ProjectMembershipInvitation(ProjectInvitation):
    """A project asks a person to join."""

    invitee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="project_invitations",
        help_text="Person who is invited.",
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="invitations", help_text="Project that invites.")

    resource = Resource(
        plural="project_membership_invitations",
        singular="project_membership_invitation",
        tree=Nobody(),
        keys=_KEYS,
        segment_aliases=("project_membership_invitation",),
        search=(),
        verbs=READ_VERBS,
        portals=frozenset({"private"}),
        actions=("accept", "reject", "cancel"),
    )

    class Meta(ProjectInvitation.Meta):
        constraints = [models.UniqueConstraint(fields=["invitee", "project"], name="one_project_invitation")]


class ProjectGroupMembershipInvitation(ProjectInvitation):
    """A project asks a group to join."""

    invitee = models.ForeignKey(
        settings.BRAINSTEM_GROUP_MODEL,
        models.CASCADE,
        related_name="project_invitations",
        help_text="Group that is invited.",
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="group_invitations", help_text="Project that invites."
    )

    resource = Resource(
        plural="project_group_membership_invitations",
        singular="project_group_membership_invitation",
        tree=Nobody(),
        keys=_KEYS,
        segment_aliases=("project_group_membership_invitation",),
        search=(),
        verbs=READ_VERBS,
        portals=frozenset({"private"}),
        actions=("accept", "reject", "cancel"),
    )

    class Meta(ProjectInvitation.Meta):
        constraints = [models.UniqueConstraint(fields=["invitee", "project"], name="one_group_project_invitation")]
