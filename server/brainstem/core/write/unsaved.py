"""Drafts that are not saved yet, shown to the checks of others as the rows that they will be.

Their tags are not shown, since no check looks at the tags of another record.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Model

from ..model.declare import Record
from ..model.ids import RecordId
from ..model.registry import Spec
from ..sql.overlay import Overlay
from ..sql.setwise import link_rows, through_of
from .batch import Drafted
from .changing import DraftedChanges

Linked = tuple[Record, Sequence[RecordId]]


def show_new(spec: Spec, drafted: Drafted, overlay: Overlay) -> None:
    """Show new records, which have their audiences already, with what they are linked to."""
    new = [*drafted.new.values()]
    overlay.add(spec.model, [_values(draft.record) for draft, _ in new])
    _show_links(spec, ((name, draft.record, ids) for draft, given in new for name, ids in given.links.items()), overlay)


def show_changed(spec: Spec, drafted: DraftedChanges, overlay: Overlay) -> None:
    """Show changed records with the links that they will have."""
    changes = [*drafted.changes.values()]
    records = [one.draft.record for one in changes]
    overlay.add(spec.model, [_values(one) for one in records], instead_of=("id", [one.pk for one in records]))
    links = ((name, one.draft.record, ids) for one in changes for name, ids in one.given.links.items())
    _show_links(spec, links, overlay, replaced=True)


def _show_links(
    spec: Spec, links: Iterable[tuple[str, Record, Sequence[RecordId]]], overlay: Overlay, *, replaced: bool = False
) -> None:
    linked: dict[str, list[Linked]] = {}
    for name, record, ids in links:
        linked.setdefault(name, []).append((record, ids))
    for name, some in linked.items():
        relation = spec.relations[name]
        through = through_of(relation)
        rows = [_values(through(**row)) for record, ids in some for row in link_rows(record, relation, ids)]
        near = relation.field.m2m_field_name()  # such links are the record's own
        gone = (near, [record.pk for record, _ in some]) if replaced else None
        overlay.add(through, rows, instead_of=gone)


def _values(record: Model) -> dict[str, object]:
    return {field.attname: getattr(record, field.attname) for field in record._meta.concrete_fields}


__all__ = ["show_changed", "show_new"]
