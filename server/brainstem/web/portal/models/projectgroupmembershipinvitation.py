"""The pages of invitations of groups to projects: those of invitations of people."""

from .projectmembershipinvitation import FACE

__all__ = ["FACE"]
