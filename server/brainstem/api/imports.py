"""``/api/private/imports/``: tables that a person sends, the plan of what importing them would do, and doing it.

A plan is kept on the server for its person, who looks at it, corrects it and commits it from anywhere; see
:mod:`brainstem.core.imports` and :mod:`.apps.users.imports`. Not below a model, since a file may have rows of several,
and in no other portal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from brainstem.apps.users import import_work, imports
from brainstem.apps.users.import_options import OPTIONS, Options, refuse_unknown_keys
from brainstem.core.access.actor import Actor
from brainstem.core.access.refusals import refuse_bound, refuse_read_only
from brainstem.core.errors import Code, Conflict, Invalid, UnknownName
from brainstem.core.imports.committing import Moved
from brainstem.core.imports.editing import Edits, edited
from brainstem.core.imports.json_values import Json
from brainstem.core.imports.kept import sheets_of
from brainstem.core.imports.steps import ACTIONS
from brainstem.core.imports.telling import rows_of
from brainstem.core.models import TableImport
from brainstem.core.tables.reading import MOST_BYTES, read_file, read_pasted
from brainstem.core.tables.sheets import Sheet, Unreadable
from brainstem.core.tasks.sight import worker_in_sight
from brainstem.core.text.numbers import whole_of
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest, truth_of

from .actor import signed_in
from .body import MULTIPART, json_object
from .envelope import base_of
from .responses import Refused, json_response
from .small_body import door
from .writing import EVENT

ADDRESS = "private/imports/"
TABLE = "table"  # the one kind of source so far
KINDS = (TABLE,)
# The front refuses larger bodies before it reads them (brainstem.config.body_limits).
MOST_BODY_BYTES = MOST_BYTES + 1024 * 1024
MOST_ROWS_SHOWN, ROWS_SHOWN = 1_000, 100
LONGEST_NAME = 200
BACKGROUND = "background"
EDITS = ("replace", "cells", "leave_out")
FORMAT = "format"


def facts_of(one: TableImport) -> dict[str, Json]:
    """What is told of an import besides its rows."""
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "name": one.name,
        "state": one.state,
        "done": one.done,
        "total": one.total,
        # While a worker has something to do: whether one is there.
        "worker": worker_in_sight() if one.state in import_work.WORKING else None,
        "refusal": orjson.loads(one.refusal) if one.refusal else None,
        "event": None if one.event is None else str(one.event),
        "created_at": one.created_at,
        "updated_at": one.updated_at,
        "expires_at": one.updated_at + imports.KEPT,
        **orjson.loads(one.summary),
    }


# --- all imports ------------------------------------------------------------------------------------------------------


def listed(request: HttpRequest) -> HttpResponse:
    """The caller's imports, last changed first; there are only a few."""
    actor = _person(request)
    _refuse_parameters(request, ())
    found = [facts_of(one) for one in imports.of(actor.user_id or 0)]
    return json_response(200, {"imports": found, "count": len(found)})


def planned(request: HttpRequest) -> HttpResponse:
    """Read a table and plan its import; nothing of it is written."""
    actor = _person(request, writing=True)
    _refuse_parameters(request, ("kind", BACKGROUND))
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Invalid.at("kind", f"Say what is imported: ?kind={TABLE}. Got {shown(kind)}.")
    wait = _waits(request)
    sheets, name, options = _sent(request)
    one, done = begin(request, actor, sheets, name=name, options=options, kind=kind, wait=wait)
    return json_response(201 if done else 202, {"import": facts_of(one)})


def begin(
    request: HttpRequest,
    actor: Actor,
    sheets: list[Sheet],
    *,
    name: str,
    options: Mapping[str, Json],
    kind: str = TABLE,
    wait: bool = True,
) -> tuple[TableImport, bool]:
    """Plan the import of tables, and keep it for its person; the plan may be left to a worker, which is False.

    Raises
    ------
    Invalid
        If an option is wrong.
    Conflict
        If the person has too many imports.
    """
    asked = Options.of(options, sheets, actor.user_id or 0)
    one = TableImport(user_id=actor.user_id or 0, kind=kind, name=name)
    done = import_work.plan(one, sheets, asked, work=_work(request, actor), wait=wait)
    asked.keep_matchings(sheets, actor.user_id or 0)
    return one, done


# --- one import -------------------------------------------------------------------------------------------------------


def shown_import(request: HttpRequest, import_id: str) -> HttpResponse:
    """An import without its rows."""
    actor = _person(request)
    _refuse_parameters(request, ())
    return json_response(200, {"import": facts_of(imports.find(actor.user_id or 0, import_id))})


def shown_rows(request: HttpRequest, import_id: str) -> HttpResponse:
    """Some rows of a plan, in the order of the file."""
    actor = _person(request)
    _refuse_parameters(request, ("action", "limit", "offset"))
    action = request.GET.get("action", "")
    if action and action not in ACTIONS:
        raise Invalid.at("action", f"There is no action {shown(action)}.{nearest(action, ACTIONS)}")
    start, most = _number(request, "offset", 0, 2**31), _number(request, "limit", ROWS_SHOWN, MOST_ROWS_SHOWN)
    plan, _, _ = import_work.kept(imports.find(actor.user_id or 0, import_id))
    rows, count = rows_of(plan, action=action, start=start, most=most)
    return json_response(200, {"rows": rows, "count": count})


def corrected(request: HttpRequest, import_id: str) -> HttpResponse:
    """Correct the cells of an import or how it is read, and plan it again."""
    actor = _person(request, writing=True)
    _refuse_parameters(request, (BACKGROUND,))
    wait = _waits(request)
    one = imports.find(actor.user_id or 0, import_id)
    if one.state == TableImport.COMMITTED:
        raise Conflict("This import is committed. Import the table again to change more.")
    _refuse_at_work(one)
    body = json_object(request.body)
    refuse_unknown_keys(body, (*OPTIONS, *EDITS))
    sheets = sheets_of(one.source)
    asked = Options.kept(one.asked, sheets)
    if given := {name: value for name, value in body.items() if name in OPTIONS}:
        asked = asked.changed(given, sheets)
    lists = {name: body.get(name, []) for name in EDITS}
    if wrong := [name for name, value in lists.items() if not isinstance(value, list)]:
        raise Invalid.at(wrong[0], "Expected a list.")
    edited(sheets, Edits(**lists))
    done = import_work.plan(one, sheets, asked, work=_work(request, actor), wait=wait)
    asked.keep_matchings(sheets, actor.user_id or 0)
    return json_response(200 if done else 202, {"import": facts_of(one)})


def deleted(request: HttpRequest, import_id: str) -> HttpResponse:
    """Forget an import; what it has written stays."""
    actor = _person(request, writing=True)
    _refuse_parameters(request, ())
    imports.delete(actor.user_id or 0, import_id)
    return HttpResponse(status=204)


def committed(request: HttpRequest, import_id: str) -> HttpResponse:
    """Write what a plan says. Sent again, it answers the same and writes nothing."""
    actor = _person(request, writing=True)
    _refuse_parameters(request, (BACKGROUND,))
    wait = _waits(request)
    one = imports.find(actor.user_id or 0, import_id)
    if one.state == TableImport.COMMITTED:
        return _done(one)
    if one.state == TableImport.COMMITTING and import_work.is_at_work(one):
        return json_response(202, {"import": facts_of(one)})
    _refuse_at_work(one)
    if one.state == TableImport.PLANNING:
        raise Conflict("This import was never planned to its end. Plan it again, by a correction, even of nothing.")
    try:
        done = import_work.commit_import(one, work=_work(request, actor), wait=wait or one.state != TableImport.PLANNED)
    except Moved as moved:
        body = {"detail": moved.message, "moved": import_work.moved_rows(moved), "import": facts_of(one)}
        return json_response(409, body, **{"Brainstem-Error-Code": Code.CONFLICT.value})
    return _done(one) if done else json_response(202, {"import": facts_of(one)})


def _done(one: TableImport) -> HttpResponse:
    headers = {} if one.event is None else {EVENT: str(one.event)}
    return json_response(200, {"import": facts_of(one)}, **headers)


def _refuse_at_work(one: TableImport) -> None:
    if import_work.is_at_work(one):
        what = "planned" if one.state == TableImport.PLANNING else "written"
        raise Conflict(f"This import is being {what}. Wait until that is done.")


# --- requests ---------------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest) -> tuple[list[Sheet], str, dict[str, Json]]:
    """The sheets of a request, the name of its file, and its options."""
    if request.content_type == MULTIPART:
        return _sent_file(request)
    if request.content_type not in ("", "application/json"):
        raise Refused(415, f"Send JSON (application/json) or multipart/form-data, not {request.content_type!r}.")
    body = json_object(request.body)
    refuse_unknown_keys(body, ("text", "name", *OPTIONS))
    text, name = body.get("text"), body.get("name", "")
    if not isinstance(text, str) or not text.strip():
        raise Invalid.at("text", "Expected a table as text, or a file as multipart/form-data.")
    if not isinstance(name, str) or len(name) > LONGEST_NAME:
        raise Invalid.at("name", f"Expected a text of at most {LONGEST_NAME} characters.")
    options = {key: value for key, value in body.items() if key in OPTIONS}
    return _read("text", lambda: read_pasted(text)), name, options


def _sent_file(request: HttpRequest) -> tuple[list[Sheet], str, dict[str, Json]]:
    for name in (*request.POST, *request.FILES):
        if name not in ("file", "options"):
            raise Invalid.at(name[:200], f"Unknown field {shown(name)}. Send the table as file, and options as JSON.")
    file = request.FILES.get("file")
    if file is None:
        raise Invalid.at("file", "This field is required.")
    options = json_object(str(request.POST.get("options") or "{}").encode())
    content = file.read()
    name = (file.name or "")[-LONGEST_NAME:]
    return _read("file", lambda: read_file(content)), name, dict(options)


def _read(at: str, read: Json) -> list[Sheet]:
    try:
        found: list[Sheet] = read()
    except Unreadable as error:
        raise Invalid.at(at, str(error)) from error
    return found


def _work(request: HttpRequest, actor: Actor) -> import_work.Work:
    return import_work.Work(actor, base_of(request))


def _waits(request: HttpRequest) -> bool:
    """Whether the caller wants to wait, rather than leave many rows to a worker."""
    found = truth_of(request.GET.get(BACKGROUND, "yes"))
    if found is None:
        raise Invalid.at(BACKGROUND, "Say yes or no: whether many rows may be left to a worker.")
    return not found


def _person(request: HttpRequest, *, writing: bool = False) -> Actor:
    """The caller; a token that is bound to one project cannot import, since a file is not bound to it."""
    actor = signed_in(request)
    refuse_bound(actor, "Importing tables")
    if writing:
        refuse_read_only(actor)
    return actor


def _number(request: HttpRequest, name: str, default: int, most: int) -> int:
    text = request.GET.get(name)
    found = default if text is None else whole_of(text)
    if found is None or not 0 <= found <= most:
        raise Invalid.at(name, f"Expected a number from 0 to {most}, got {shown(text)}.")
    return found


def _refuse_parameters(request: HttpRequest, known: Sequence[str]) -> None:
    for name in request.GET:
        if name not in (*known, FORMAT, "_"):
            raise UnknownName.at(name[:200], f"There is no parameter {shown(name)} here.{nearest(name, known)}")


_ONE = rf"^{ADDRESS}(?P<import_id>[^/]+)/"
urlpatterns = [
    re_path(rf"^{ADDRESS}?\Z", door(GET=listed, POST=planned), name="imports"),
    re_path(rf"{_ONE}rows/?\Z", door(GET=shown_rows), name="import_rows"),
    re_path(rf"{_ONE}commit/?\Z", door(POST=committed), name="import_commit"),
    re_path(rf"{_ONE}?\Z", door(GET=shown_import, PATCH=corrected, DELETE=deleted), name="import"),
]
