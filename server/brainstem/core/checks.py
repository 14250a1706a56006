"""What every record must fulfil before its own rules are asked: required keys and unique values."""

from __future__ import annotations

from typing import Any

from django.db import models

from . import rules
from .errors import Invalid
from .links import Given
from .registry import Spec
from .rules import Draft


def check_required(spec: Spec, given: Given) -> None:
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


def check_draft(spec: Spec, draft: Draft) -> None:
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
            draft.error(column.name, f"A {spec.singular_name} with this {name} exists on this server already.")
    for constraint in spec.model._meta.constraints:
        names = getattr(constraint, "fields", ())
        if not isinstance(constraint, models.UniqueConstraint) or not names or not draft.changed(*names):
            continue
        values = {name: getattr(record, _attname(record, name)) for name in names}
        if None not in values.values() and others.filter(constraint.condition or models.Q(), **values).exists():
            draft.error(names[-1], f"A {spec.singular_name} with this {' and '.join(names)} exists already.")


def _attname(record: Any, name: str) -> str:
    return str(record._meta.get_field(name).attname)
