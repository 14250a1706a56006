"""What is recorded about records whose own links change because of something else.

A link belongs to the record that declares it, and is part of its state. It also changes when it is set from the other
side, when the other record is deleted or restored, and when a link is itself a record that somebody writes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from django.apps import apps

from ..model.fields import TagsField
from ..sql.collecting import Row
from ..sql.setwise import among
from .recording import About, Line, order_of

Pair = tuple[object, object]  # ids of the record that declares the link, and of the other one
Values = Row | Mapping[str, object]
Lists = Mapping[str, list[str]]  # id of a record -> ids that it links to, in order


@cache
def links_of_tables() -> dict[Any, Any]:
    """Model of a link table -> the link of a record that it stores."""
    declared = [model for model in apps.get_models() if hasattr(model, "resource")]
    return {link.remote_field.through: link for model in declared for link in model._meta.many_to_many}


def lists_of(link: Any, ids: Iterable[object]) -> Lists:
    """What some records link to, in order; one query."""
    found: dict[str, list[str]] = {str(one): [] for one in ids}
    for owner, one in pairs_of(link, found):
        found[str(owner)].append(str(one))
    return found


def pairs_of(link: Any, ids: Collection[object]) -> list[Pair]:
    """Records and what they link to, in the order of the links; one query."""
    if not ids:
        return []
    near, far = f"{link.m2m_field_name()}_id", f"{link.m2m_reverse_field_name()}_id"
    rows = link.remote_field.through._default_manager.filter(**{f"{near}__in": among(link.model, ids)})
    return list(rows.order_by(near, *([order_of(link)] if order_of(link) else []), far).values_list(near, far))


def lines_of_owners(link: Any, *, gone: Iterable[Pair] = (), added: Iterable[Pair] = (), was: Lists) -> Iterator[Line]:
    """A line for each record whose links were removed or added; of ordered links, ``was`` tells the lists before.

    Lists that ``was`` does not tell had none of the added ones; nothing was removed from them.
    """
    label, out, new = link.model._meta.label, _grouped(gone), _grouped(added)
    about = dict.fromkeys([*out, *new])
    if not order_of(link):
        for owner in about:
            yield Line("change", (label, owner), {link.name: out[owner]}, {link.name: new[owner]}, (link.name,))
        return
    for owner, now in lists_of(link, about).items():
        before = was[owner] if owner in was else [one for one in now if one not in set(new[owner])]
        yield Line("change", (label, owner), {link.name: before}, {link.name: now})


def _grouped(pairs: Iterable[Pair]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for owner, one in pairs:
        found[str(owner)].append(str(one))
    return found


def link_lines(rows: Iterable[tuple[object, Values]], but: Container[About], *, gone: bool) -> Iterator[Line]:
    """What to record about records that lose or regain links, from rows of link tables (model, values).

    The rows exist: they will be deleted (``gone``), or have just been restored. ``but`` are records that are deleted
    or restored themselves.
    """
    found: dict[Any, list[Pair]] = defaultdict(list)
    for table, values in rows:
        link = links_of_tables().get(table)
        if link is None or isinstance(link, TagsField):  # Nobody deletes a tag.
            continue
        owner = values[f"{link.m2m_field_name()}_id"]
        if (link.model._meta.label, owner) not in but:
            found[link].append((owner, values[f"{link.m2m_reverse_field_name()}_id"]))
    for link, pairs in found.items():
        yield from _lost(link, pairs) if gone else lines_of_owners(link, added=pairs, was={})


def _lost(link: Any, pairs: list[Pair]) -> Iterator[Line]:
    """As :func:`lines_of_owners`, of links that are still there."""
    if not order_of(link):
        yield from lines_of_owners(link, gone=pairs, was={})
        return
    out = _grouped(pairs)
    for owner, now in lists_of(link, out).items():
        left = [one for one in now if one not in set(out[owner])]
        yield Line("change", (link.model._meta.label, owner), {link.name: now}, {link.name: left})


__all__ = ["Lists", "Pair", "lines_of_owners", "link_lines", "links_of_tables", "lists_of", "pairs_of"]
