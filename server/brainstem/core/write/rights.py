"""Refusals to add, change and move records; the conditions are in :mod:`brainstem.core.access.scope`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..access import audience
from ..access.memory import Memory
from ..access.refusals import refuse_bound, refuse_read_only
from ..access.viewer import Viewer
from ..errors import Code, Forbidden, Invalid
from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec, above, lists_projects
from ..model.trees import Role
from ..query.syntax import Query
from ..sharing import grants
from .payload import Given

# Keys of a project, group or personal attribute that say who owns and sees it, rather than describe it.
NOT_DATA = grants.KEYS | {"is_public"}


def may_edit(spec: Spec, record: Any, *, viewer: Viewer) -> None:
    """Refuse an actor who may not change the record."""
    refuse_read_only(viewer.actor)
    if not viewer.may("change", record):
        raise Forbidden(f"You may not change this {spec.singular_name}.")


def may_delete(spec: Spec, record: Record, *, viewer: Viewer) -> None:
    """Refuse an actor who may not delete the record."""
    if not viewer.may("delete", record):
        raise Forbidden(f"You may not delete this {spec.singular_name}.")


def taken_out_of(spec: Spec, record: Record, *, viewer: Viewer) -> set[object] | None:
    """The projects that a deletion removes a row from, if it is also in others that the actor may not write.

    None if the row itself is deleted.
    """
    if not lists_projects(spec):
        return None
    held = set(getattr(record, spec.tree.lists).values_list("pk", flat=True))
    mine = viewer.editable(above(spec), held, level=Role.CONTRIBUTOR)
    return None if held <= mine else mine


def may_add(spec: Spec, viewer: Viewer) -> None:
    """Refuse an actor who may not add such records anywhere."""
    if viewer.is_super:
        return
    if viewer.actor.project_id is not None and not spec.in_project_tree:
        raise Forbidden("This token is bound to one project and can only write in it.", code=Code.PROJECT_TOKEN)
    if not spec.tree.may_add(admin=viewer.actor.is_admin):
        raise Forbidden(f"Only administrators may add a {spec.singular_name}.")


def open_places(spec: Spec) -> Query:
    """What finds the projects, or other rows above, to which the actor may add such a record."""
    return Query(writable=True, level=spec.tree.level_above(above(spec).tree))


def may_add_to_parent(spec: Spec, given: Given, record: Any, viewer: Viewer) -> None:
    """Refuse a new row in projects, below a parent or in a group that the actor may not write to."""
    name = spec.tree.place
    if spec.tree.lists:
        ids = given.links.get(name) or [getattr(record, f"{name}_id", None)]
        _contributor_in(spec, [one for one in ids if one], viewer)
    elif spec.tree.above:
        _hold_above(spec, getattr(record, f"{name}_id"), viewer.memory)
        _may_edit_above(spec, getattr(record, f"{name}_id"), viewer)
        if spec.in_project_tree:
            record.audience_id = audience.derived_audience(spec, record, memory=viewer.memory)


def look_up_parents(spec: Spec, ids: Mapping[str, Iterable[object]], viewer: Viewer) -> None:
    """Query at once what :func:`may_add_to_parent` needs for each new row; ``ids`` are the visible ones by relation."""
    if not spec.tree.place:
        return
    parent, seen = above(spec), ids[spec.tree.place]
    if spec.tree.lists:
        viewer.editable(parent, seen, level=Role.CONTRIBUTOR)
        return
    _held(parent, seen, viewer.memory)
    viewer.editable(parent, seen, level=spec.tree.level_above(parent.tree))
    if spec.in_project_tree:
        audience.audiences_of(parent, seen, memory=viewer.memory)


def _contributor_in(spec: Spec, ids: list[object], viewer: Viewer) -> None:
    allowed = viewer.editable(above(spec), ids, level=Role.CONTRIBUTOR)
    if set(ids) - allowed:
        raise Forbidden(
            f"You need to be a contributor of every project that you add a {spec.singular_name} to or take one from."
        )


def _hold_above(spec: Spec, parent_id: RecordId, memory: Memory) -> None:
    """Keep others from deleting the parent or changing its audience until the row below it has been saved."""
    parent = above(spec)
    if not _held(parent, [parent_id], memory):
        raise Invalid.at(spec.tree.above, f"The {parent.singular_name} was just deleted.")


def _held(spec: Spec, ids: Iterable[object], memory: Memory) -> set[object]:
    """The rows that exist, locked until the transaction ends; one query, or none."""

    def ask(wanted: list[object]) -> set[object]:
        rows = spec.model._default_manager.select_for_update(no_key=True).order_by("pk")
        return set(rows.filter(pk__in=wanted).values_list("pk", flat=True))

    return memory.those(("held", spec.label), ids, ask)


def _may_edit_above(spec: Spec, parent_id: RecordId, viewer: Viewer) -> None:
    parent = above(spec)
    level = spec.tree.level_above(parent.tree)
    if not viewer.editable(parent, [parent_id], level=level):
        needed = "an owner" if level is Role.OWNER else "a contributor"
        rows = spec.resource.plural.replace("_", " ")
        raise Forbidden(f"You need to be {needed} of the {parent.singular_name} to write its {rows}.")


def may_change(spec: Spec, record: Record, given: Given, viewer: Viewer) -> None:
    reserved = sorted(given.changed & NOT_DATA) if spec.tree.holds_roles else []
    if reserved:
        refuse_bound(viewer.actor, f"Changing {', '.join(reserved)}")
    level = _level_needed(spec, given)
    if level is not None and not viewer.editable(spec, [record.pk], level=level):
        if given.grants.only_leaves(viewer.actor, given.changed):  # anyone may
            return
        if viewer.may("change", record):
            raise Forbidden(f"Changing {', '.join(sorted(given.changed))} takes the role of {level.name.lower()}.")
        raise Forbidden(f"You may not change this {spec.singular_name}.")
    if level is None and not viewer.may("change", record):
        raise Forbidden(f"You may not change this {spec.singular_name}.")


def _level_needed(spec: Spec, given: Given) -> Role | None:
    """The role that the changed keys require; None for the model's usual one."""
    usual = spec.tree.change_level
    if usual is None:
        return None
    levels = [_level_of_key(name, usual, given) for name in given.changed]
    return max(levels) if levels else Role.MEMBER


def _level_of_key(name: str, usual: Role, given: Given) -> Role:
    if name in grants.KEYS:
        return given.grants.level_needed
    return Role.OWNER if name == "is_public" else usual


def may_move(spec: Spec, given: Given, record: Record, old: Mapping[str, object], viewer: Viewer) -> None:
    """Refuse to add or remove projects, or to move below a parent, without the right to write there."""
    name = spec.tree.place
    if name not in given.changed:
        return
    if spec.tree.above:
        _hold_above(spec, getattr(record, f"{name}_id"), viewer.memory)
        _may_edit_above(spec, getattr(record, f"{name}_id"), viewer)
        return
    if name in given.links:
        before = set(getattr(record, name).values_list("pk", flat=True))
        moved = before ^ set(given.links[name])
    else:
        moved = {old[f"{name}_id"], getattr(record, f"{name}_id")}
    _contributor_in(spec, list(moved), viewer)
