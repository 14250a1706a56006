"""Copies of a record: what they start from, how they are named, and the parts that may come along.

Parts are records that belong to the one copied and would be deleted with it: a session's epochs, a setup's equipment.
Logs stay behind, as they tell what became of the first one; so do dates and files of parts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.utils import timezone

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.run import Page, fetch_page
from brainstem.core.query.syntax import Filter, Query
from brainstem.core.review import flow

from ..words import model_name
from .description import ENTRIES

COPIES, WITH_PARTS = "_copies", "_parts"  # controls that are not part of the record
MOST, MOST_PARTS = 50, 1000
NAMES, FOLDER = ("name", "title"), "name_used_in_storage"
# What others see or may do is decided anew for a copy.
LEFT = frozenset({"id", "is_public", "users", "groups", "contributors", "links", ENTRIES})
_NUMBER = re.compile(r"(\d+)(?=\D*\Z)")
_NOTHING: tuple[object, ...] = (None, "", {}, [])


def next_name(name: str) -> str:
    """The name after this one: ``M_07`` is followed by ``M_08``, ``Maze`` by ``Maze 2``."""
    match = _NUMBER.search(name)
    if match is None or not match[1].isascii():
        return f"{name} 2"
    number = str(int(match[1]) + 1).zfill(len(match[1]))
    return f"{name[: match.start()]}{number}{name[match.end() :]}"


def names_after(spec: Spec, key: str, name: str, *, viewer: Viewer, times: int) -> list[str]:
    """The next names that no record has which the person sees; one query."""
    row, following = [], name
    for _ in range(times + MOST):
        following = next_name(following)
        row.append(following)
    query = Query(
        filters=(Filter((key, "in"), False, ",".join(row)),),
        excludes=tuple((one,) for one in spec.keys if one not in ("id", key)),
        limit=len(row),
    )
    if any("," in one for one in row):  # A comma would end a value of the filter.
        return row[:times]
    page = fetch_page(spec, query, viewer=viewer, base=settings.BRAINSTEM_URL)
    taken = {json.loads(record)[key] for record in page.records}
    return [*(one for one in row if one not in taken), *row][:times]


def copied(spec: Spec, values: Mapping[str, object], *, viewer: Viewer) -> dict[str, object]:
    """The values of a copy: the next name, now, and neither files nor what others see of the first one."""
    copy = _own(spec, values)
    if key := _named_by(copy):
        copy = _renamed(copy, key, names_after(spec, key, str(copy[key]), viewer=viewer, times=1)[0])
    if copy.get("date_time"):
        copy["date_time"] = f"{timezone.now():%Y-%m-%dT%H:%M}:00Z"
    return copy


def series(spec: Spec, payload: Mapping[str, object], *, viewer: Viewer, times: int) -> Iterator[dict[str, object]]:
    """The payloads of several copies, which differ in their names."""
    yield dict(payload)
    if times == 1:
        return
    key = _named_by(payload)
    names = names_after(spec, key, str(payload[key]), viewer=viewer, times=times - 1) if key else [""] * (times - 1)
    for name in names:
        yield _renamed(payload, key, name) if key else dict(payload)


def _named_by(values: Mapping[str, object]) -> str:
    """The key of the name; empty if there is none."""
    return next((key for key in NAMES if isinstance(values.get(key), str) and values[key]), "")


def _renamed(values: Mapping[str, object], key: str, name: str) -> dict[str, object]:
    """The same with another name, also where the name was written for the folder of the data."""
    same = {one: name for one in (key, FOLDER) if values.get(one) == values[key]}
    return {**values, **same}


# -- parts ------------------------------------------------------------------------------------------------------------


def kinds_of_parts(spec: Spec) -> list[Spec]:
    """Models of which records belong to those of a model and are copied with them, in an order in which they can be."""
    linked = {getattr(one.field.remote_field, "through", None) for one in spec.relations.values() if one.many}
    found = {
        one.label: one
        for one in specs().values()
        if _belongs(one, spec)
        and one.model not in linked
        and "add" in one.resource.verbs
        and ENTRIES not in one.columns
    }
    needs = {
        label: {relation.target for relation in one.relations.values() if relation.owned and relation.target in found}
        for label, one in found.items()
    }
    return [found[label] for label in TopologicalSorter(needs).static_order()]


def counted_parts(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> str:
    """How many parts a record has, in words: "3 epochs, 1 behavior"; empty if there are none. One query a model."""
    told = []
    for kind in kinds_of_parts(spec):
        count = _page(kind, record_id, viewer, limit=1).count
        if count:
            told.append(f"{count} {model_name(kind) if count == 1 else kind.model._meta.verbose_name_plural}")
    return ", ".join(told)


@dataclass
class Parts:
    """Copies the parts of a record, any number of times."""

    spec: Spec
    source: RecordId
    viewer: Viewer
    made: int = 0
    _read: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)

    def copy_to(self, record: Model) -> None:
        """Give a copy of the source copies of all its parts, and these of theirs.

        Raises
        ------
        Invalid
            Names the part that is refused.
        """
        self._below(self.spec, str(self.source), record, {str(self.source): str(record.pk)})

    def _below(self, spec: Spec, source: str, record: Model, known: dict[str, str]) -> None:
        for kind in kinds_of_parts(spec):
            for values in self._parts(kind, source):
                payload = _mapped(kind, _own(kind, values), known)
                payload[kind.tree.above] = str(record.pk)
                payload.pop("date_time", None)
                made = self._create(kind, payload)
                known[str(values["id"])] = str(made.pk)
                self._below(kind, str(values["id"]), made, known)

    def _create(self, kind: Spec, payload: Mapping[str, object]) -> Model:
        self.made += 1
        if self.made > MOST_PARTS:
            raise Invalid.whole(f"These are more than {MOST_PARTS} parts. Make fewer copies at once.")
        try:
            made: Model = flow.create(kind, payload, viewer=self.viewer)
        except Invalid as error:
            name = str(payload.get("name") or payload.get("type") or "")
            raise Invalid.whole(f"The part {model_name(kind)} {name} cannot be copied. {error}") from error
        return made

    def _parts(self, kind: Spec, source: str) -> list[dict[str, Any]]:
        key = (kind.label, source)
        if key not in self._read:
            page = _page(kind, source, self.viewer, limit=MOST_PARTS)
            self._read[key] = [json.loads(record) for record in page.records]
        return self._read[key]


def _belongs(part: Spec, spec: Spec) -> bool:
    above, is_log = part.tree.above, ENTRIES in part.columns
    is_below = above in part.relations and part.relations[above].target == spec.label
    return is_below and not is_log and "add" in part.resource.verbs


def _page(kind: Spec, source: object, viewer: Viewer, *, limit: int) -> Page:
    query = Query(filters=(Filter((kind.tree.above,), False, str(source)),), limit=limit)
    return fetch_page(kind, query, viewer=viewer, base=settings.BRAINSTEM_URL)


def _own(spec: Spec, values: Mapping[str, object]) -> dict[str, object]:
    """What a copy has of a record: its writable values, without files, and without what other records keep of it."""
    kept = {}
    for key, value in values.items():
        column, relation = spec.columns.get(key), spec.relations.get(key)
        is_file = column is not None and column.wire_type in ("image", "file")
        if key in LEFT or is_file or value in _NOTHING or not spec.writable(key):
            continue
        if relation is None or relation.owned:
            kept[key] = value
    return kept


def _mapped(kind: Spec, payload: dict[str, object], known: Mapping[str, str]) -> dict[str, object]:
    """The payload with references to copied parts leading to their copies."""

    def other(value: object) -> object:
        return known.get(str(value), value)

    for key in payload.keys() & kind.relations.keys():
        value = payload[key]
        payload[key] = [other(one) for one in value] if isinstance(value, list) else other(value)
    return payload


__all__ = ["COPIES", "MOST", "WITH_PARTS", "Parts", "copied", "counted_parts", "next_name", "series"]
