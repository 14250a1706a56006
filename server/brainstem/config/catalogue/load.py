"""Loads the tables as records, through the same code as any other write; later edits by people are left alone.

History records what was loaded: a row loaded once is never added again, so that renamed or deleted records stay that
way, and a value loaded once is never set again, so that cleared fields stay empty.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from brainstem.core.access.actor import Actor
from brainstem.core.access.viewer import Viewer
from brainstem.core.history.recording import Line, note_all, snapshot
from brainstem.core.model.declare import Record
from brainstem.core.model.registry import Spec, specs
from brainstem.core.model.values import clean
from brainstem.core.models import Change
from brainstem.core.write import saving

from .tables import TABLES, Row, Table, unspecified_strains

VIA = "catalogue"
_VIEWER = Viewer(Actor(is_admin=True, via=VIA), "super")
_EMPTY: tuple[object, ...] = (None, "", [], {})
_LONGEST_NAME = 100
# URLs of entries in other databases.
_PAGES = {
    "NCBI": "https://www.ncbi.nlm.nih.gov/Taxonomy/Browser/wwwtax.cgi?id={}",
    "JAX": "https://www.jax.org/strain/{}",
}

Key = tuple[str, ...]


@dataclass
class Report:
    """What was added, filled in and skipped, by the plural name of the model."""

    added: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    names: dict[str, list[str]] = field(default_factory=dict)


def is_empty() -> bool:
    """Whether there are no species yet, without which no subject can be added."""
    return not specs()["taxonomies.Species"].model._default_manager.exists()


def load(*, dry_run: bool = False) -> Report:
    """Add what is missing and fill in what is empty.

    Parameters
    ----------
    dry_run : bool
        Roll everything back at the end and only return the report.
    """
    report = Report()
    with transaction.atomic():
        for table in TABLES:
            _load_table(table, table.rows(), report)
            if table.label == "taxonomies.Strain":
                _load_table(table, unspecified_strains(_species()), report)
        transaction.set_rollback(dry_run)
    return report


def _species() -> list[str]:
    """Names of all species, whoever added them, that are short enough for the name of an unspecified strain."""
    records = specs()["taxonomies.Species"].model._default_manager.order_by("created_at", "pk")
    longest = _LONGEST_NAME - len(", unspecified strain")
    return [name for name in records.values_list("name", flat=True) if len(name) <= longest]


@dataclass
class _Kept:
    """The existing records of a model, and which of them were loaded earlier."""

    here: dict[Key, object]
    loaded: dict[Key, str]
    given: dict[str, set[str]]

    @classmethod
    def of(cls, label: str, keys: tuple[str, ...]) -> _Kept:
        here = {
            tuple(str(getattr(one, key)) for key in keys): one for one in specs()[label].model._default_manager.all()
        }
        kept = cls(here, {}, {})
        changes = Change.objects.filter(model=label, event__via=VIA).order_by("pk")
        for action, record_id, state in changes.values_list("action", "record_id", "after"):
            after: dict[str, Any] = state or {}
            if action == "create":
                kept.loaded[tuple(str(after[key]) for key in keys)] = str(record_id)
            named = {name for name, value in after.items() if value not in _EMPTY}
            kept.given.setdefault(str(record_id), set()).update(named)
        return kept


def _load_table(table: Table, rows: Iterable[Row], report: Report) -> None:
    spec = specs()[table.label]
    kept = _Kept.of(table.label, table.keys)
    plural = spec.resource.plural
    wanted = []
    for row in rows:
        key = tuple(row[name] for name in table.keys)
        if key in kept.here:
            report.filled[plural] += _fill(spec, kept, kept.here[key], row)
        elif key in kept.loaded:
            report.left_out[plural] += 1
        else:
            wanted.append(row)
    added = _add_at_once(spec, table, wanted, kept) if table.many else _add_each(spec, wanted)
    report.added[plural] += len(added)
    report.left_out[plural] += len(wanted) - len(added)
    report.names.setdefault(plural, []).extend(added)


# -- one by one -------------------------------------------------------------------------------------------------------


def _add_each(spec: Spec, rows: Iterable[Row]) -> list[str]:
    added = []
    for row in rows:
        payload = _payload(spec, row)
        if payload is not None:
            saving.create(spec, payload, viewer=_VIEWER)
            added.append(row["name"])
    return added


def _fill(spec: Spec, kept: _Kept, record: Any, row: Row) -> bool:
    """Set columns that are empty and were never set by a load."""
    given = kept.given.get(str(record.pk), set())
    missing = {
        name: cell
        for name, cell in row.items()
        if (column := _column(spec, name)) is not None and column not in given and getattr(record, column) in _EMPTY
    }
    if not missing or not _alike(spec, record, row):
        return False
    payload = _payload(spec, missing)
    if not payload:
        return False
    saving.change(spec, record.pk, payload, viewer=_VIEWER)
    return True


def _alike(spec: Spec, record: Record, row: Row) -> bool:
    """Whether a record of the same name is the same thing: same species of a strain, same supplier of a device."""
    for name, cell in row.items():
        column, relation = _column(spec, name), spec.relations.get(name)
        if relation is not None and column is not None:
            held = getattr(record, column)
            if held is not None and [str(held)] != _ids(relation.target, [cell]):
                return False
    return True


def _column(spec: Spec, name: str) -> str | None:
    """The attribute that a column of a table sets; None for many-to-many links, which are only set on new records."""
    if name.startswith("id:"):
        return "external_identifiers"
    relation = spec.relations.get(name)
    if relation is not None:
        return None if relation.many else str(relation.field.attname)
    return name


def _payload(spec: Spec, row: Row) -> dict[str, Any] | None:
    """The payload that adds a row; None if something it refers to is gone."""
    payload: dict[str, Any] = {}
    for name, cell in row.items():
        relation = spec.relations.get(name)
        if name.startswith("id:"):
            payload.setdefault("external_identifiers", []).append(_identifier(name.removeprefix("id:"), cell))
        elif relation is None:
            payload[name] = cell
        else:
            ids = _ids(relation.target, cell.split("; ") if relation.many else [cell])
            if not ids:
                return None
            payload[name] = ids if relation.many else ids[0]
    return payload


def _identifier(source: str, identifier: str) -> dict[str, str]:
    return {"source": source, "identifier": identifier, "url": _PAGES[source].format(identifier)}


def _ids(label: str, names: list[str]) -> list[object]:
    """Ids of records by their current name, or the name under which they were loaded."""
    records = specs()[label].model._default_manager
    found = dict(records.filter(name__in=names).values_list("name", "pk"))
    for name in names:
        if name not in found:
            loaded = Change.objects.filter(model=label, event__via=VIA, action="create", after__name=name).first()
            if loaded is not None and records.filter(pk=loaded.record_id).exists():
                found[name] = loaded.record_id
    return [str(found[name]) for name in names if name in found]


# -- thousands at once ------------------------------------------------------------------------------------------------


def _add_at_once(spec: Spec, table: Table, rows: list[Row], kept: _Kept) -> list[str]:
    """Add rows without references, and their history, in a few statements; conflicting rows are skipped."""
    taken = _taken(spec, kept.here.values())
    records = []
    for row in rows:
        record = _record(spec, row)
        if not taken & _unique(spec, record):
            records.append(record)
    spec.model._default_manager.bulk_create(records, batch_size=500)
    note_all((Line("create", (spec.label, one.pk), None, snapshot(one)) for one in records), viewer=_VIEWER)
    return [" ".join(str(getattr(record, key)) for key in table.keys) for record in records]


def _record(spec: Spec, row: Mapping[str, str]) -> Any:
    return spec.model(**{name: clean(spec.columns[name], cell) for name, cell in row.items()})


def _taken(spec: Spec, records: Iterable[Any]) -> set[tuple[str, ...]]:
    return {one for record in records for one in _unique(spec, record)}


def _unique(spec: Spec, record: Record) -> set[tuple[str, ...]]:
    """The values of a record that must be unique, one entry per constraint."""
    found = set()
    for constraint in spec.model._meta.constraints:
        values = [getattr(record, name) for name in getattr(constraint, "fields", ())]
        if None not in values:
            found.add((constraint.name, *map(str, values)))
    return found
