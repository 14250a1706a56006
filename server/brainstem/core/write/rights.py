"""Who may add, change and move a record, as refusals; the conditions themselves are in :mod:`.access.scope`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..access import audience
from ..access.actor import Actor
from ..access.memory import those
from ..access.refusals import refuse_bound, refuse_read_only
from ..access.rows import editable_ids
from ..errors import Forbidden, Invalid
from ..model.registry import Spec, specs
from ..model.trees import Catalogue, Groups, InProjects, Nobody, OfGroup, People, Role, Root, Under, UnderAttribute
from ..sharing import grants
from .payload import Given

# Keys of a project, group or personal attribute that say who has it and who sees it, and not what it is.
NOT_DATA = grants.KEYS | {"is_public"}


def may_edit(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Refuse an actor who may not change the record."""
    refuse_read_only(actor)
    if not editable_ids(spec, [record.pk], actor=actor, portal=portal):
        raise Forbidden(f"You may not change this {spec.singular_name}.")


def may_delete(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Refuse an actor who may not delete the record."""
    level = None if isinstance(spec.tree, (InProjects, Under, UnderAttribute)) else Role.OWNER
    if not editable_ids(spec, [record.pk], actor=actor, portal=portal, level=level):
        raise Forbidden(f"You may not delete this {spec.singular_name}.")


def taken_out_of(spec: Spec, record: Any, *, actor: Actor, portal: str) -> set[Any] | None:
    """The projects that a deletion takes a row out of, when it is also in others that the actor may not write.

    None when the row itself is deleted.
    """
    tree = spec.tree
    if not isinstance(tree, InProjects) or not spec.relations[tree.via].many:
        return None
    projects = specs()[spec.relations[tree.via].target]
    held = set(getattr(record, tree.via).values_list("pk", flat=True))
    mine = editable_ids(projects, held, actor=actor, portal=portal, level=Role.CONTRIBUTOR)
    return None if held <= mine else mine


def may_add(spec: Spec, actor: Actor, portal: str) -> None:
    tree = spec.tree
    if portal == "super":
        return
    if actor.project_id is not None and not isinstance(tree, (InProjects, Under)):
        raise Forbidden("This token is bound to one project and can only write in it.")
    if isinstance(tree, (People, Nobody)) or (
        isinstance(tree, Catalogue) and tree.add != "anyone" and not actor.is_admin
    ):
        raise Forbidden(f"Only administrators may add a {spec.singular_name}.")


def may_add_to_parent(spec: Spec, given: Given, record: Any, actor: Actor, portal: str) -> None:
    """A new row goes only where the actor may write: its projects, its parent, its group."""
    tree = spec.tree
    if isinstance(tree, InProjects):
        ids = given.links.get(tree.via) or [getattr(record, f"{tree.via}_id", None)]
        _contributor_in(spec, tree.via, [one for one in ids if one], actor, portal)
    elif isinstance(tree, (Under, UnderAttribute, OfGroup)):
        _hold_parent(spec, tree.parent, getattr(record, f"{tree.parent}_id"))
        _may_edit_parent(spec, tree.parent, getattr(record, f"{tree.parent}_id"), actor, portal)
    if isinstance(tree, Under):
        record.audience_id = audience.derived_audience(spec, record)


def place_of(spec: Spec) -> str:
    """The key that says where a new row goes, below which the writer needs a role; empty where it goes nowhere."""
    tree = spec.tree
    if isinstance(tree, InProjects):
        return tree.via
    return tree.parent if isinstance(tree, (Under, UnderAttribute, OfGroup)) else ""


def look_up_parents(spec: Spec, ids: Mapping[str, Iterable[Any]], actor: Actor, portal: str) -> None:
    """Ask at once what :func:`may_add_to_parent` asks of each new row; ``ids`` are those seen, by relation."""
    tree = spec.tree
    if isinstance(tree, InProjects):
        projects = specs()[spec.relations[tree.via].target]
        editable_ids(projects, ids[tree.via], actor=actor, portal=portal, level=Role.CONTRIBUTOR)
    elif isinstance(tree, (Under, UnderAttribute, OfGroup)):
        parent, seen = specs()[spec.relations[tree.parent].target], ids[tree.parent]
        _held(parent, seen)
        editable_ids(parent, seen, actor=actor, portal=portal, level=_level_of_parent(spec, parent))
        if isinstance(tree, Under):
            audience.audiences_of(parent, seen)


def _contributor_in(spec: Spec, via: str, ids: list[Any], actor: Actor, portal: str) -> None:
    projects = specs()[spec.relations[via].target]
    allowed = editable_ids(projects, ids, actor=actor, portal=portal, level=Role.CONTRIBUTOR)
    if set(ids) - allowed:
        raise Forbidden(
            f"You need to be a contributor of every project that you add a {spec.singular_name} to or take one from."
        )


def _hold_parent(spec: Spec, name: str, parent_id: Any) -> None:
    """Let nobody delete the parent, or give it another audience, until the row below it is there to follow."""
    parent = specs()[spec.relations[name].target]
    if not _held(parent, [parent_id]):
        raise Invalid.at(name, f"The {parent.singular_name} was deleted just now.")


def _held(spec: Spec, ids: Iterable[Any]) -> set[Any]:
    """Those of the rows that are there, held until the transaction ends; one query."""

    def ask(wanted: list[Any]) -> set[Any]:
        rows = spec.model._default_manager.select_for_update(no_key=True).order_by("pk")
        return set(rows.filter(pk__in=wanted).values_list("pk", flat=True))

    return those(("held", spec.label), ids, ask)


def _level_of_parent(spec: Spec, parent: Spec) -> Role | None:
    if isinstance(spec.tree, OfGroup):
        return Role.OWNER
    return Role.CONTRIBUTOR if isinstance(parent.tree, Root) else None


def _may_edit_parent(spec: Spec, name: str, parent_id: Any, actor: Actor, portal: str) -> None:
    parent = specs()[spec.relations[name].target]
    level = _level_of_parent(spec, parent)
    if not editable_ids(parent, [parent_id], actor=actor, portal=portal, level=level):
        needed = "an owner" if level is Role.OWNER else "a contributor"
        rows = spec.resource.plural.replace("_", " ")
        raise Forbidden(f"You need to be {needed} of the {parent.singular_name} to write its {rows}.")


def may_change(spec: Spec, record: Any, given: Given, actor: Actor, portal: str) -> None:
    reserved = sorted(given.changed & NOT_DATA) if isinstance(spec.tree, (Root, Groups)) else []
    if reserved:
        refuse_bound(actor, f"Changing {', '.join(reserved)}")
    level = _level_needed(spec, given)
    if level is not None and not editable_ids(spec, [record.pk], actor=actor, portal=portal, level=level):
        if given.grants.only_leaves(actor, given.changed):  # anyone may
            return
        if editable_ids(spec, [record.pk], actor=actor, portal=portal):
            raise Forbidden(f"Changing {', '.join(sorted(given.changed))} takes the role of {level.name.lower()}.")
        raise Forbidden(f"You may not change this {spec.singular_name}.")
    if level is None and not editable_ids(spec, [record.pk], actor=actor, portal=portal):
        raise Forbidden(f"You may not change this {spec.singular_name}.")


def _level_needed(spec: Spec, given: Given) -> Role | None:
    """The role that the keys which really change ask for; None for the model's usual one."""
    tree = spec.tree
    if not isinstance(tree, (Root, Groups)):
        return None
    usual = tree.change if isinstance(tree, Root) else Role.OWNER
    levels = [_level_of_key(name, usual, given) for name in given.changed]
    return max(levels) if levels else Role.MEMBER


def _level_of_key(name: str, usual: Role, given: Given) -> Role:
    if name in grants.KEYS:
        return given.grants.level_needed
    return Role.OWNER if name == "is_public" else usual


def may_move(spec: Spec, given: Given, record: Any, old: Mapping[str, Any], actor: Actor, portal: str) -> None:
    """Adding or removing a project, or moving below another parent, takes the right to write there."""
    tree = spec.tree
    if isinstance(tree, InProjects) and tree.via in given.changed:
        if tree.via in given.links:
            before = set(getattr(record, tree.via).values_list("pk", flat=True))
            moved = before ^ set(given.links[tree.via])
        else:
            moved = {old[f"{tree.via}_id"], getattr(record, f"{tree.via}_id")}
        _contributor_in(spec, tree.via, list(moved), actor, portal)
    elif isinstance(tree, (Under, UnderAttribute, OfGroup)) and tree.parent in given.changed:
        _hold_parent(spec, tree.parent, getattr(record, f"{tree.parent}_id"))
        _may_edit_parent(spec, tree.parent, getattr(record, f"{tree.parent}_id"), actor, portal)
