"""``/api/private/imports/``: tables that a person sends, the plan of what importing them would do, and doing it.

A plan is kept on the server for its person, who looks at it, corrects it and commits it from anywhere; see
:mod:`brainstem.core.imports` and :mod:`.apps.users.imports`. Not below a model, since a file may have rows of several,
and in no other portal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

import orjson
from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from brainstem.apps.users import imports
from brainstem.apps.users.time_zones import UTC, is_zone
from brainstem.core.access.actor import Actor
from brainstem.core.access.refusals import refuse_bound, refuse_read_only
from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Code, Conflict, Invalid, UnknownName
from brainstem.core.imports.cells import DAY_FIRST, MONTH_FIRST, Manner
from brainstem.core.imports.committing import Done, Moved, commit
from brainstem.core.imports.editing import Edits, edited
from brainstem.core.imports.json_values import Json
from brainstem.core.imports.kept import plan_of, plan_text, sheets_of, sheets_text
from brainstem.core.imports.planning import make_plan
from brainstem.core.imports.steps import ACTIONS, Asked, Plan
from brainstem.core.imports.telling import model_name, rows_of, summary_of
from brainstem.core.model.registry import Spec, routes
from brainstem.core.models import TableImport
from brainstem.core.tables.reading import MOST_BYTES, read_file, read_pasted
from brainstem.core.tables.sheets import Sheet, Unreadable
from brainstem.core.text.numbers import whole_of
from brainstem.core.text.shown import shown
from brainstem.core.text.words import nearest

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
OPTIONS = ("model", "models", "columns", "timezone", "dates", "empty")
EDITS = ("replace", "cells", "leave_out")
FORMAT = "format"


def facts_of(one: TableImport) -> dict[str, Json]:
    """What is told of an import besides its rows."""
    return {
        "id": str(one.pk),
        "kind": one.kind,
        "name": one.name,
        "state": one.state,
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
    _refuse_parameters(request, ("kind",))
    kind = request.GET.get("kind", "")
    if kind not in KINDS:
        raise Invalid.at("kind", f"Say what is imported: ?kind={TABLE}. Got {shown(kind)}.")
    sheets, name, options = _sent(request)
    one = begin(request, actor, sheets, name=name, options=options, kind=kind)
    asked = _Asked.kept(one.asked, sheets)
    asked.keep_matchings(sheets, actor.user_id or 0)
    return json_response(201, {"import": facts_of(one)})


def begin(
    request: HttpRequest,
    actor: Actor,
    sheets: list[Sheet],
    *,
    name: str,
    options: Mapping[str, Json],
    kind: str = TABLE,
) -> TableImport:
    """Plan the import of tables, and keep it for its person.

    Raises
    ------
    Invalid
        If an option is wrong.
    Conflict
        If the person has too many imports.
    """
    asked = _Asked.of(options, sheets, actor.user_id or 0)
    one = TableImport(user_id=actor.user_id or 0, kind=kind, name=name)
    _plan(request, actor, one, sheets, asked)
    return one


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
    plan, _, _ = _kept(imports.find(actor.user_id or 0, import_id))
    rows, count = rows_of(plan, action=action, start=start, most=most)
    return json_response(200, {"rows": rows, "count": count})


def corrected(request: HttpRequest, import_id: str) -> HttpResponse:
    """Correct the cells of an import or how it is read, and plan it again."""
    actor = _person(request, writing=True)
    _refuse_parameters(request, ())
    one = imports.find(actor.user_id or 0, import_id)
    if one.state != TableImport.PLANNED:
        raise Conflict("This import is committed. Import the table again to change more.")
    body = json_object(request.body)
    _refuse_unknown_keys(body, (*OPTIONS, *EDITS))
    sheets = sheets_of(one.source)
    asked = _Asked.kept(one.asked, sheets)
    if given := {name: value for name, value in body.items() if name in OPTIONS}:
        asked = asked.changed(given, sheets)
    lists = {name: body.get(name, []) for name in EDITS}
    if wrong := [name for name, value in lists.items() if not isinstance(value, list)]:
        raise Invalid.at(wrong[0], "Expected a list.")
    edited(sheets, Edits(**lists))
    _plan(request, actor, one, sheets, asked)
    asked.keep_matchings(sheets, actor.user_id or 0)
    return json_response(200, {"import": facts_of(one)})


def deleted(request: HttpRequest, import_id: str) -> HttpResponse:
    """Forget an import; what it has written stays."""
    actor = _person(request, writing=True)
    _refuse_parameters(request, ())
    imports.delete(actor.user_id or 0, import_id)
    return HttpResponse(status=204)


def committed(request: HttpRequest, import_id: str) -> HttpResponse:
    """Write what a plan says. Sent again, it answers the same and writes nothing."""
    actor = _person(request, writing=True)
    _refuse_parameters(request, ())
    one = imports.find(actor.user_id or 0, import_id)
    if one.state == TableImport.COMMITTED:
        return _done(one)
    plan, sheets, asked = _kept(one)

    def first() -> None:
        # Others that commit the same plan wait here, and then find that it is done.
        now = imports.find(actor.user_id or 0, import_id, lock=True)
        if now.state != TableImport.PLANNED or now.updated_at != one.updated_at:
            raise Conflict("This import was changed or committed in the meantime. Look at it again.")

    def then(done: Done) -> None:
        one.state, one.event = TableImport.COMMITTED, done.event
        imports.keep(one)

    try:
        commit(plan, viewer=_viewer(actor), base=base_of(request), first=first, then=then)
    except Moved as moved:
        return _moved(request, actor, one, sheets, asked, moved)
    return _done(one)


def _done(one: TableImport) -> HttpResponse:
    headers = {} if one.event is None else {EVENT: str(one.event)}
    return json_response(200, {"import": facts_of(one)}, **headers)


def _moved(
    request: HttpRequest, actor: Actor, one: TableImport, sheets: list[Sheet], asked: _Asked, moved: Moved
) -> HttpResponse:
    """That nothing was written, which rows are concerned, and the plan as it is now."""
    rows = [
        {"sheet": table.sheet.name, "row": step.line.number, "id": step.record_id, "message": what}
        for table, step, what in moved.steps[:MOST_ROWS_SHOWN]
    ]
    one.state, one.event = TableImport.PLANNED, None
    _plan(request, actor, one, sheets, asked)
    body = {"detail": moved.message, "moved": rows, "import": facts_of(one)}
    return json_response(409, body, **{"Brainstem-Error-Code": Code.CONFLICT.value})


# --- planning ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Asked:
    """How tables are read, as requests say it: by names that can be kept."""

    options: Mapping[str, Json]
    models: Mapping[int, Spec]
    columns: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, options: Mapping[str, Json], sheets: Sequence[Sheet], user_id: int) -> _Asked:
        """From the options of a request, and what the person has chosen before for these columns."""
        _refuse_unknown_keys(options, OPTIONS)
        models = _models(options, sheets)
        before = {number: imports.matching_of(user_id, spec.label) for number, spec in models.items()}
        columns = {
            sheets[number].name: {head: text for head, text in chosen.items() if head in sheets[number].heads}
            for number, chosen in before.items()
        }
        given = _columns(options, sheets)
        merged = {name: {**columns.get(name, {}), **given.get(name, {})} for name in {*columns, *given}}
        found = cls(dict(options) | {"columns": merged}, models, merged)
        found.asked  # noqa: B018 - refused now, whatever is wrong with it
        return found

    @classmethod
    def kept(cls, text: str, sheets: Sequence[Sheet]) -> _Asked:
        """As it was kept with an import."""
        options = orjson.loads(text)
        return cls(options, _models(options, sheets), _columns(options, sheets))

    def changed(self, given: Mapping[str, Json], sheets: Sequence[Sheet]) -> _Asked:
        """The same with other options; columns that are not named stay as they were matched."""
        new = _columns(given, sheets)
        merged = {name: {**self.columns.get(name, {}), **new.get(name, {})} for name in {*self.columns, *new}}
        options = dict(self.options) | dict(given) | {"columns": merged}
        if "model" in given or "models" in given:
            options = {name: value for name, value in options.items() if name not in ("model", "models")}
            options |= {name: given[name] for name in ("model", "models") if name in given}
        found = replace(self, options=options, models=_models(options, sheets), columns=merged)
        found.asked  # noqa: B018
        return found

    @property
    def asked(self) -> Asked:
        """The same for the planner.

        Raises
        ------
        Invalid
            If an option has a value that it cannot have.
        """
        zone = self.options.get("timezone", UTC)
        dates, empty = self.options.get("dates", ""), self.options.get("empty", "keep")
        if not isinstance(zone, str) or not is_zone(zone):
            raise Invalid.at("timezone", f"There is no time zone {shown(zone)}. Use one such as Europe/Copenhagen.")
        if dates not in ("", DAY_FIRST, MONTH_FIRST):
            raise Invalid.at("dates", f"Say what comes first in dates: {DAY_FIRST!r} or {MONTH_FIRST!r}.")
        if empty not in ("keep", "clear"):
            raise Invalid.at("empty", "Say what empty cells do to what is there: 'keep' or 'clear'.")
        zone_info: dt.tzinfo = ZoneInfo(zone)
        return Asked(Manner(zone_info, dates), self.columns, clears=empty == "clear")

    def keep_matchings(self, sheets: Sequence[Sheet], user_id: int) -> None:
        """Remember for the next table what was chosen for the columns of this one."""
        for number, spec in self.models.items():
            imports.keep_matching(user_id, spec.label, self.columns.get(sheets[number].name, {}))


def _plan(request: HttpRequest, actor: Actor, one: TableImport, sheets: list[Sheet], asked: _Asked) -> None:
    """Plan an import, and keep it."""
    plan = make_plan(sheets, asked.models, asked.asked, viewer=_viewer(actor), base=base_of(request))
    one.asked = orjson.dumps(asked.options).decode()
    one.source, one.plan = sheets_text(sheets), plan_text(plan)
    one.summary = orjson.dumps(summary_of(plan)).decode()
    imports.keep(one)


def _kept(one: TableImport) -> tuple[Plan, list[Sheet], _Asked]:
    sheets = sheets_of(one.source)
    asked = _Asked.kept(one.asked, sheets)
    return plan_of(one.plan, sheets, asked.models, asked.asked), sheets, asked


def _models(options: Mapping[str, Json], sheets: Sequence[Sheet]) -> dict[int, Spec]:
    """Number of a sheet -> model of its rows: as it was said, or else as the sheet is called."""
    given = options.get("models", {})
    if not isinstance(given, dict):
        raise Invalid.at("models", 'Expected an object: {"name of a sheet": "stem/subject"}.')
    names = [sheet.name for sheet in sheets]
    if unknown := [name for name in given if name not in names]:
        raise Invalid.at("models", f"There is no sheet {shown(unknown[0])}.{nearest(unknown[0], names)}")
    found: dict[int, Spec] = {}
    for number, sheet in enumerate(sheets):
        said = given.get(sheet.name, options.get("model") if len(sheets) == 1 else None)
        if said == "":
            continue  # left out
        spec = _spec(said, f"models.{sheet.name}" if sheet.name in given else "model") if said else _called(sheet.name)
        if spec is None:
            example = 'Say it as "model": "stem/subject", or by sheet as "models".'
            raise Invalid.at("models", f"What are the rows of the sheet {shown(sheet.name)}? {example}")
        found[number] = spec
    if not found:
        raise Invalid.at("models", "All sheets are left out.")
    return found


def _spec(said: Json, at: str) -> Spec:
    """The model that a text such as ``stem/subject`` or ``subject`` names, if records are added through the API."""
    known = _known()
    found = known.get(said.strip("/").lower()) if isinstance(said, str) else None
    if found is None:
        names = [name for name in known if "/" in name]
        raise Invalid.at(at, f"There is no model {shown(said)}.{nearest(str(said), names)}")
    return found


def _called(name: str) -> Spec | None:
    return _known().get(name.strip().lower().replace(" ", "_"))


def _known() -> dict[str, Spec]:
    """Every name of every model that can be written: path, name in the URL, singular and plural."""
    found: dict[str, Spec] = {}
    for (app, segment), spec in routes().items():
        if "add" in spec.resource.verbs and "private" in spec.resource.portals:
            for name in (f"{app}/{segment}", model_name(spec), segment, spec.resource.singular, spec.resource.plural):
                found.setdefault(name, spec)
    return found


def _columns(options: Mapping[str, Json], sheets: Sequence[Sheet]) -> dict[str, dict[str, str]]:
    """Name of a sheet -> head -> field; a table alone may leave its own name out."""
    given: Json = options.get("columns", {})
    if isinstance(given, dict) and len(sheets) == 1 and not any(isinstance(one, dict) for one in given.values()):
        given = {sheets[0].name: given}
    right = isinstance(given, dict) and all(
        isinstance(one, dict) and all(isinstance(text, str) for text in one.values()) for one in given.values()
    )
    if not right:
        raise Invalid.at("columns", 'Expected an object: {"head of a column": "field"}; an empty field leaves it out.')
    heads = {sheet.name: sheet.heads for sheet in sheets}
    for name, chosen in given.items():
        if name not in heads:
            raise Invalid.at("columns", f"There is no sheet {shown(name)}.{nearest(name, heads)}")
        if unknown := [head for head in chosen if head not in heads[name]]:
            close = nearest(unknown[0], [one for one in heads[name] if one])
            raise Invalid.at("columns", f"There is no column {shown(unknown[0])}.{close}")
    return {name: dict(chosen) for name, chosen in given.items()}


# --- requests ---------------------------------------------------------------------------------------------------------


def _sent(request: HttpRequest) -> tuple[list[Sheet], str, dict[str, Json]]:
    """The sheets of a request, the name of its file, and its options."""
    if request.content_type == MULTIPART:
        return _sent_file(request)
    if request.content_type not in ("", "application/json"):
        raise Refused(415, f"Send JSON (application/json) or multipart/form-data, not {request.content_type!r}.")
    body = json_object(request.body)
    _refuse_unknown_keys(body, ("text", "name", *OPTIONS))
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


def _viewer(actor: Actor) -> Viewer:
    return Viewer(actor, "private")


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


def _refuse_unknown_keys(given: Mapping[str, Json], known: Sequence[str]) -> None:
    if wrong := [name for name in given if name not in known]:
        raise Invalid({name[:200]: [f"Unknown key {shown(name)}.{nearest(name, known)}"] for name in wrong[:20]})


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
