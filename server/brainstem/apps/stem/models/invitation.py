"""Invitations to projects."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models

from brainstem.core.model.trees import Joining, Role
from brainstem.core.sharing.inviting import Offer, offer_resource

from .project import Project

_LEVELS = (("own_project", Role.OWNER), ("manage_project", Role.MANAGER), ("can_change", Role.CONTRIBUTOR))


class ProjectInvitation(Offer):
    """What invitations of people and of groups have in common."""

    can_change = models.BooleanField(default=False, help_text="Whether the invitee becomes a contributor.")
    manage_project = models.BooleanField(default=False, help_text="Whether the invitee becomes a manager.")
    own_project = models.BooleanField(default=False, help_text="Whether the invitee becomes an owner.")
    project_name = models.CharField(
        max_length=200, blank=True, default="", help_text="Name of the project at the time of the invitation."
    )

    class Meta(Offer.Meta):
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the project's name, since the invitee cannot see the project yet."""
        project: Any = self.project  # type: ignore[attr-defined]
        self.project_name = self.project_name or project.name
        super().save(*args, **kwargs)


class ProjectMembershipInvitation(ProjectInvitation):
    """An invitation of a person to a project."""

    invitee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="project_invitations",
        help_text="Person being invited.",
    )
    project = models.ForeignKey(Project, models.CASCADE, related_name="invitations", help_text="Project that invites.")

    resource = offer_resource("project_membership_invitation", Joining("invitee", "project", _LEVELS))

    class Meta(ProjectInvitation.Meta):
        constraints = [models.UniqueConstraint(fields=["invitee", "project"], name="one_project_invitation")]


class ProjectGroupMembershipInvitation(ProjectInvitation):
    """An invitation of a group to a project."""

    invitee = models.ForeignKey(
        settings.BRAINSTEM_GROUP_MODEL,
        models.CASCADE,
        related_name="project_invitations",
        help_text="Group being invited.",
    )
    project = models.ForeignKey(
        Project, models.CASCADE, related_name="group_invitations", help_text="Project that invites."
    )

    resource = offer_resource("project_group_membership_invitation", Joining("invitee", "project", _LEVELS))

    class Meta(ProjectInvitation.Meta):
        constraints = [models.UniqueConstraint(fields=["invitee", "project"], name="one_group_project_invitation")]
