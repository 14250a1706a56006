"""Reads a payload key by key: values, related records, tags, grants, uploads; and finds what really changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from ..access.viewer import Viewer
from ..errors import Invalid
from ..model import limits
from ..model.declare import Record
from ..model.fields import StructureField
from ..model.registry import Relation, Spec, entry_keys, specs
from ..model.values import Bad, clean
from ..sharing import grants
from ..text.shown import shown
from . import unfamiliar
from .held import links_held, words_held
from .past import Past, read_stored
from .rules import prepared
from .tags import words_of
from .uploads import check_upload

_KEPT_ON_REPLACE = grants.KEYS


@dataclass
class Given:
    """The cleaned content of a payload."""

    values: dict[str, Any] = field(default_factory=dict)
    links: dict[str, list[Any]] = field(default_factory=dict)
    tags: list[str] | None = None
    grants: grants.Grants = field(default_factory=grants.Grants)
    names: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    errors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def error(self, name: str, message: str) -> None:
        """Record an error of one key."""
        self.errors[name].append(message)

    def raise_errors(self) -> None:
        """All errors in one exception."""
        if self.errors:
            raise Invalid(dict(self.errors))

    @property
    def differs(self) -> bool:
        """Whether anything would change."""
        return bool(self.changed)


def read_payload(
    spec: Spec,
    payload: Mapping[str, object],
    *,
    record: Record | None,
    viewer: Viewer,
    files: Mapping[str, object],
    replace: bool = False,
) -> Given:
    """Read every writable key of the model; others are ignored and reported.

    Errors are collected in the result rather than raised, so that the caller gets all of them at once.
    """
    given = Given()
    past = isinstance(payload, Past)
    payload = prepared(spec.model, payload)
    for name in (*_writable_keys(spec), *(sorted(entry_keys(spec)) if past else ())):
        try:
            if name in files:
                _read_file(spec, name, files[name], given)
            elif name in payload and past and (_is_upload(spec, name) or name in entry_keys(spec)):
                _read_stored(spec, name, payload[name], given, record)
            elif name in payload:
                _read_key(spec, name, payload[name], given, record, viewer)
            elif replace and record is not None:
                _reset(spec, name, given, record, viewer)
        except Bad as error:
            given.names.add(name)
            given.errors[name] += error.messages
    given.errors.update(unfamiliar.in_payload(spec, payload))
    if record is not None:
        _refuse_create_only(spec, given)
    return given


@cache
def _writable_keys(spec: Spec) -> tuple[str, ...]:
    return tuple(name for name in spec.keys if spec.writable(name))


def _read_key(spec: Spec, name: str, value: object, given: Given, record: Record | None, viewer: Viewer) -> None:
    given.names.add(name)
    if name in spec.computed:
        _read_grants(spec, name, value, given, record)
    elif name == "tags" and spec.has_tags:
        _read_tags(value, given, record, viewer)
    elif name in spec.relations:
        relation = spec.relations[name]
        if relation.many:
            _read_links(spec, relation, value, given, record, viewer)
        else:
            _read_foreign_key(relation, value, given, record, viewer)
    elif _is_upload(spec, name):
        _read_no_file(name, value, given, record)
    else:
        column, kept = spec.columns[name], None if record is None else getattr(record, name)
        limits.check_value(column, value, kept)
        cleaned = clean(column, value)
        if record is None or cleaned != kept:
            limits.check_cleaned(column, cleaned)
        if isinstance(column.field, StructureField):
            given.errors.update(unfamiliar.in_rows(name, value, cleaned))
        _note_value(name, cleaned, given, record)


def _is_upload(spec: Spec, name: str) -> bool:
    return name in spec.columns and spec.columns[name].wire_type in ("image", "file")


def _note_value(name: str, value: object, given: Given, record: Record | None) -> None:
    given.values[name] = value
    if record is None or getattr(record, name) != value:
        given.changed.add(name)


def _read_grants(spec: Spec, name: str, value: object, given: Given, record: object) -> None:
    # A new project belongs to its creator alone, whatever the request says; a new group sends invitations.
    if record is None and name != "authenticated_groups" and getattr(spec.tree, "project", False):
        return
    if value is None:
        return
    before = given.grants.size
    grants.read(spec, name, value, record, given.grants)
    given.errors.update(unfamiliar.in_roles(name, value))
    if given.grants.size != before:
        given.changed.add(name)


def _read_tags(value: object, given: Given, record: Record | None, viewer: Viewer) -> None:
    given.tags = words_of(value)
    if record is None or set(words_held(record, viewer.memory)) != set(given.tags):
        given.changed.add("tags")


def ids_in(relation: Relation, value: object) -> list[object]:
    """The ids in a value of a payload, as far as it can be read."""
    found: list[object] = []
    if isinstance(value, list) and len(value) > limits.MAX_IDS:
        return found  # Refused when it is read, unless the record already has as many.
    for one in value if isinstance(value, list) else [value]:
        with suppress(Bad):
            found.append(_key(relation, one))
    return found


def _key(relation: Relation, value: object) -> object:
    """The id given by a value: an id, or a record with one."""
    if isinstance(value, dict):
        value = value.get("id")
    target = specs()[relation.target]
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Bad(f"Expected the id of a {target.singular_name}.")
    try:
        return target.parse_id(value)
    except ValueError as error:
        raise Bad(f"{shown(value)} is not an id of a {target.singular_name}.") from error


def _keys(relation: Relation, values: list[object]) -> tuple[list[object], list[str]]:
    """The ids in a list, each once, and what is wrong with the rest of it."""
    found: dict[object, None] = {}
    wrong: dict[str, None] = {}
    for one in values:
        try:
            found[_key(relation, one)] = None
        except Bad as error:
            wrong.update(dict.fromkeys(error.messages))
    return list(found), list(wrong)


def _read_foreign_key(relation: Relation, value: object, given: Given, record: Record | None, viewer: Viewer) -> None:
    target, attname = specs()[relation.target], relation.field.attname
    current = None if record is None else getattr(record, attname)
    if value in (None, ""):
        if current is not None and not viewer.seen(target, [current]):
            return  # What the writer cannot see stays unchanged.
        if not relation.nullable:
            raise Bad("This field may not be null.")
        wanted = None
    else:
        wanted = _key(relation, value)
        # Also if it is already set to it: otherwise callers could confirm a guess of a hidden id.
        _refuse_unseen(target, [wanted], viewer.seen(target, [wanted]))
    given.values[attname] = wanted
    if record is None or wanted != current:
        given.changed.add(relation.name)


def _refuse_unseen(target: Spec, ids: list[object], seen: set[object]) -> None:
    missing = set(ids) - seen
    if missing:
        names = ", ".join(sorted(map(str, missing))[:5])
        raise Bad(f"No {target.singular_name} with the id {names} exists, or you may not see it.")


def _read_links(
    spec: Spec, relation: Relation, value: object, given: Given, record: Record | None, viewer: Viewer
) -> None:
    target = specs()[relation.target]
    if value is None:
        value = []
    plural = target.resource.plural.replace("_", " ")
    if not isinstance(value, list):
        raise Bad(f"Expected a list of ids of {plural}.")
    current = [] if record is None else list(links_held(record, relation, viewer.memory))
    # Existing links may be sent back, since other records may have added themselves.
    limits.check_number(len(value), max(limits.MAX_IDS, len(current)), f"ids of {plural}")
    wanted, wrong = _keys(relation, value)
    seen = viewer.seen(target, {*wanted, *current})
    if target.tree.is_people:
        seen |= set(current)  # The record shows their ids to everyone who reads it.
    try:
        _refuse_unseen(target, wanted, seen)
    except Bad as error:
        wrong += error.messages
    if wrong:
        raise Bad(*wrong)
    shown = [one for one in current if one in seen]
    # Compared with what the writer sees: hidden links must not affect anything, not even whether there is a change.
    if record is not None and (wanted == shown if relation.order else set(wanted) == set(shown)):
        return
    if not relation.owned:
        _refuse_foreign(relation, set(wanted) ^ set(shown), viewer)
    if not wanted and relation.name in spec.resource.required:
        raise Bad("This list may not be empty.")
    after = wanted + [one for one in current if one not in seen]
    given.links[relation.name] = after
    given.changed.add(relation.name)


def _refuse_foreign(relation: Relation, ids: set[object], viewer: Viewer) -> None:
    """The link is stored on the other record, so changing it requires the right to change that record."""
    target = specs()[relation.target]
    if ids - viewer.editable(target, ids):
        raise Bad(f"You may not change every {target.singular_name} in this list.")


def _read_file(spec: Spec, name: str, upload: Any, given: Given) -> None:
    given.names.add(name)
    if not _is_upload(spec, name):
        raise Bad("This field takes no file.")
    given.values[name] = check_upload(spec.columns[name].field.kind, upload)
    given.changed.add(name)


def _read_no_file(name: str, value: object, given: Given, record: Record | None) -> None:
    """In JSON an upload can only be removed (null); sending back its URL changes nothing."""
    if value in (None, "") and record is not None and getattr(record, name):
        given.values[name] = ""
        given.changed.add(name)
    elif value not in (None, "") and record is None:
        raise Bad("Send a file as multipart/form-data.")


def _read_stored(spec: Spec, name: str, value: Any, given: Given, record: Record | None) -> None:
    """What only history gives: the name of a file that is stored already, and entries of logs."""
    found = read_stored(spec.columns[name], value) if _is_upload(spec, name) else value
    _note_value(name, found, given, record)


def _reset(spec: Spec, name: str, given: Given, record: Record | None, viewer: Viewer) -> None:
    """A key missing from a replacement is reset to its default; people, uploads and others' links stay."""
    if name in _KEPT_ON_REPLACE or name in spec.computed or name in spec.resource.create_only:
        if name in spec.resource.create_only:
            given.names.add(name)
        return
    if name == "tags":
        _read_key(spec, name, [], given, record, viewer)
    elif name in spec.relations:
        relation = spec.relations[name]
        optional = relation.owned and name not in spec.resource.required
        if optional and (relation.many or relation.nullable):
            _read_key(spec, name, [] if relation.many else None, given, record, viewer)
    elif not _is_upload(spec, name):
        field = spec.columns[name].field
        if field.null or field.has_default() or field.blank:
            empty = None if field.null else ""
            _note_value(name, field.get_default() if field.has_default() else empty, given, record)


def _refuse_create_only(spec: Spec, given: Given) -> None:
    for name in spec.resource.create_only:
        given.values.pop(name, None)
        if name in given.changed:
            given.error(name, "This field cannot be changed after creation.")


__all__ = ["Given", "ids_in", "read_payload"]
