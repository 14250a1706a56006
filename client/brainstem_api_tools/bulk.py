"""Many records in few requests: all or nothing for each request, and messages by row. Conversations, no network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from .checks import as_sent, wrong_fields
from .core import Core, reached
from .errors import NON_FIELD, Conflict, NotAnAnswer, NotFound, PermissionDenied, ValidationError, messages_by_field
from .filters import alternatives
from .names import Name, address, portal_name, route
from .paging import record_of
from .record import Record, record_named
from .sending import is_missing
from .tables import rows_of
from .wire import EVENT, Answer, Conversation

SIZE = 500
NO_BULK = frozenset({404, 405})
MEANS = "Brainstem-Means"
Row = Mapping[str, Any]
Numbered = tuple[int, str, Row]  # number among the caller's rows, id or nothing, fields


@dataclass
class Written:
    """What was written.

    Attributes
    ----------
    created, updated : list of str or int
        Ids of the records, in the order of the rows: strings, or numbers for users and groups.
    events : list of str
        The events with which ``client.undo`` takes it back, one for each request, in the order of the rows: undo the
        last one first. Empty on a server without history.
    """

    created: list[Any] = field(default_factory=list)
    updated: list[Any] = field(default_factory=list)
    events: list[str] = field(default_factory=list)


class BulkError(ValidationError):
    """Rows that were refused.

    Attributes
    ----------
    rows : dict of int to dict
        Row number, counted from 0 over all rows -> field -> messages.
    written : Written
        What earlier requests wrote, which remains.
    """

    def __init__(self, rows: Mapping[int, dict[str, list[str]]], written: Written, **more: object) -> None:
        lines = [f"row {at}: {name}: {' '.join(found)}" for at, row in rows.items() for name, found in row.items()]
        some = f" (and {len(lines) - 5} more)" if len(lines) > 5 else ""
        errors = {
            f"row {at}": [f"{name}: {one}" for name, found in row.items() for one in found] for at, row in rows.items()
        }
        kept = len(written.created) + len(written.updated)
        advice = f"{kept} rows of earlier requests were written and stay." if kept else "Nothing was written."
        super().__init__("; ".join(lines[:5]) + some, errors=errors, **{"advice": advice, **more})
        self.rows = dict(rows)
        self.written = written


@dataclass(frozen=True)
class Target:
    """The model that is written to."""

    core: Core
    record: type[Record]
    url: str
    means: str = ""  # by which it is written, for the history: "import"

    @classmethod
    def of(cls, core: Core, model: Name, portal: Name, *, means: str = "") -> Target:
        """The target for a model and a portal."""
        app, name = route(model)
        return cls(core, record_named(model), address(core.base, portal_name(portal), app, name), means)

    @property
    def headers(self) -> dict[str, str]:
        """What is sent with each write."""
        return {MEANS: self.means} if self.means else {}


def create(
    core: Core, model: Name, given: object, *, portal: Name = "private", size: int = SIZE, strict: bool = False
) -> Conversation[list[str]]:
    """Add records; their ids, in the order of the rows.

    Raises
    ------
    BulkError
        If rows are refused, here or by the server.
    """
    target = Target.of(core, model, portal)
    written = Written()
    yield from write(target, added(target, rows_of(given, target.record)), written, size, strict=strict)
    return written.created


def upsert(
    core: Core,
    model: Name,
    given: object,
    *,
    key: str = "name",
    portal: Name = "private",
    size: int = SIZE,
    strict: bool = False,
) -> Conversation[Written]:
    """Update the records with the same ``key`` and create the others.

    Raises
    ------
    BulkError
        If rows are refused, or if a key is missing, repeated, or shared by several records.
    """
    target = Target.of(core, model, portal)
    written = Written()
    yield from write(
        target, (yield from matched(target, rows_of(given, target.record), key)), written, size, strict=strict
    )
    return written


def added(target: Target, rows: Sequence[Row]) -> list[Numbered]:
    """Rows of new records, checked and numbered."""
    return [(at, "", row) for at, row in _checked(target.record, enumerate(rows), creating=True)]


def matched(target: Target, rows: Sequence[Row], key: str) -> Conversation[list[Numbered]]:
    """Checked and numbered rows, with the ids of the records that have the same ``key``."""
    _refuse(_bad_keys(rows, key), Written())
    known = yield from _ids_by_key(target, key, [row[key] for row in rows])
    several = {
        at: {key: [f"Several records have the value '{row[key]}'."]}
        for at, row in enumerate(rows)
        if len(known[row[key]]) > 1
    }
    _refuse(several, Written())
    ids = {at: known[row[key]][0] if known[row[key]] else "" for at, row in enumerate(rows)}
    new = _checked(target.record, ((at, row) for at, row in enumerate(rows) if not ids[at]), creating=True)
    old = _checked(target.record, ((at, row) for at, row in enumerate(rows) if ids[at]), creating=False)
    return sorted(((at, ids[at], row) for at, row in [*new, *old]), key=itemgetter(0))


# --- rows ---


def _checked(record: type[Record], rows: Iterable[tuple[int, Row]], *, creating: bool) -> list[tuple[int, Row]]:
    found: list[tuple[int, Row]] = []
    wrong = {}
    for at, row in rows:
        if errors := wrong_fields(record, row, creating=creating):
            wrong[at] = errors
        else:
            found.append((at, as_sent(record, row)))
    _refuse(wrong, Written(), advice="Nothing was sent.")
    return found


def _bad_keys(rows: Sequence[Row], key: str) -> dict[int, dict[str, list[str]]]:
    wrong: dict[int, dict[str, list[str]]] = {}
    first: dict[Any, int] = {}
    for at, row in enumerate(rows):
        value = row.get(key)
        if is_missing(value) or value == "":
            wrong[at] = {key: ["Every row needs a value here, so that its record can be found."]}
        elif first.setdefault(value, at) != at:
            wrong[at] = {key: [f"Row {first[value]} already has '{value}'."]}
    return wrong


def _refuse(wrong: Mapping[int, dict[str, list[str]]], written: Written, **more: object) -> None:
    if wrong:
        raise BulkError(wrong, written, **more)


def _ids_by_key(target: Target, key: str, values: Sequence[object]) -> Conversation[dict[Any, list[str]]]:
    """Value -> ids of the records that have it."""
    from .paging import Pages

    found: dict[Any, list[str]] = {value: [] for value in values}
    for query in alternatives({f"{key}.in": values}) if values else ():
        pages = Pages(target.url, query)
        while not pages.done:
            body = yield from target.core.ask_checked("GET", pages.next_url())
            for record in pages.take(body):
                found.setdefault(record[key], []).append(record["id"])
    return found


# --- writing ---


def write(
    target: Target, rows: Sequence[Numbered], written: Written, size: int = SIZE, *, strict: bool = False
) -> Conversation[None]:
    """Write rows (number, id or nothing, fields), one part after another; ``written`` records the progress.

    With ``strict`` fields that the server does not know are refused; otherwise it ignores them, with a warning.

    Raises
    ------
    BulkError
        If the server refuses rows; its rows have the numbers that were given.
    """
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        url, numbers = f"{target.url}bulk/", numbers_of(part)
        answer = yield from reached(
            target.core.ask("POST", url, body_of(part), strict=strict, rows=numbers, headers=target.headers)
        )
        if answer.status in NO_BULK:
            yield from _one_by_one(target, rows[start:], written, strict=strict)
            return
        _take(answer, part, written)


def body_of(part: Sequence[Numbered]) -> dict[str, list[Any]]:
    """Rows as they are sent."""
    found = {
        "create": [dict(row) for _, record_id, row in part if not record_id],
        "update": [{**row, "id": record_id} for _, record_id, row in part if record_id],
    }
    return {name: listed for name, listed in found.items() if listed}


def _take(answer: Answer, part: Sequence[Numbered], written: Written) -> None:
    body = answer.body
    if not answer.ok and isinstance(body, dict) and isinstance(body.get("errors"), list):
        raise BulkError(_by_row(body["errors"], part), written, status=answer.status, body=body)
    for name, ids in _ids(answer, part).items():
        getattr(written, name).extend(ids)
    _note_event(answer, written)


def _note_event(answer: Answer, written: Written) -> None:
    if event := answer.headers.get(EVENT):
        written.events.append(event)


def _ids(answer: Answer, part: Sequence[Numbered]) -> dict[str, list[Any]]:
    """The ids in the server's answer; NotAnAnswer unless there is one for every row."""
    body = answer.checked()
    found = {name: body.get(name) or [] if isinstance(body, dict) else [] for name in ("created", "updated")}
    updated = sum(bool(record_id) for _, record_id, _ in part)
    if [len(found["created"]), len(found["updated"])] != [len(part) - updated, updated]:
        raise NotAnAnswer(
            f"{answer.server} answered without the ids of all {len(part)} rows, not as a BrainSTEM server does.",
            advice="Check what was written before you send them again.",
        )
    return {name: [_id(one) for one in ids] for name, ids in found.items()}


def _id(one: object) -> Any:
    return one["id"] if isinstance(one, dict) else one


def _by_row(errors: Sequence[Mapping[str, Any]], part: Sequence[Numbered]) -> dict[int, dict[str, list[str]]]:
    """The server's messages, which are numbered within each operation, by the caller's row numbers."""
    numbers = numbers_of(part)
    return {numbers[one["operation"]][one["index"]]: messages_by_field(one["errors"]) for one in errors}


def numbers_of(part: Sequence[Numbered]) -> dict[str, list[int]]:
    """Operation -> the numbers of the caller's rows, in the order in which they are sent."""
    return {
        "create": [at for at, record_id, _ in part if not record_id],
        "update": [at for at, record_id, _ in part if record_id],
    }


def _one_by_one(
    target: Target, rows: Sequence[Numbered], written: Written, *, strict: bool = False
) -> Conversation[None]:
    """For servers that do not accept lists."""
    for at, record_id, row in rows:
        method, url = ("PATCH", f"{target.url}{record_id}/") if record_id else ("POST", target.url)
        try:
            answer = yield from reached(target.core.ask(method, url, row, strict=strict, headers=target.headers))
            body = answer.checked()
        except (ValidationError, PermissionDenied, NotFound, Conflict) as error:
            messages = error.errors if isinstance(error, ValidationError) else {}
            raise BulkError({at: messages or {NON_FIELD: [error.message]}}, written, status=error.status) from error
        _, made = record_of(body, target.url)
        (written.updated if record_id else written.created).append(_id(made))
        _note_event(answer, written)
