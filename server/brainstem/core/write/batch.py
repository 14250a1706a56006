"""Many new records of one model at once: like :mod:`.saving`, but with one statement for all rather than for each.

Every row is read and checked by the same functions as a single record, in order, as if each were saved before the next
is checked. Their database queries are made beforehand for all rows, and the viewer remembers the results
(:mod:`brainstem.core.access.memory`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, transaction
from django.utils import timezone

from ..access.audience import audience_of, key_of
from ..access.viewer import Viewer
from ..errors import BrainstemError, Invalid
from ..history.linking import links_of_tables
from ..history.recording import Line, as_json, note_all, note_created, snapshot
from ..model.declare import Record
from ..model.registry import Spec, specs
from ..models import Audience
from ..remarks import about_row
from ..sql.setwise import Insertion, JsonText, among_values, insert_links, insertion, link_rows, through_of
from ..steps import staged
from . import rules
from .checks import check_drafts
from .links import add_links, owners_noted
from .payload import Given, ids_in
from .proposals import approvals_of
from .rights import look_up_parents, may_add
from .rules import Draft
from .saving import give_audience, guarded, read_new, refuse_read_only
from .tags import tag_ids, tags_of

AT_ONCE = 1000  # rows in one statement
Payload = Mapping[str, object]
New = tuple[Draft, Given]
Tell = Callable[[int], object]


def goes_together(spec: Spec) -> bool:
    """Whether adding rows of a model involves only the rows: no roles, no proposals, no rules between them."""
    return spec.tree.place != "" and approvals_of(spec) is None and not rules.asks_of_siblings(spec.model)


@dataclass(frozen=True)
class Drafted:
    """New records that were read and checked, by their numbers, and what is wrong with the others."""

    new: Mapping[int, New]
    wrong: Mapping[int, BrainstemError]
    viewer: Viewer


def create_together(
    spec: Spec, payloads: Mapping[int, Payload], *, viewer: Viewer
) -> dict[int, object | BrainstemError]:
    """Add records within the caller's transaction; returns for each, by its number, the record or what is wrong.

    The number of statements does not depend on the number of payloads.
    """
    return save_together(spec, draft_together(spec, payloads, viewer=viewer))


@staged("checks")
def draft_together(
    spec: Spec,
    payloads: Mapping[int, Payload],
    *,
    viewer: Viewer,
    tell: Tell = lambda rows: None,  # noqa: ARG005
) -> Drafted:
    """Read and check new records, without writing anything.

    To be saved in the same transaction, unless the caller makes sure that nothing has been written in between.
    ``tell`` is called with the number of payloads that were read since.
    """
    wrong: dict[int, BrainstemError] = {}
    viewer = viewer.remembering()
    _look_up(spec, list(payloads.values()), viewer)
    read: dict[int, New] = {}
    for index, payload in payloads.items():
        try:
            refuse_read_only(viewer.actor)
            may_add(spec, viewer)
            with about_row(("create", index)):
                read[index] = read_new(spec, payload, viewer=viewer)
        except BrainstemError as error:
            wrong[index] = error
        tell(1)
    check_drafts(spec, [draft for draft, _ in read.values()])
    wrong |= {index: Invalid(dict(draft.errors)) for index, (draft, _) in read.items() if draft.errors}
    return Drafted({index: new for index, new in read.items() if index not in wrong}, wrong, viewer)


def save_together(spec: Spec, drafted: Drafted, ready: Ready | None = None) -> dict[int, object | BrainstemError]:
    """Save drafts within the caller's transaction; returns for each the record or what is wrong.

    ``ready`` is what was made of the same drafts beforehand.
    """
    return {**drafted.wrong, **_saved(spec, drafted.new, drafted.viewer, ready)}


def _look_up(spec: Spec, payloads: Sequence[Payload], viewer: Viewer) -> None:
    """Query at once whether everything that the payloads refer to is visible, and writable where required."""
    seen = {}
    for name, relation in spec.relations.items():
        if name in spec.keys and spec.writable(name):
            target = specs()[relation.target]
            ids = {one for payload in payloads for one in ids_in(relation, payload.get(name))}
            seen[name] = viewer.seen(target, ids)
            if not relation.owned:
                viewer.editable(target, seen[name])
    look_up_parents(spec, seen, viewer)


# -- saving -----------------------------------------------------------------------------------------------------------


@staged("save")
def _saved(spec: Spec, new: Mapping[int, New], viewer: Viewer, ready: Ready | None) -> dict[int, object]:
    """Save drafts with their links and history; returns the records, or what the database refused."""
    records = {index: draft.record for index, (draft, _) in new.items()}
    texts: dict[int, JsonText] = {}
    if ready is not None and (told := ready.insert(spec, records)) is not None:
        refused, texts = dict[int, BrainstemError](), told
    else:
        for draft, given in new.values():
            give_audience(spec, draft.record, given, memory=draft.viewer.memory)
        with owners_noted(records.values(), viewer=viewer):
            refused = _insert(spec, records)
    added = [one for index, one in new.items() if index not in refused]
    _add_links(spec, added, viewer)
    _insert_tags(spec, added)
    for draft, _ in added:
        rules.run_follows(draft)
    if texts:
        note_created({(spec.label, records[index].pk): text for index, text in texts.items()}, viewer=viewer)
    else:
        note_all((_line(spec, draft, given) for draft, given in added), viewer=viewer)
    return {index: draft.record for index, (draft, _) in new.items()} | refused


@dataclass(frozen=True)
class Ready:
    """The statements that insert drafts, and what history will have of each, as of a moment.

    Attributes
    ----------
    texts : dict
        Number of a draft -> its values, as JSON.
    """

    moment: dt.datetime
    insertions: Sequence[Insertion]
    texts: Mapping[int, JsonText]

    def insert(self, spec: Spec, records: Mapping[int, Record]) -> dict[int, JsonText] | None:
        """Insert all, as of now; their values for history, or None if the database refused one: then none is there."""
        now = timezone.now()
        times = [field for field in spec.model._meta.concrete_fields if _is_time_of_saving(field)]
        try:
            with transaction.atomic():
                for one in self.insertions:
                    one.run(dict.fromkeys(times, now))
        except IntegrityError:
            return None
        for record in records.values():
            for field in times:
                setattr(record, field.attname, now)
            record._state.adding, record._state.db = False, DEFAULT_DB_ALIAS
        old, new = as_json(self.moment).decode(), as_json(now).decode()
        return {index: JsonText(text.replace(old, new)) for index, text in self.texts.items()}


def made_ready(spec: Spec, drafted: Drafted) -> Ready | None:
    """What saving these drafts will write; None if that is not known before: it may involve other records.

    Records in projects of which nothing has been together yet have no audience; :func:`store_audiences` makes them.
    """
    if not drafted.new or spec.model in links_of_tables() or not _give_known_audiences(spec, drafted):
        return None
    moment = timezone.now()
    fields = list(spec.model._meta.concrete_fields)
    records = [draft.record for draft, _ in drafted.new.values()]
    for field in filter(_is_time_of_saving, fields):
        for record in records:
            setattr(record, field.attname, moment)
    insertions = []
    for start in range(0, len(records), AT_ONCE):
        some = records[start : start + AT_ONCE]
        columns = [(field, [getattr(record, field.attname) for record in some]) for field in fields]
        insertions.append(insertion(spec.table, columns))
    lines = ((index, _line(spec, draft, given)) for index, (draft, given) in drafted.new.items())
    return Ready(moment, insertions, {index: JsonText(as_json(line.after), "utf-8") for index, line in lines})


def store_audiences(spec: Spec, drafted: Drafted) -> None:
    """Make the audiences that drafts will have and that are not stored yet. Nobody sees more or less by that."""
    for one in set(_homes(spec, drafted).values()):
        audience_of(one)


def _homes(spec: Spec, drafted: Drafted) -> dict[int, frozenset[uuid.UUID]]:
    """Number of a draft -> its projects; empty where records are in none of their own."""
    name = spec.tree.lists
    return {
        index: frozenset(given.links[name] if name in given.links else [getattr(draft.record, f"{name}_id")])
        for index, (draft, given) in (drafted.new.items() if name else ())
    }


def _give_known_audiences(spec: Spec, drafted: Drafted) -> bool:
    """Give drafts the audiences of their projects; False if one is not stored yet."""
    wanted = _homes(spec, drafted)
    if not wanted:
        return True
    known = _known_audiences(set(wanted.values()))
    if not set(wanted.values()) <= known.keys():
        return False
    for index, (draft, _) in drafted.new.items():
        draft.record.audience_id = known[wanted[index]]
    return True


def _known_audiences(sets: Iterable[frozenset[uuid.UUID]]) -> dict[frozenset[uuid.UUID], int]:
    """Set of projects -> its audience, for those that are stored; one query."""
    keys = {key_of(one): one for one in sets}
    rows = Audience.objects.filter(key__in=among_values(Audience._meta.get_field("key"), keys))
    return {keys[key]: pk for key, pk in rows.values_list("key", "pk")}


def _is_time_of_saving(field: Any) -> bool:
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False))


def _insert(spec: Spec, records: Mapping[int, Record]) -> dict[int, BrainstemError]:
    """Insert all; if the database refuses one, insert them one by one to find out which."""
    refused: dict[int, BrainstemError] = {}
    try:
        with transaction.atomic():
            spec.model._default_manager.bulk_create(records.values())
    except IntegrityError:
        for index, record in records.items():
            try:
                guarded(spec, lambda record=record: record.save(force_insert=True))
            except Invalid as error:
                refused[index] = error
    return refused


def _add_links(spec: Spec, added: Iterable[New], viewer: Viewer) -> None:
    linked: dict[str, list[Any]] = {}
    for draft, given in added:
        for name, ids in given.links.items():
            linked.setdefault(name, []).append((draft.record, ids))
    for name, some in linked.items():
        add_links(spec.relations[name], some, viewer=viewer)


def _insert_tags(spec: Spec, added: Iterable[New]) -> None:
    tagged = [(draft.record, given.tags) for draft, given in added if given.tags]
    if not tagged:
        return
    ids, relation = tag_ids(name for _, names in tagged for name in names), tags_of(spec)
    rows = [row for record, names in tagged for row in link_rows(record, relation, [ids[name] for name in names])]
    insert_links(through_of(relation), rows)


def _line(spec: Spec, draft: Draft, given: Given) -> Line:
    links = dict(given.links) | {"tags": given.tags or []}
    return Line("create", (spec.label, draft.record.pk), None, snapshot(draft.record, links))


__all__ = [
    "Drafted",
    "Ready",
    "create_together",
    "draft_together",
    "goes_together",
    "made_ready",
    "save_together",
    "store_audiences",
]
