"""What records are linked to and tagged with before a write: asked of each, or beforehand for all of a batch."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from ..access.memory import Memory
from ..history.linking import pairs_of
from ..model.declare import Record
from ..model.registry import Relation, Spec
from ..sql.setwise import among
from .tags import tags_of

Links = dict[str, list[object]]  # name of a relation -> ids in order


def links_held(record: Record, relation: Relation, memory: Memory) -> list[object]:
    """The ids that a relation of a record leads to; one query, or none if they are remembered."""

    def ask(_: object) -> dict[object, list[object]]:
        manager = getattr(record, relation.name)
        if not relation.order:
            return {record.pk: list(manager.values_list("pk", flat=True))}
        near, far = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
        rows = manager.through._default_manager.filter(**{near: record}).order_by(relation.order, "pk")
        return {record.pk: list(rows.values_list(f"{far}_id", flat=True))}

    return list(memory.answers(_links(record._meta.label, relation.name), [record.pk], ask)[record.pk])


def words_held(record: Any, memory: Memory) -> list[str]:
    """The tags of a record; one query, or none if they are remembered."""

    def ask(_: object) -> dict[object, list[str]]:
        return {record.pk: list(record.tags.values_list("name", flat=True))}

    return list(memory.answers(_words(record._meta.label), [record.pk], ask)[record.pk])


def look_up_links(spec: Spec, ids: Collection[object], memory: Memory) -> dict[object, Links]:
    """Id -> what the own links of a record lead to, with its tags; a query for each link, which are remembered."""
    found: dict[object, Links] = {pk: {} for pk in ids}
    for link in spec.model._meta.many_to_many:
        if link.name == "tags" and spec.has_tags:
            held = _words_of(spec, ids)
            memory.answers(_words(spec.label), ids, lambda _, held=held: held)  # type: ignore[misc]
        else:
            held = {pk: [] for pk in ids}
            for pk, one in pairs_of(link, ids):
                held[pk].append(one)
            memory.answers(_links(spec.label, link.name), ids, lambda _, held=held: held)  # type: ignore[misc]
        for pk in ids:
            found[pk][link.name] = held[pk]
    return found


def _words_of(spec: Spec, ids: Collection[object]) -> dict[object, list[object]]:
    relation = tags_of(spec)
    near, far = relation.field.m2m_field_name(), relation.field.m2m_reverse_field_name()
    rows = relation.field.remote_field.through._default_manager.filter(**{f"{near}__in": among(spec.model, ids)})
    found: dict[object, list[object]] = {pk: [] for pk in ids}
    for pk, word in rows.order_by(f"{far}__name").values_list(f"{near}_id", f"{far}__name"):
        found[pk].append(word)
    return found


def _links(label: str, name: str) -> tuple[str, str, str]:
    return ("links held", label, name)


def _words(label: str) -> tuple[str, str]:
    return ("words held", label)


__all__ = ["Links", "links_held", "look_up_links", "words_held"]
