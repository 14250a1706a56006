"""Complete states of many rows as JSON, as :func:`brainstem.core.history.recording.snapshot` gives them for one record.

Made from rows of tables, so that the number of statements does not depend on the number of records.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..history.recording import as_json, order_of, values_text
from ..model.registry import spec_of
from ..models import Tag
from ..sharing import grants
from ..sql.collecting import Key, Row, columns_of
from ..sql.setwise import JsonText, among
from .deletion_plan import declared

Links = Mapping[tuple[str, Any, str], list[Any]]


def states_of(rows: Sequence[Row], texts: Mapping[Key, bytes] | None = None) -> Iterator[tuple[Key, JsonText]]:
    """The state of each record among some rows, which include the rows of its links.

    ``texts`` are the values of the rows as JSON, where they are known already.
    """
    links = _links_among(rows)
    for row in rows:
        if declared(row):
            text = values_text(row) if texts is None else texts[row.key]
            yield row.key, JsonText(_state(row, text, links), "utf-8")


def _state(row: Row, values: bytes, links: Links) -> bytes:
    told = {link.name: links.get((*row.key, link.name), []) for link in row.model._meta.many_to_many}
    if spec_of(row.model).tree.holds_roles:
        told |= grants.state(spec_of(row.model), row)
    if "password" in columns_of(row.model):
        state = json.loads(values) | told
        del state["password"]
        return as_json(state)
    return b"%b,%b" % (values[:-1], as_json(told)[1:]) if told else values


def _links_among(rows: Sequence[Row]) -> Links:
    """What the records among some rows link to, in order, from the rows of link tables; tags as words."""
    tables: dict[Any, Any] = {}
    for model in {row.model for row in rows if declared(row)}:
        for link in model._meta.many_to_many:
            tables[link.remote_field.through] = link
    found: dict[tuple[str, Any, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.model in tables:
            own = tables[row.model]
            near, far = row[f"{own.m2m_field_name()}_id"], row[f"{own.m2m_reverse_field_name()}_id"]
            place = row[order_of(own)] if order_of(own) else 0
            found[own.model._meta.label, near, own.name].append((place, far))
    tags = {pk for (_, _, name), links in found.items() if name == "tags" for _, pk in links}
    words = dict(Tag.objects.filter(pk__in=among(Tag, tags)).values_list("pk", "name")) if tags else {}
    return {
        key: sorted(words[pk] for _, pk in links) if key[2] == "tags" else [str(pk) for _, pk in sorted(links)]
        for key, links in found.items()
    }


__all__ = ["states_of"]
