"""Undoing deletions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from ..access import audience, roles
from ..access.actor import Actor
from ..access.viewer import Viewer
from ..errors import Conflict, Missing
from ..model.fields import SpanField
from ..model.ids import RecordId
from ..model.registry import Spec, lists_projects, project_spec, spec_of, specs
from ..models import Deletion, GroupGrant, UserGrant
from ..text.times import span_of
from .events import one_event
from .recording import About, Line, link_lines, note_all, snapshot

def undelete(spec: Spec, record_id: RecordId, *, actor: Actor) -> int:
    """Restore the record last deleted under this id, with everything deleted along with it.

    Returns
    -------
    int
        Number of restored rows.

    Raises
    ------
    Missing
        If nothing of that model and id was deleted.
    Conflict
        If a name has been taken since, or something that the rows refer to is gone.
    """
    deletion = (
        Deletion.objects.filter(model=spec.label, record_id=str(record_id), undone_at=None).order_by("-id").first()
    )
    if deletion is None:
        raise Missing(f"There is no deleted {spec.singular_name} {record_id}.")
    try:
        with transaction.atomic():
            return _put_back(deletion, actor)
    except IntegrityError as error:
        raise Conflict(f"Cannot restore {spec.singular_name} {record_id}: {_reason(error)}") from error


def _put_back(deletion: Deletion, actor: Actor) -> int:
    restored = []
    for row in deletion.rows:
        model = apps.get_model(row["model"])
        record = model(**_values_of(model, row["values"]))
        _refuse_taken(record)
        record.save_base(raw=True, force_insert=True)
        restored.append(record)
    attached = list(_attached(deletion.detached))
    connection.check_constraints()
    roles.lock_roles()
    roles.flatten({r.object_id for r in restored if isinstance(r, UserGrant | GroupGrant)})
    _refresh_audiences(restored)
    deletion.undone_at = timezone.now()
    deletion.save(update_fields=["undone_at"])
    with one_event():
        back = [record for record in restored if hasattr(type(record), "resource")]
        lines = [Line("undelete", (one._meta.label, one.pk), None, snapshot(one)) for one in back]
        lines += [*attached, *_linked_again(restored, {line.about for line in lines})]
        note_all(lines, viewer=Viewer(actor, ""))
    return len(restored)


def _attached(detached: list[dict[str, Any]]) -> Iterator[Line]:
    """Set references that the deletion cleared, unless they have been set since."""
    for row in detached:
        model, column, value = apps.get_model(row["model"]), row["column"], row["value"]
        if model._base_manager.filter(pk=row["pk"], **{column: None}).update(**{column: value}):
            if hasattr(model, "resource"):
                yield Line("change", (row["model"], row["pk"]), {column: None}, {column: value})


def _linked_again(restored: list[Any], back: set[About]) -> Iterator[Line]:
    """What is recorded about the records that were left, and have their links to the restored ones again."""
    return link_lines(((type(row), vars(row)) for row in restored), back, gone=False)


def _refresh_audiences(restored: list[Any]) -> None:
    """Give restored rows the audience of their parents; rows that were shared with a restored project rejoin it."""
    for record in restored:
        if hasattr(type(record), "resource") and spec_of(record).in_project_tree:
            audience.refresh(spec_of(record), record)
    projects = [record.pk for record in restored if record._meta.label == project_spec().label]
    for spec in specs().values():
        if projects and lists_projects(spec):
            for row in spec.model._default_manager.filter(**{f"{spec.tree.lists}__in": projects}).distinct():
                audience.refresh(spec, row)


def _values_of(model: type[models.Model], values: dict[str, object]) -> dict[str, object]:
    found = {}
    for field in model._meta.concrete_fields:
        if field.attname in values:
            value = values[field.attname]
            found[field.attname] = _span(value) if isinstance(field, SpanField) else field.to_python(value)
    return found


def _span(value: object) -> object:
    return span_of(value) if isinstance(value, str) else value


def _refuse_taken(record: models.Model) -> None:
    """Report which unique value is taken, more clearly than the database would."""
    for field in record._meta.concrete_fields:
        value = field.value_from_object(record)
        if field.unique and not field.primary_key and value not in (None, ""):
            _refuse_if_there(record, {field.attname: value}, f"{field.name} {value!r}")
    for constraint in record._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint) and constraint.fields and constraint.condition is None:
            fields: list[Any] = [record._meta.get_field(name) for name in constraint.fields]
            values = {field.attname: field.value_from_object(record) for field in fields}
            if None not in values.values():
                _refuse_if_there(record, values, f"the place of this {' and '.join(constraint.fields)}")


def _refuse_if_there(record: models.Model, values: dict[str, object], what: str) -> None:
    if type(record)._base_manager.filter(**values).exists():
        raise Conflict(
            f"Cannot restore {record._meta.verbose_name} '{record}': {what} has been taken since."
            " Rename or remove the record that has it, then try again."
        )


def _reason(error: IntegrityError) -> str:
    text = str(error).splitlines()[0]
    return f"something that it belongs to is gone, or a name has been taken since ({text})."
