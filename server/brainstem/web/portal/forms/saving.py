"""Writing what a form says, through the writer of the API: same rights, rules, approvals and history.

Everything is read and written in one transaction, so that the record cannot move on between the comparison and the
write.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from brainstem.apps.modules.entries import write_entry
from brainstem.core.access.refusals import locked
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import BrainstemError, Forbidden, Invalid, Missing
from brainstem.core.history.events import one_event
from brainstem.core.model.ids import RecordId
from brainstem.core.model.registry import Spec
from brainstem.core.model.stored_files import discarded_with_the_write
from brainstem.core.model.values import markup_ahead
from brainstem.core.query.run import fetch_record
from brainstem.core.query.syntax import Query
from brainstem.core.remarks import collecting
from brainstem.core.review import flow
from brainstem.core.sql.retry import again_after_deadlock

from ..words import label_of
from .copying import COPIES, MOST, WITH_PARTS, Parts, series
from .description import ENTRIES, Entries, Form
from .leaves import Text, Unreadable, whole
from .logs import Act, acts_of
from .meeting import meeting_of
from .merging import Base, Path
from .nodes import Reading
from .parts import TAKE, THEIRS, answered
from .reading import Conflict, Outcome, read_form
from .sent import Sent

# Keys that no form shows, and that may be very long.
_UNSEEN = ("links", "contributors", "users", "groups")


@dataclass(frozen=True)
class Order:
    """What is to be written.

    ``record_id`` is None for a new record; ``source`` are the values that it starts from, of which a copy (``whole``)
    takes all. ``copies_of`` is the record whose copy it is.
    """

    form: Form
    sent: Sent
    viewer: Viewer
    record_id: RecordId | None = None
    source: Mapping[str, object] = field(default_factory=dict)
    whole: bool = False
    copies_of: RecordId | None = None

    @property
    def times(self) -> int:
        """How many copies are asked for.

        Raises
        ------
        Unreadable
            If that is no number, or too many.
        """
        text = self.sent.at(COPIES).text.strip()
        if self.copies_of is None or not text:
            return 1
        number = whole(text)
        if not 0 < number <= MOST:
            raise Unreadable(f"Between 1 and {MOST} copies are made at once.")
        return number

    @property
    def spec(self) -> Spec:
        """The model."""
        return self.form.spec

    @property
    def at(self) -> RecordId:
        """The record to change.

        Raises
        ------
        ValueError
            If this adds one.
        """
        if self.record_id is None:
            raise ValueError("A new record has no id yet.")
        return self.record_id

    @property
    def log(self) -> Entries | None:
        """The control for the entries of a log, if it has one."""
        return self.form.log


@dataclass(frozen=True)
class Stored:
    """A record as the person sees it, and its version."""

    values: Mapping[str, object] = field(default_factory=dict)
    version: str = ""


@dataclass
class Refused(Exception):
    """Nothing was written."""

    errors: dict[str, list[str]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    merged: Mapping[Path, Sent] = field(default_factory=dict)
    stored: Stored | None = None
    status: int = 422


@dataclass(frozen=True)
class Written:
    """What was written: the record or proposal, and what the person may want to know about it.

    ``event`` is its id in the history, empty if nothing was recorded.
    """

    record: Any
    remarks: tuple[str, ...] = ()
    changed: bool = True
    number: int = 1
    event: str = ""


def stored(spec: Spec, record_id: RecordId, *, viewer: Viewer) -> Stored:
    """The record as the person sees it; one statement.

    Raises
    ------
    Missing
        If they do not see it.
    """
    left_out = [key for key in spec.keys if not spec.writable(key) and key not in ("id", ENTRIES, "type")]
    query = Query(excludes=tuple((key,) for key in {*left_out, *(key for key in _UNSEEN if key in spec.keys)}))
    shown = fetch_record(spec, record_id, query, viewer=viewer, base=settings.BRAINSTEM_URL)
    if shown is None:
        raise Missing(f"No {spec.singular_name} has the id {record_id}.")
    return Stored(json.loads(shown.text), shown.version)


def save(order: Order, files: Mapping[str, object]) -> Written:
    """Write what the form says.

    Raises
    ------
    Refused
        With all errors and conflicts.
    """
    rich = {key: part.text for key, part in order.sent.parts.items()}
    with markup_ahead(order.spec, [rich]):
        return _in_one(order, files=files)


@again_after_deadlock
def _in_one(order: Order, *, files: Mapping[str, object]) -> Written:
    with discarded_with_the_write(), transaction.atomic(), collecting(strict=True) as remarks, one_event() as event:
        written = _new(order, files) if order.record_id is None else _changed(order, files)
        told = [remark.message for remark in remarks.found]
        remarks_of_all = tuple(dict.fromkeys([*told, *written.remarks]))
        return replace(written, remarks=remarks_of_all, event=str(event.id) if event.wrote else "")


def _new(order: Order, files: Mapping[str, object]) -> Written:
    outcome = read_form(order.form, order.sent, order.source, Base(), whole=order.whole)
    acts = _acts(order, [], outcome)
    times = _times(order, outcome.reading)
    parts = _parts(order)
    records = []
    with _Refusals(outcome, None) as refusals:
        for payload in series(order.spec, outcome.payload, viewer=order.viewer, times=times):
            records.append(record := flow.create(order.spec, payload, viewer=order.viewer, files=files))
            refusals.write_entries(order, record.pk, acts)
            if parts is not None:
                parts.copy_to(record)
    return Written(records[0], _stripped(order, outcome.payload, records[0]), number=len(records))


def _times(order: Order, reading: Reading) -> int:
    try:
        return order.times
    except Unreadable as error:
        reading.error(COPIES, str(error))
        return 1


def _parts(order: Order) -> Parts | None:
    """What copies the parts along, if that is wanted."""
    if order.copies_of is None or not order.sent.at(WITH_PARTS).text:
        return None
    return Parts(order.spec, order.copies_of, order.viewer)


def _changed(order: Order, files: Mapping[str, object]) -> Written:
    record_id = order.at
    files = {name: one for name, one in files.items() if order.sent.at(TAKE, name).text != THEIRS}
    record = locked(order.spec, record_id, viewer=order.viewer)
    held = stored(order.spec, record_id, viewer=order.viewer)
    outcome = _met(order, record, held, files)
    acts = _acts(order, held.values.get(ENTRIES), outcome)
    remarks = _kept_from_others(outcome)
    if not (outcome.payload or files or acts or outcome.reading.errors or outcome.conflicts):
        return Written(record, remarks, changed=False)
    with _Refusals(outcome, held) as refusals:
        if outcome.payload or files:
            record = flow.change(order.spec, record_id, outcome.payload, viewer=order.viewer, files=files)
        refusals.write_entries(order, record_id, acts)
    return Written(record, (*_stripped(order, outcome.payload, record), *remarks))


def _met(order: Order, record: Model, held: Stored, files: Mapping[str, object]) -> Outcome:
    """What a form says, of the record as it is by now."""
    base = Base.parsed(order.sent.at("_base").text)
    meeting = meeting_of(order.form, record, held.values, base=base, viewer=order.viewer)
    sent = answered(order.form, order.sent)
    outcome = read_form(order.form, sent, meeting.before, base)
    outcome.before = meeting.before
    meeting.settle(outcome, sent, files)
    return outcome


def overtaken(order: Order, held: Stored) -> Outcome:
    """What somebody wrote some time ago, put together with what others have saved since; nothing is written.

    Parameters
    ----------
    held
        The record as it is.
    """
    record = order.spec.model._default_manager.filter(pk=order.at).first()
    if record is None:
        raise Missing(f"No {order.spec.singular_name} has the id {order.at}.")
    outcome = _met(order, record, held, {})
    _acts(order, held.values.get(ENTRIES), outcome)
    return outcome


def _kept_from_others(outcome: Outcome) -> tuple[str, ...]:
    """What somebody else changed while the form was filled in, and what is therefore not lost."""
    names = ", ".join(label_of(path[-1]) for path in outcome.merged)
    return (f"Somebody else saved this record while you wrote. Their changes are kept: {names}.",) if names else ()


def _stripped(order: Order, payload: Mapping[str, object], record: object) -> tuple[str, ...]:
    """Which texts lost markup that the server does not keep."""
    rich = [node for node in order.form.nodes if isinstance(node, Text) and node.rich and node.key in payload]
    return tuple(
        f"{node.label}: markup that is not allowed was left out."
        for node in rich
        if getattr(record, node.key, None) != payload[node.key]
    )


def _acts(order: Order, stored: object, outcome: Outcome) -> list[Act]:
    entries = stored if isinstance(stored, list) else []
    before = outcome.before.get(ENTRIES)
    were = before if isinstance(before, list) else []
    return acts_of(order.log, order.sent, entries, outcome, before=were) if order.log is not None else []


class _Refusals:
    """Collects what the writer refuses, and refuses itself what two people changed or nobody can read."""

    def __init__(self, outcome: Outcome, stored: Stored | None) -> None:
        self.reading, self.conflicts, self.merged = outcome.reading, outcome.conflicts, outcome.merged
        self.stored, self.status = stored, 422

    def __enter__(self) -> _Refusals:
        return self

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Missing) or (error is not None and not isinstance(error, BrainstemError)):
            return
        if error is not None:
            self._take(error)
        if error is not None or self.reading.errors or self.conflicts:
            raise Refused(dict(self.reading.errors), self.conflicts, self.merged, self.stored, self.status) from error

    def write_entries(self, order: Order, record_id: RecordId, acts: list[Act]) -> None:
        """Write entries, and collect the errors of all of them."""
        for act in acts:
            try:
                write_entry(order.spec, record_id, act.action, act.body, viewer=order.viewer)
            except Invalid as error:
                for name, messages in error.errors.items():
                    self.reading.errors[f"{act.at}.{name}" if act.at else name] += messages

    def _take(self, error: BaseException) -> None:
        """Errors of the writer, unless the form already said why a text is unreadable."""
        if not isinstance(error, Invalid):
            self.status = 403 if isinstance(error, Forbidden) else 409
            self.reading.error("non_field_errors", str(error))
            return
        said = set(self.reading.errors)
        for name, messages in error.errors.items():
            for message in messages:
                if not any(_is_about(one, name, message) for one in said):
                    self.reading.error(name, message)


def _is_about(control: str, name: str, message: str) -> bool:
    """Whether a message of the writer is about a text that the form could not read."""
    if control == name:
        return True
    below = control.removeprefix(f"{name}.")
    return below != control and message.startswith((f"{below}:", f"{below}."))
