"""Which stored details follow which schema version, and which no longer validate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from ..access.actor import Actor
from ..access.viewer import Viewer
from ..history import recording
from ..model.fields import DetailsField, StructureField, TypeField
from ..model.registry import Spec, specs
from ..types.conversions import converted
from ..types.schemas import current, schemas
from .details import VERSION_OF

CHUNK = 2000
_COMMAND = Viewer(Actor(via="command"), "")


@dataclass
class Line:
    """Rows of one type and version: how many there are, are valid in it, and are valid in the newest one."""

    model: str
    group: str
    type: str
    version: str
    rows: int = 0
    wrong: int = 0
    convertible: int = 0
    examples: list[str] = field(default_factory=list)

    @property
    def newest(self) -> str:
        """The newest version of the type."""
        schema = current(self.group, self.type)
        return schema.version if schema else "no such type"


@dataclass(frozen=True)
class Stored:
    """One stored value of details."""

    spec: Spec
    record_id: Any
    column: str
    group: str
    type: str
    version: str
    value: Any


def report() -> list[Line]:
    """One entry for every model, type and version in use, in that order."""
    lines: dict[tuple[str, str, str, str], Line] = {}
    for one in stored():
        key = (one.spec.label, one.group, one.type, one.version)
        line = lines.setdefault(key, Line(*key))
        line.rows += 1
        outcome = converted(one.group, one.type, one.version, one.value)
        if outcome.errors:
            line.wrong += 1
            if len(line.examples) < 3:
                line.examples.append(f"{one.record_id}: {outcome.errors[0]}")
        elif one.version != line.newest:
            line.convertible += 1
    return [lines[key] for key in sorted(lines)]


def convert(*, write: bool) -> Counter[str]:
    """Convert details to the newest version wherever possible; saved only with ``write``."""
    done: Counter[str] = Counter()
    for one in stored():
        newest = current(one.group, one.type)
        if newest is None or not one.column or one.version == newest.version:
            continue
        outcome = converted(one.group, one.type, one.version, one.value)
        done["left" if outcome.errors else "converted"] += 1
        if write and not outcome.errors:
            _save(one, {one.column: outcome.value, VERSION_OF[one.column]: outcome.version})
    return done


def _save(one: Stored, after: dict[str, object]) -> None:
    before = {one.column: one.value, VERSION_OF[one.column]: one.version}
    with transaction.atomic():
        if one.spec.model._default_manager.filter(pk=one.record_id).update(**after):
            about = (one.spec.label, one.record_id)
            recording.note_all([recording.Line("convert", about, before, after)], viewer=_COMMAND)


def stored() -> Iterator[Stored]:
    """All stored details, including those of log entries, except empty ones."""
    for spec in specs().values():
        fields = {field.name: field for field in spec.model._meta.concrete_fields}
        for column in fields.values():
            selector = fields.get(getattr(column, "selector", ""))
            if (
                isinstance(column, DetailsField)
                and isinstance(selector, TypeField)
                and selector.schema_group in schemas()
                and VERSION_OF[column.name] in fields  # catalogues always follow the newest
            ):
                yield from _columns(spec, column.name, selector)
        if isinstance(fields.get("entries"), StructureField):
            yield from _entries(spec)


def _columns(spec: Spec, column: str, selector: TypeField) -> Iterator[Stored]:
    names = ("pk", column, selector.name, VERSION_OF[column])
    rows = spec.model._default_manager.order_by("pk").values_list(*names)
    for record_id, value, name, version in rows.iterator(chunk_size=CHUNK):
        if value:
            yield Stored(spec, record_id, column, selector.schema_group, name, version, value)


def _entries(spec: Spec) -> Iterator[Stored]:
    group = spec.model.__name__
    rows = spec.model._default_manager.order_by("pk").values_list("pk", "type", "entries")
    for record_id, name, entries in rows.iterator(chunk_size=CHUNK):
        schema = current(group, name)
        for entry in entries or ():
            if entry.get("details"):
                # Entries have no version: they follow the newest.
                version = schema.version if schema else ""
                yield Stored(spec, record_id, "", group, name, version, entry["details"])
