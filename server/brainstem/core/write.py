"""Payload -> checks -> rules -> save + history, in one transaction.

The door for every write, whoever opens it. Knows declarations and scopes; knows no request.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, models, transaction

from . import grants, rules
from .access import audience, roles
from .access.actor import Actor
from .access.rows import editable_ids, visible_ids
from .access.trees import Catalogue, Groups, InProjects, Nobody, OfGroup, People, Role, Root, Under, UnderAttribute
from .deletion import delete_with_history
from .errors import Conflict, Forbidden, Invalid, Missing
from .history import note, snapshot
from .ids import uuid7
from .links import Given, read_payload
from .proposals import leave_trail
from .registry import Relation, Spec, specs
from .retry import again_after_deadlock
from .rules import Draft


@again_after_deadlock
def create(
    spec: Spec,
    payload: Mapping[str, Any],
    *,
    actor: Actor,
    portal: str,
    files: Mapping[str, Any] | None = None,
    proposal: Any = None,
) -> Any:
    """Add a record; ``proposal`` is the accepted proposal that asks for it, whose author becomes the record's.

    Raises
    ------
    Forbidden
        The actor may not add such records there.
    Invalid
        What is wrong, by field.
    """
    refuse_read_only(actor)
    with transaction.atomic():
        _may_add(spec, actor, portal)
        draft, given = draft_new(spec, payload, actor=actor, portal=portal, files=files)
        record = draft.record
        if proposal is not None:
            record.created_by_id = proposal.created_by_id
        _save_new(spec, record, given)
        _after_save(spec, draft, given, actor, created=True)
        after, event = _state(spec, record), uuid7()
        note("create", record, actor=actor, portal=portal, event=event, before=None, after=after)
        if proposal is None:
            leave_trail(spec, draft, None, given.changed, event)
        return record


def draft_new(
    spec: Spec, payload: Mapping[str, Any], *, actor: Actor, portal: str, files: Mapping[str, Any] | None = None
) -> tuple[Draft, Given]:
    """A new record as the payload asks for it: checked like one that is added, not saved.

    Raises
    ------
    Invalid
        What is wrong, by field.
    """
    record = spec.model()
    given = read_payload(spec, payload, record=None, actor=actor, portal=portal, files=files or {})
    _check_required(spec, given)
    given.raise_errors()
    for name, value in given.values.items():
        setattr(record, name, value)
    if hasattr(record, "created_by_id"):
        record.created_by_id = actor.user_id
    _may_add_to_parent(spec, given, record, actor, portal)
    draft = Draft(record, True, actor, portal, given=set(given.names), links=dict(given.links))
    _check(spec, draft)
    return draft, given


@again_after_deadlock
def change(
    spec: Spec,
    record_id: Any,
    payload: Mapping[str, Any],
    *,
    actor: Actor,
    portal: str,
    replace: bool = False,
    files: Mapping[str, Any] | None = None,
    proposal: Any = None,
) -> Any:
    """Change a record; with ``replace`` a writable field that is left out returns to its default.

    What the actor cannot see of it stays as it is. Nothing is written where nothing differs. ``proposal`` is the
    accepted proposal that asks for the change.
    """
    refuse_read_only(actor)
    with transaction.atomic():
        record = locked(spec, record_id, actor=actor, portal=portal)
        before = _state(spec, record)
        given = read_change(spec, record, payload, actor=actor, portal=portal, replace=replace, files=files)
        _may_change(spec, record, given, actor, portal)
        given.raise_errors()
        if not given.differs:
            return record
        draft = draft_change(spec, record, given, actor=actor, portal=portal)
        _guarded(spec, record.save)
        _after_save(spec, draft, given, actor, created=False)
        after, event = _state(spec, record), uuid7()
        note("change", record, actor=actor, portal=portal, event=event, before=before, after=after)
        if proposal is None:
            leave_trail(spec, draft, before, given.changed, event)
        return record


def read_change(
    spec: Spec,
    record: Any,
    payload: Mapping[str, Any],
    *,
    actor: Actor,
    portal: str,
    replace: bool = False,
    files: Mapping[str, Any] | None = None,
) -> Given:
    """What a payload would change of a record; errors are in the answer."""
    given = read_payload(spec, payload, record=record, actor=actor, portal=portal, files=files or {}, replace=replace)
    if replace:
        _check_required(spec, given)
    return given


def draft_change(spec: Spec, record: Any, given: Given, *, actor: Actor, portal: str) -> Draft:
    """The record with the new values set: checked like one that is changed, not saved.

    Raises
    ------
    Invalid
        What is wrong, by field.
    """
    old = {field.attname: field.value_from_object(record) for field in record._meta.concrete_fields}
    for name, value in given.values.items():
        setattr(record, name, value)
    _may_move(spec, given, record, old, actor, portal)
    draft = Draft(record, False, actor, portal, given=set(given.changed), links=dict(given.links), old=old)
    _check(spec, draft)
    return draft


@again_after_deadlock
def delete(spec: Spec, record_id: Any, *, actor: Actor, portal: str) -> None:
    """Delete a record with what hangs below it; history keeps it all.

    A row that is also in projects which the actor may not write is only taken out of those that they may.
    """
    refuse_read_only(actor)
    with transaction.atomic():
        record = locked(spec, record_id, actor=actor, portal=portal)
        level = None if isinstance(spec.tree, (InProjects, Under, UnderAttribute)) else Role.OWNER
        if not editable_ids(spec, [record.pk], actor=actor, portal=portal, level=level):
            raise Forbidden(f"You may not delete this {spec.singular_name}.")
        if _only_detached(spec, record, actor, portal):
            return
        rules.run_guards(record, actor)
        delete_with_history(spec, record, actor=actor, portal=portal)


def locked(spec: Spec, record_id: Any, *, actor: Actor, portal: str) -> Any:
    """The record for writing, when the actor sees it in the portal."""
    if not visible_ids(spec, [record_id], actor=actor, portal=portal, hop=False):
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    record = spec.model._default_manager.select_for_update(of=("self",)).filter(pk=record_id).first()
    if record is None:
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    return record


def may_edit(spec: Spec, record: Any, *, actor: Actor, portal: str) -> None:
    """Refuse an actor who may not change the record."""
    refuse_read_only(actor)
    if not editable_ids(spec, [record.pk], actor=actor, portal=portal):
        raise Forbidden(f"You may not change this {spec.singular_name}.")


# -- rights -----------------------------------------------------------------------------------------------------------


def refuse_read_only(actor: Actor) -> None:
    """Refuse a token that only reads."""
    if actor.read_only:
        raise Forbidden("This token may only read.")


def _may_add(spec: Spec, actor: Actor, portal: str) -> None:
    tree = spec.tree
    if portal == "super":
        return
    if actor.project_id is not None and not isinstance(tree, (InProjects, Under)):
        raise Forbidden("This token is bound to one project and may only write in it.")
    if isinstance(tree, (People, Nobody)) or (
        isinstance(tree, Catalogue) and tree.add != "anyone" and not actor.is_admin
    ):
        raise Forbidden(f"Only administrators may add a {spec.singular_name}.")


def _may_add_to_parent(spec: Spec, given: Given, record: Any, actor: Actor, portal: str) -> None:
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
    if not parent.model._default_manager.select_for_update(no_key=True).filter(pk=parent_id).values_list("pk").first():
        raise Invalid.at(name, f"The {parent.singular_name} was deleted just now.")


def _may_edit_parent(spec: Spec, name: str, parent_id: Any, actor: Actor, portal: str) -> None:
    parent = specs()[spec.relations[name].target]
    level: Role | None = Role.CONTRIBUTOR if isinstance(parent.tree, Root) else None
    if isinstance(spec.tree, OfGroup):
        level = Role.OWNER
    if not editable_ids(parent, [parent_id], actor=actor, portal=portal, level=level):
        needed = "an owner" if level is Role.OWNER else "a contributor"
        rows = spec.resource.plural.replace("_", " ")
        raise Forbidden(f"You need to be {needed} of the {parent.singular_name} to write its {rows}.")


def _may_change(spec: Spec, record: Any, given: Given, actor: Actor, portal: str) -> None:
    level = _level_needed(spec, given)
    if level is not None and not editable_ids(spec, [record.pk], actor=actor, portal=portal, level=level):
        # Anyone may leave; a token that is bound to a project, only that project.
        if given.grants.only_leaves(actor, given.changed) and actor.project_id in (None, record.pk):
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


def _may_move(spec: Spec, given: Given, record: Any, old: Mapping[str, Any], actor: Actor, portal: str) -> None:
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


def _only_detached(spec: Spec, record: Any, actor: Actor, portal: str) -> bool:
    tree = spec.tree
    if not isinstance(tree, InProjects) or not spec.relations[tree.via].many:
        return False
    projects = specs()[spec.relations[tree.via].target]
    held = set(getattr(record, tree.via).values_list("pk", flat=True))
    mine = editable_ids(projects, held, actor=actor, portal=portal, level=Role.CONTRIBUTOR)
    if held <= mine:
        return False
    before = _state(spec, record)
    getattr(record, tree.via).remove(*mine)
    audience.refresh(spec, record)
    note("detach", record, actor=actor, portal=portal, event=uuid7(), before=before, after=_state(spec, record))
    return True


# -- saving -----------------------------------------------------------------------------------------------------------


def _check_required(spec: Spec, given: Given) -> None:
    for name in required_names(spec):
        if name not in given.names and name not in given.errors:
            given.error(name, "This field is required.")
    for name in spec.resource.required:
        if name in given.links and not given.links[name] and name not in given.errors:
            given.error(name, "This list may not be empty.")


def required_names(spec: Spec) -> list[str]:
    """Keys without which a record cannot be added."""
    names = list(spec.resource.required)
    for name, column in spec.columns.items():
        field = column.field
        if spec.writable(name) and not (field.null or field.blank or field.has_default() or field.primary_key):
            names.append(name)
    for name, relation in spec.relations.items():
        needed = relation.kind == "fk" and not relation.nullable and not relation.field.has_default()
        if needed and spec.writable(name):
            names.append(name)
    return list(dict.fromkeys(names))


def _check(spec: Spec, draft: Draft) -> None:
    _check_unique(spec, draft)
    rules.run_checks(draft)
    if draft.errors:
        raise Invalid(dict(draft.errors))


def _check_unique(spec: Spec, draft: Draft) -> None:
    """Say which name is taken before the database refuses it; the database has the last word."""
    record = draft.record
    others = spec.model._default_manager.exclude(pk=record.pk)
    for column in spec.columns.values():
        value = getattr(record, column.name)
        taken = column.field.unique and not column.field.primary_key and value not in (None, "")
        if taken and draft.changed(column.name) and others.filter(**{column.name: value}).exists():
            name = column.name.replace("_", " ")
            draft.error(column.name, f"A {spec.singular_name} with this {name} exists already.")
    for constraint in spec.model._meta.constraints:
        names = getattr(constraint, "fields", ())
        if not isinstance(constraint, models.UniqueConstraint) or not names or not draft.changed(*names):
            continue
        values = {name: getattr(record, _attname(record, name)) for name in names}
        if None not in values.values() and others.filter(constraint.condition or models.Q(), **values).exists():
            draft.error(names[-1], f"A {spec.singular_name} with this {' and '.join(names)} exists already.")


def _attname(record: Any, name: str) -> str:
    return str(record._meta.get_field(name).attname)


def _save_new(spec: Spec, record: Any, given: Given) -> None:
    tree = spec.tree
    if isinstance(tree, InProjects):
        linked = given.links.get(tree.via)
        record.audience_id = audience.audience_of(linked if linked is not None else [getattr(record, f"{tree.via}_id")])
    _guarded(spec, lambda: record.save(force_insert=True))


def _guarded(spec: Spec, save: Any) -> None:
    try:
        with transaction.atomic():
            save()
    except IntegrityError as error:
        raise Invalid.whole(f"This {spec.singular_name} clashes with another one that was saved just now.") from error


def _after_save(spec: Spec, draft: Draft, given: Given, actor: Actor, *, created: bool) -> None:
    record = draft.record
    for name, ids in given.links.items():
        _set_links(record, spec.relations[name], ids)
    if given.tags is not None:
        given.store_tags(record)
    if created and isinstance(spec.tree, Root) and actor.user_id is not None:
        roles.grant(record.pk, users={actor.user_id: Role.OWNER})
    if created and isinstance(spec.tree, Groups) and actor.user_id is not None:
        grants.found_group(record, actor.user_id)
    grants.apply(spec, record, given.grants, actor=actor, created=created)
    if not created and spec.in_project_tree:
        if isinstance(spec.tree, Under) and spec.tree.parent in given.changed:
            record.refresh_from_db(fields=[spec.tree.parent])
        audience.refresh(spec, record)
    rules.run_follows(draft)


def _set_links(record: Any, relation: Relation, ids: list[Any]) -> None:
    """Replace a to-many relation, in order where it keeps one."""
    manager = getattr(record, relation.name)
    if not relation.order:
        manager.set(ids)
        return
    through = manager.through
    near, far = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    rows = {getattr(row, f"{far}_id"): row for row in through._default_manager.filter(**{near: record})}
    through._default_manager.filter(pk__in=[row.pk for key, row in rows.items() if key not in ids]).delete()
    extra = {"audience_id": record.audience_id} if any(f.name == "audience" for f in through._meta.fields) else {}
    for position, one in enumerate(ids):
        if one in rows:
            through._default_manager.filter(pk=rows[one].pk).update(order=position)
        else:
            through._default_manager.create(**{near: record, f"{far}_id": one, "order": position}, **extra)


def _state(spec: Spec, record: Any) -> dict[str, Any]:
    state = snapshot(record)
    if isinstance(spec.tree, (Root, Groups)):
        state |= grants.state(spec, record)
    return state


__all__ = [
    "Conflict",
    "change",
    "create",
    "delete",
    "draft_change",
    "draft_new",
    "locked",
    "may_edit",
    "read_change",
    "refuse_read_only",
    "required_names",
]
