"""History of links that are records of their own, such as a data storage of a session with its position.

They are written from both sides: as records, and through the list of the record that they belong to. Whichever it was,
the history of both tells of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..history.recording import About, Line, links_of_tables, order_of, snapshot
from ..model.registry import Relation
from ..sql.setwise import among, through_of

Lists = Mapping[About, list[str]]


def lists_with(records: Iterable[Any], *, old: Iterable[Any] = ()) -> Lists:
    """The lists of the records that some links, which are records, belong to: one query, none for other records.

    ``old`` are ids of those that they belonged to before.
    """
    found = list(records)
    link = links_of_tables().get(type(found[0])) if found else None
    if link is None:
        return {}
    near, far = f"{link.m2m_field_name()}_id", f"{link.m2m_reverse_field_name()}_id"
    holders = {getattr(one, near) for one in found} | set(old)
    rows = type(found[0])._default_manager.filter(**{f"{near}__in": among(link.model, holders)})
    lists: dict[Any, list[str]] = defaultdict(list)
    for holder, one in rows.order_by(order_of(link) or far, "pk").values_list(near, far):
        lists[holder].append(str(one))
    return {(link.model._meta.label, holder): lists[holder] for holder in holders}


def holder_before(record: Any, old: Mapping[str, Any]) -> list[Any]:
    """The id of the record that a link, which is a record, belonged to, from its previous values; of others nothing."""
    link = links_of_tables().get(type(record))
    return [] if link is None else [old[f"{link.m2m_field_name()}_id"]]


def lines_of_lists(before: Lists, records: Iterable[Any]) -> Iterator[Line]:
    """What is recorded about the lists of :func:`lists_with`, after the records have been saved."""
    found = list(records)
    if before and found:
        name = links_of_tables()[type(found[0])].name
        after = lists_with(found, old=[holder for _, holder in before])
        for about, was in before.items():
            yield Line("change", about, {name: was}, {name: after[about]})


def link_states(relation: Relation, ids: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """Id -> state of the links of some records, if those are records themselves; one query."""
    through = through_of(relation)
    if not hasattr(through, "resource"):
        return {}
    name = relation.field.m2m_field_name() if relation.owned else relation.field.m2m_reverse_field_name()
    rows = through._default_manager.filter(**{f"{name}_id__in": list(ids)}).order_by("pk")
    return {row.pk: snapshot(row) for row in rows}


def lines_of_links(relation: Relation, before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterator[Line]:
    """What is recorded about links, given their states."""
    label = through_of(relation)._meta.label
    for pk in before.keys() | after.keys():
        action = "change" if pk in before and pk in after else "create" if pk in after else "delete"
        yield Line(action, (label, pk), before.get(pk), after.get(pk))


__all__ = ["holder_before", "lines_of_links", "lines_of_lists", "link_states", "lists_with"]
