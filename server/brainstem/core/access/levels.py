"""Levels as SQL values: the viewer's own on a record, and who may know how many members a group has."""

from __future__ import annotations

from ..model.registry import Spec, membership_table
from ..model.trees import Role
from ..sql.fragment import FALSE, TRUE, Sql, slot
from .scope import View, group_held


def level_held(spec: Spec, alias: str) -> Sql:
    """The viewer's own level on a row that holds roles; NULL for none."""
    if spec.tree.keeps_members:
        source = f"{membership_table()} ml WHERE ml.group_id = {alias}.id AND ml.user_id = "
    else:
        source = f"core_role ml WHERE ml.object_id = {alias}.id AND ml.user_id = "
    return Sql(f"(SELECT ml.level FROM {source}") + slot("user") + ")"


def members_counted(alias: str, view: View) -> Sql:
    """The number of members of a group, for those who may know them; NULL for others."""
    counted = f"(SELECT count(*) FROM {membership_table()} mc WHERE mc.group_id = {alias}.id)"
    return "(CASE WHEN " + knows_members(f"{alias}.id", view) + f" THEN {counted} END)"


def knows_members(group: str, view: View) -> Sql:
    """Who may know the members of a group: its members and, in their own portal, administrators."""
    if view.portal == "super":
        return TRUE if view.admin else FALSE
    return group_held(group, Role.MEMBER) if view.portal == "private" and view.signed_in else FALSE


__all__ = ["knows_members", "level_held", "members_counted"]
