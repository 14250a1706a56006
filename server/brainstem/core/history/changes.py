"""History: what was written, by whom, how, and the previous values; and undoing deletions."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from ..access import audience, roles
from ..access.actor import Actor
from ..access.viewer import Viewer
from ..errors import Conflict, Missing
from ..model.fields import SpanField, TagsField
from ..model.ids import RecordId, uuid7
from ..model.registry import Spec, lists_projects, project_spec, spec_of, specs
from ..models import Change, Deletion, GroupGrant, UserGrant
from ..sql.collecting import Row, columns_of
from ..sql.setwise import JsonText, insert_columns
from ..text.times import span_of

LINES_AT_ONCE = 1000  # Each holds a complete record.


def snapshot(record: models.Model, links: Mapping[str, Iterable[Any]] | None = None) -> dict[str, Any]:
    """The values of a record's columns and own links, as JSON; one query per link.

    ``links`` gives them for a newly added record (ids, and words of its tags), so that no query is needed.
    """
    values = {field.attname: field.value_from_object(record) for field in record._meta.concrete_fields}
    for link in record._meta.many_to_many:
        if links is not None:
            told = sorted(links.get(link.name, ()))
            values[link.name] = told if isinstance(link, TagsField) else [str(pk) for pk in told]
        elif isinstance(link, TagsField):
            values[link.name] = sorted(getattr(record, link.name).values_list("name", flat=True))
        elif record.pk is not None:
            values[link.name] = [str(pk) for pk in getattr(record, link.name).values_list("pk", flat=True)]
    values.pop("password", None)
    found: dict[str, Any] = plain(values)
    return found


def plain(values: Any) -> Any:
    """The values in JSON types."""
    try:
        return orjson.loads(orjson.dumps(values, default=_Encoder().default))
    except TypeError:  # Integers beyond 64 bits, which only the standard library supports.
        return json.loads(json.dumps(values, cls=_Encoder))


def as_json(values: object) -> bytes:
    """The text of what :func:`plain` gives."""
    try:
        return orjson.dumps(values, default=_ENCODER.default)
    except TypeError:
        return json.dumps(values, cls=_Encoder).encode()


class _Encoder(DjangoJSONEncoder):
    def default(self, o: object) -> object:
        if isinstance(o, dt.datetime):  # Django's own encoder drops microseconds.
            return o.isoformat()
        return o.name if isinstance(o, models.fields.files.FieldFile) else super().default(o)


_ENCODER = _Encoder()


def note(
    action: str,
    record: models.Model,
    *,
    viewer: Viewer,
    event: uuid.UUID,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> None:
    """Record one change, in the transaction of the write itself."""
    about = (record._meta.label, record.pk)
    line_of(action, about, viewer=viewer, event=event, before=before, after=after).save(force_insert=True)


def line_of(
    action: str,
    about: tuple[str, object],
    *,
    viewer: Viewer,
    event: uuid.UUID,
    before: dict[str, object] | None,
    after: dict[str, object] | None,
) -> Change:
    """A change of a record (model label and id), not saved yet."""
    return Change(
        event=event,
        actor_id=viewer.actor.user_id,
        actor_email=viewer.actor.email,
        via=viewer.actor.via,
        token_id=viewer.actor.token_id,
        request_id=viewer.actor.request_id,
        portal=viewer.portal,
        action=action,
        model=about[0],
        record_id=str(about[1]),
        before=before,
        after=after,
    )


def note_all(lines: Sequence[Change]) -> None:
    """Record changes, in the transaction of the write itself; one statement per thousand."""
    now = timezone.now()
    _insert({one: [now if one.name == "at" else getattr(line, one.attname) for line in lines] for one in _COLUMNS})


def note_deleted(before: Mapping[tuple[str, object], JsonText], *, viewer: Viewer, event: uuid.UUID) -> None:
    """Record the deletion of records with their previous values; one statement per thousand."""
    shared = line_of("delete", ("", ""), viewer=viewer, event=event, before=None, after=None)
    shared.at, number = timezone.now(), len(before)
    own: dict[str, list[Any]] = {
        "id": [uuid7() for _ in range(number)],
        "model": [label for label, _ in before],
        "record_id": [str(pk) for _, pk in before],
        "before": list(before.values()),
    }
    _insert({one: own.get(one.attname) or [getattr(shared, one.attname)] * number for one in _COLUMNS})


def _insert(columns: Mapping[object, list[object]]) -> None:
    number = max(map(len, columns.values()))
    for start in range(0, number, LINES_AT_ONCE):
        some = [(one, values[start : start + LINES_AT_ONCE]) for one, values in columns.items()]
        insert_columns(Change._meta.db_table, some)


_COLUMNS: tuple[Any, ...] = Change._meta.concrete_fields


# -- deletions ---------------------------------------------------------------------------------------------------------


def values_text(row: Row) -> bytes:
    """The values of a row's columns, as JSON."""
    return as_json(dict(zip(columns_of(row.model), row.values, strict=True)))


def keep_deletion(deletion: Deletion) -> None:
    """Keep what a deletion took away, given as :class:`.JsonText`."""
    fields: Any = Deletion._meta.concrete_fields
    insert_columns(Deletion._meta.db_table, [(one, [getattr(deletion, one.attname)]) for one in fields])


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
        Deletion.objects.filter(model=spec.label, record_id=str(record_id), undone_at=None).order_by("-event").first()
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
    for row in deletion.detached:
        model = apps.get_model(row["model"])
        model._base_manager.filter(pk=row["pk"], **{row["column"]: None}).update(**{row["column"]: row["value"]})
    connection.check_constraints()
    roles.lock_roles()
    roles.flatten({r.object_id for r in restored if isinstance(r, UserGrant | GroupGrant)})
    _refresh_audiences(restored)
    deletion.undone_at = timezone.now()
    deletion.save(update_fields=["undone_at"])
    for record in restored:
        if hasattr(type(record), "resource"):
            note(
                "undelete", record, viewer=Viewer(actor, ""), event=deletion.event, before=None, after=snapshot(record)
            )
    return len(restored)


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
