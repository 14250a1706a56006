"""The page that matches the columns of each sheet with fields, and says how cells are read."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render

from brainstem.apps.users.time_zones import zones
from brainstem.core.errors import BrainstemError, Conflict, Invalid
from brainstem.core.imports.columns import LEFT_OUT, targets_of
from brainstem.core.models import TableImport
from brainstem.core.tables.sheets import Sheet, letters
from brainstem.core.text.numbers import whole_of

from ..sending import TOKEN
from ..where import answered, viewer_in
from . import engine
from .kinds import kinds
from .opened import Opened, own
from .refused import Refused
from .start import DATES

OUT = "-"  # the choice that leaves a column out
EXAMPLES, LONGEST_EXAMPLE = 3, 40
OPTIONS = ("timezone", "dates", "empty")
EMPTY = {"keep": "Leave the field as it is", "clear": "Empty the field"}


@dataclass(frozen=True)
class Choice:
    """A field that a column can fill."""

    value: str
    label: str
    is_chosen: bool = False


@dataclass(frozen=True)
class Column:
    """A column of a sheet, with what it fills and what it could."""

    name: str
    letter: str
    head: str
    examples: str
    problem: str
    why_out: str
    chosen: str
    nearest: tuple[Choice, ...]
    fields: tuple[Choice, ...]
    details: tuple[Choice, ...]


@dataclass(frozen=True)
class Matching:
    """A sheet: what its rows are, and its columns."""

    number: int
    title: str
    rows: int
    model: str
    model_label: str
    columns: tuple[Column, ...]


def columns(request: HttpRequest, import_id: str) -> HttpResponse:
    """What each column fills; sent as a form, it is planned anew."""
    return answered(request, lambda: _page(request, import_id))


def _page(request: HttpRequest, import_id: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponseNotAllowed(["GET", "POST"])
    one = own(request, viewer_in(request, "private"), import_id)
    if one.is_working:
        return HttpResponseRedirect(one.url, status=303)
    if request.method != "POST":
        return _shown(one, Refused())
    try:
        return _matched(one)
    except BrainstemError as error:
        return _shown(own(request, one.viewer, import_id), Refused.of(error, request.POST.dict()))


# -- what was chosen ---------------------------------------------------------------------------------------------------


def _matched(one: Opened) -> HttpResponse:
    """Plan again with other columns, other models, or another way of reading cells."""
    sent = one.request.POST
    if not one.may_correct:
        raise Conflict("This import is done. Its columns stay as they are.")
    for name in sent:
        if name not in (*OPTIONS, "_do", TOKEN) and not _is_known(one, name):
            raise Invalid.at(name[:60], "The form has no such field.")
    changes: dict[str, object] = {name: sent[name] for name in OPTIONS if name in sent}
    models = _models(one, sent)
    if models is not None:
        changes["models"] = models
        _forget_columns(one, [sheet.name for number, sheet in enumerate(one.sheets) if _is_other(one, number, sent)])
    chosen = {
        sheet.name: fields
        for number, sheet in enumerate(one.sheets)
        if not _is_other(one, number, sent) and (fields := _fields(one, number, sheet, sent))
    }
    if chosen:
        changes["columns"] = chosen
    answer = engine.correct(one.request, str(one.one.pk), changes)
    unknown = any(
        "problem" in column for sheet in answer.body["import"].get("sheets", ()) for column in sheet["columns"]
    )
    return HttpResponseRedirect(f"{one.url}columns/" if unknown else one.url, status=303)


def _is_known(one: Opened, name: str) -> bool:
    kind, *numbers = name.split("-")
    found = [whole_of(part, below=2**31) for part in numbers]
    if kind not in ("m", "f") or len(found) != (1 if kind == "m" else 2) or None in found:
        return False
    sheet = one.sheets[found[0]] if (found[0] or 0) < len(one.sheets) and found[0] is not None else None
    return sheet is not None and (kind == "m" or (found[1] or 0) < len(sheet.heads))


def _models(one: Opened, sent: Mapping[str, str]) -> Mapping[str, str] | None:
    """Name of a sheet -> model, if any is another one than before."""
    if not any(_is_other(one, number, sent) for number in range(len(one.sheets))):
        return None
    return {sheet.name: sent.get(f"m-{number}", _path(one, number)) for number, sheet in enumerate(one.sheets)}


def _path(one: Opened, number: int) -> str:
    spec = one.models.get(number)
    return f"{spec.app}/{spec.segment}" if spec is not None else ""


def _is_other(one: Opened, number: int, sent: Mapping[str, str]) -> bool:
    return sent.get(f"m-{number}", _path(one, number)) != _path(one, number)


def _fields(one: Opened, number: int, sheet: Sheet, sent: Mapping[str, str]) -> dict[str, str]:
    """Head -> field, of columns for which another one than before was chosen."""
    found = {}
    before = {column.head: column.chosen for column in _columns(one, number, sheet)}
    for at, head in enumerate(sheet.heads):
        value = sent.get(f"f-{number}-{at}", "")
        if head and value and value != before.get(head):
            found[head] = LEFT_OUT if value == OUT else value
    return found


def _forget_columns(one: Opened, names: Sequence[str]) -> None:
    """Fields that were chosen for the columns of a sheet mean nothing when its rows are something else."""
    kept = {name: chosen for name, chosen in one.columns.items() if name not in names}
    asked = orjson.dumps({**one.options, "columns": kept}).decode()
    TableImport.objects.filter(pk=one.one.pk).update(asked=asked)


# -- the page ----------------------------------------------------------------------------------------------------------


def _shown(one: Opened, refused: Refused) -> HttpResponse:
    sent = refused.sent
    matchings = [
        Matching(
            number, sheet.name, len(sheet.lines), sent.get(f"m-{number}", _path(one, number)),
            _label(one, number), _columns(one, number, sheet, sent),
        )
        for number, sheet in enumerate(one.sheets)
    ]  # fmt: skip
    options = {name: sent.get(name, one.options.get(name, "")) for name in OPTIONS}
    context = {
        "portal": "private",
        "one": one,
        "matchings": matchings,
        "unknown": sum(bool(column.problem) for matching in matchings for column in matching.columns),
        "kinds": kinds(one.viewer),
        "zones": zones(),
        "zone": options["timezone"] or "UTC",
        "dates": DATES,
        "date": options["dates"],
        "empties": EMPTY,
        "empty": options["empty"] or "keep",
        "refused": refused,
        "out": OUT,
    }
    return render(one.request, "portal/importing/columns.html", context, status=refused.status)


def _label(one: Opened, number: int) -> str:
    spec = one.models.get(number)
    return spec.singular_name if spec is not None else ""


def _columns(one: Opened, number: int, sheet: Sheet, sent: Mapping[str, str] | None = None) -> tuple[Column, ...]:
    spec = one.models.get(number)
    table = next((table for table in one.plan.tables if table.number == number), None)
    if spec is None or table is None:
        return ()
    labels, found = targets_of(spec), []
    for at, head in enumerate(sheet.heads):
        if not head:
            continue
        column, name = table.column(at), f"f-{number}-{at}"
        chosen = str(column.target) if column else OUT if at in table.matched.left_out else ""
        chosen = (sent or {}).get(name, chosen)
        problem = table.matched.problems.get(at, "")
        near = _nearest(head, labels) if problem else ()
        pairs = labels if chosen in labels or chosen in ("", OUT) else {chosen: chosen, **labels}
        fields = [Choice(value, label, value == chosen) for value, label in pairs.items()]
        found.append(
            Column(
                name, letters(at), head, _examples(sheet, at), problem, table.matched.left_out.get(at, ""), chosen,
                tuple(Choice(one_near, labels[one_near]) for one_near in near),
                tuple(one_field for one_field in fields if "." not in one_field.value),
                tuple(one_field for one_field in fields if "." in one_field.value),
            )
        )  # fmt: skip
    return tuple(found)


def _nearest(head: str, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The fields whose names come nearest to a head."""
    by_text = {label.casefold(): value for value, label in labels.items()}
    by_text |= {value.casefold(): value for value in labels}
    close = difflib.get_close_matches(head.casefold()[:60], by_text, n=3, cutoff=0.6)
    return tuple(dict.fromkeys(by_text[one] for one in close))


def _examples(sheet: Sheet, at: int) -> str:
    texts = list(dict.fromkeys(line.cells[at] for line in sheet.lines[:200] if line.cells[at]))[:EXAMPLES]
    return ", ".join(text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 1]}…" for text in texts)


__all__ = ["columns"]
