"""Many writes in one transaction: all of them, or none and the errors of each row.

Every row is written like a single one, through the rooms ``review`` and ``write``: first rows are created, then
updated, then deleted, each in the order in which they were sent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.db import transaction

from ..access.viewer import Viewer
from ..errors import BrainstemError, Invalid, Missing, RowError, RowsRefused
from ..history.events import one_event
from ..model.ids import RecordId
from ..model.registry import Spec
from ..model.values import markup_ahead
from ..remarks import about_row
from ..review import flow
from ..sql.retry import again_after_deadlock
from ..text.shown import shown
from ..write import saving
from ..write.batch import create_together, goes_together
from ..write.changing import change_together
from ..write.meeting import MERGED_WITH, REQUIRED, Expected, refuse_moved, version_named
from ..write.rebasing import Base
from ..write.tags import refuse_too_many_new
from ..write.wrapped import unwrapped

MAX_ROWS = 1000
_VERSIONS = frozenset({REQUIRED, MERGED_WITH})


@dataclass(frozen=True)
class Rows:
    """The request: payloads of new records, payloads with the id of the record to change, and ids to delete."""

    create: list[Any] = field(default_factory=list)
    update: list[Any] = field(default_factory=list)
    delete: list[Any] = field(default_factory=list)

    def unwrapped(self, spec: Spec) -> Rows:
        """The same, with rows that are whole responses reduced to their record; errors take the place of their row."""
        create, update = ([_unwrapped(spec, row) for row in rows] for rows in (self.create, self.update))
        return Rows(create, update, self.delete)

    def __len__(self) -> int:
        return len(self.create) + len(self.update) + len(self.delete)


@dataclass(frozen=True)
class Written:
    """The result: records (proposals, if the actor may only propose), and ids of deleted records."""

    created: list[Any]
    updated: list[Any]
    deleted: list[Any]


@dataclass(frozen=True)
class Attempted:
    """What became of each row: a record (or the id of a deleted one), or the error by which it was refused."""

    created: list[object]
    updated: list[object]
    deleted: list[object]

    @property
    def refused(self) -> list[RowError]:
        """The rows that were refused."""
        parts = {"create": self.created, "update": self.updated, "delete": self.deleted}
        return [
            RowError(name, at, one)
            for name, outcomes in parts.items()
            for at, one in enumerate(outcomes)
            if isinstance(one, BrainstemError)
        ]


@again_after_deadlock
def write_rows(spec: Spec, rows: Rows, *, viewer: Viewer, base_url: str = "") -> Written:
    """Write all rows.

    Rows to update and to delete may name the version that was read: ``if_match`` requires it, ``_base_version`` (of
    updates) keeps what others have changed since. ``base_url`` is the server's, for what their errors show.

    Raises
    ------
    RowsRefused
        With the errors of each row; nothing was written.
    Invalid
        If the rows add more new tags than one request may.
    """
    with markup_ahead(spec, [*rows.create, *rows.update]), transaction.atomic(), one_event("bulk"):
        done = attempt_rows(spec, rows, viewer=viewer, base_url=base_url)
        if refused := done.refused:
            raise RowsRefused(refused)
        return Written(done.created, done.updated, done.deleted)


def attempt_rows(spec: Spec, rows: Rows, *, viewer: Viewer, base_url: str = "") -> Attempted:
    """Write rows within the caller's transaction; those that are refused have their error in their place.

    Raises
    ------
    Invalid
        If the rows add more new tags than one request may.
    """
    if spec.has_tags:
        refuse_too_many_new([*rows.create, *rows.update])
    change, delete = (partial(one, base_url=base_url) for one in (_change, _delete))
    return Attempted(
        _create(spec, rows.create, viewer),
        _update(spec, rows.update, change, viewer),
        _outcomes("delete", delete, spec, rows.delete, viewer),
    )


def _create(spec: Spec, rows: list[object], viewer: Viewer) -> list[object]:
    if not goes_together(spec):
        return _outcomes("create", _create_one, spec, rows, viewer)
    # Rows that are not objects are set aside, so that the others keep their positions.
    payloads = {index: row for index, row in enumerate(rows) if isinstance(row, Mapping)}
    outcomes = create_together(spec, payloads, viewer=viewer)
    return [outcomes[index] if index in outcomes else _no_object(row) for index, row in enumerate(rows)]


def _update(spec: Spec, rows: list[object], change: Callable[..., object], viewer: Viewer) -> list[object]:
    """Change all that can be changed together, then the others one by one."""
    plain = {index: row for index, row in enumerate(rows) if isinstance(row, Mapping) and not row.keys() & _VERSIONS}
    together = {index: found for index, row in plain.items() if (found := _id_and_values(spec, row)) is not None}
    # Rows about one record stay in their order.
    once = {pk for pk, times in Counter(_id_of(spec, row) for row in rows).items() if times == 1}
    together = {index: found for index, found in together.items() if found[0] in once}
    done = change_together(spec, together, viewer=viewer) if len(together) > 1 else {}
    outcomes: list[object] = []
    for index, row in enumerate(rows):
        with about_row(("update", index)):
            outcomes.append(done[index] if index in done else _outcome(change, spec, row, viewer))
    return outcomes


def _id_and_values(spec: Spec, row: Mapping[str, object]) -> tuple[object, Mapping[str, object]] | None:
    pk = _id_of(spec, row)
    return None if pk is None else (pk, {name: value for name, value in row.items() if name != "id"})


def _id_of(spec: Spec, row: object) -> object:
    """The id in a row, or None."""
    with suppress(Missing):
        return _id(spec, row.get("id")) if isinstance(row, Mapping) else None
    return None


def _outcomes(
    operation: str, do: Callable[..., object], spec: Spec, rows: list[object], viewer: Viewer
) -> list[object]:
    found = []
    for index, row in enumerate(rows):
        with about_row((operation, index)):
            found.append(_outcome(do, spec, row, viewer))
    return found


def _outcome(do: Callable[..., object], spec: Spec, row: object, viewer: Viewer) -> object:
    """The result of one row, or its error, in which case nothing of it was written."""
    try:
        return do(spec, row, viewer)
    except BrainstemError as error:
        return error


def _create_one(spec: Spec, row: object, viewer: Viewer) -> object:
    return flow.create(spec, _object(row), viewer=viewer)


def _change(spec: Spec, row: object, viewer: Viewer, *, base_url: str) -> object:
    payload = dict(_object(row))
    if "id" not in payload:
        raise Invalid.at("id", "This field is required.")
    record_id = _id(spec, payload.pop("id"))
    read = version_named(payload, MERGED_WITH)
    base = None if read is None else Base(read, base_url)
    _refuse_moved(spec, record_id, payload, viewer, base_url)
    written = {name: value for name, value in payload.items() if name not in (REQUIRED, MERGED_WITH)}
    return flow.change(spec, record_id, written, viewer=viewer, base=base)


def _delete(spec: Spec, value: object, viewer: Viewer, *, base_url: str) -> object:
    row = value if isinstance(value, Mapping) else {"id": value}
    if wrong := row.keys() - {"id", REQUIRED}:
        raise Invalid.at(str(min(wrong)), f'Send an id, or {{"id": ..., "{REQUIRED}": ...}}.')
    record_id = _id(spec, row.get("id"))
    _refuse_moved(spec, record_id, {REQUIRED: row.get(REQUIRED)}, viewer, base_url)
    saving.delete(spec, record_id, viewer=viewer)
    return record_id


def _refuse_moved(spec: Spec, record_id: RecordId, row: Mapping[str, object], viewer: Viewer, base_url: str) -> None:
    if row.get(REQUIRED) == "*":  # whatever version there is
        return
    version = version_named(row, REQUIRED)
    if version is not None:
        expected = Expected((version,), base_url=base_url)
        refuse_moved(spec, record_id, expected, viewer=viewer, payload=row)


def _id(spec: Spec, value: object) -> Any:
    wrong = Missing(f"No {spec.singular_name} has the id {shown(value)}.")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise wrong
    try:
        return spec.parse_id(value, below=2**31)
    except ValueError as error:
        raise wrong from error


def _object(row: object) -> Mapping[str, object]:
    if not isinstance(row, Mapping):
        raise _no_object(row)
    return row


def _unwrapped(spec: Spec, row: object) -> object:
    try:
        return unwrapped(spec, row, row.get("id")) if isinstance(row, Mapping) else row
    except Invalid as error:
        return error


def _no_object(row: object) -> Invalid:
    return row if isinstance(row, Invalid) else Invalid.whole('Every row must be an object: {"field": value, ...}.')


__all__ = ["MAX_ROWS", "Attempted", "Rows", "Written", "attempt_rows", "write_rows"]
