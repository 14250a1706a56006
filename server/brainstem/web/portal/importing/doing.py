"""What is done with a plan: correcting cells, leaving rows out, writing it, forgetting it, answering a review."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from brainstem.apps.users import import_reviews
from brainstem.core.errors import BrainstemError, Conflict, Invalid, Missing
from brainstem.core.imports.editing import MOST_EDITS
from brainstem.core.imports.steps import WRONG
from brainstem.core.models import ImportReview, TableImport
from brainstem.core.tables.sheets import Line, Sheet
from brainstem.core.text.numbers import whole_of
from brainstem.web import formats
from brainstem.web.notices import tell

from ..sending import TOKEN, refuse_unknown
from . import engine
from .lines import rows_of
from .opened import HOME, Opened
from .refused import Refused

Act = Callable[[Opened, str], HttpResponse | Refused]
CHANGED_SINCE = "The plan was changed in the meantime, perhaps in another window. Look at it again, then import it."


def done(one: Opened, *, onward: str) -> HttpResponse | Refused:
    """Do what a form asks for, then lead ``onward``; or why it was not done.

    Raises
    ------
    Missing
        If the person may not do it.
    """
    act = one.request.POST.get("_do", "")
    acts = _OWN if one.is_mine else _OF_REVIEWERS
    if act not in acts:
        if act in _OWN:
            raise Missing("Only the owner of an import changes it.")
        raise Invalid.at("_do", f"Expected one of {', '.join(acts)}.")
    if act in _FIELDS:
        refuse_unknown(one.request.POST, ("_do", *_FIELDS[act]))
    try:
        return acts[act](one, onward)
    except Missing:
        raise
    except BrainstemError as error:
        return Refused.of(error, one.request.POST.dict())


def _to(url: str) -> HttpResponse:
    return HttpResponseRedirect(url, status=303)


# -- correcting --------------------------------------------------------------------------------------------------------


def _fix(one: Opened, onward: str) -> HttpResponse:
    """One text of a column is replaced by another one in all rows."""
    sent = one.request.POST
    new = sent.get("to") or sent.get("other", "")
    if not new.strip():
        raise Invalid.at("other", f"Type what {sent.get('from') or 'the cells'} should be.")
    edit = {"sheet": sent.get("sheet", ""), "head": sent.get("head", ""), "from": _lines(sent.get("from", ""))}
    engine.correct(one.request, str(one.one.pk), {"replace": [edit | {"to": new}]})
    return _to(onward)


def _cells(one: Opened, onward: str) -> HttpResponse:
    """Cells that were typed into, and a row that is left out."""
    cells, out = list(_typed(one)), _left_out(one, one.request.POST.get("leave", ""))
    if cells or out:
        engine.correct(one.request, str(one.one.pk), {"cells": cells, "leave_out": out})
    return _to(onward)


def _typed(one: Opened) -> Iterator[Mapping[str, object]]:
    """The cells whose text is another one than that of the table."""
    for name, text in one.request.POST.dict().items():
        if name in (TOKEN, "_do", "leave"):
            continue
        kind, _, place = name.partition("-")
        numbers = [whole_of(part, below=2**31) for part in place.split("-")]
        if kind != "c" or len(numbers) != 3 or None in numbers:
            raise Invalid.at(name[:60], "The form has no such field.")
        sheet, line = _row(one, numbers[0], numbers[1])
        at = numbers[2] or 0
        if at >= len(sheet.heads):
            raise Invalid.at(name, "The table has no such column.")
        if _lines(text).strip() != line.cells[at]:
            yield {"sheet": sheet.name, "row": line.number, "head": sheet.heads[at], "value": _lines(text)}


def _left_out(one: Opened, key: str) -> list[Mapping[str, object]]:
    if not key:
        return []
    numbers = [whole_of(part, below=2**31) for part in key.split("-")]
    if len(numbers) != 2:
        raise Invalid.at("leave", "There is no such row.")
    sheet, line = _row(one, numbers[0], numbers[1])
    return [{"sheet": sheet.name, "row": line.number}]


def _row(one: Opened, sheet_number: int | None, number: int | None) -> tuple[Sheet, Line]:
    sheet = one.sheets[sheet_number] if sheet_number is not None and sheet_number < len(one.sheets) else None
    found = next((line for line in sheet.lines if line.number == number), None) if sheet else None
    if sheet is None or found is None:
        raise Conflict(f"Row {number} is no longer part of this import.")
    return sheet, found


def _lines(text: str) -> str:
    """A text as the table has it: browsers send lines with two characters between them."""
    return text.replace("\r\n", "\n")


def _leave_wrong(one: Opened, onward: str) -> HttpResponse:
    """All rows that are wrong are left out, some at a time where there are many."""
    wrong = [{"sheet": table.sheet.name, "row": step.line.number} for table, step in rows_of(one.plan, WRONG)]
    if wrong:
        engine.correct(one.request, str(one.one.pk), {"leave_out": wrong[:MOST_EDITS]})
        number = len(wrong[:MOST_EDITS])
        messages.success(one.request, f"{formats.count(number)} row{'' if number == 1 else 's'} left out.")
    return _to(onward)


# -- writing, forgetting -----------------------------------------------------------------------------------------------


def _commit(one: Opened, onward: str) -> HttpResponse | Refused:  # noqa: ARG001 - acts share a signature
    """Write the plan as it was shown."""
    if one.request.POST.get("_seen") != one.seen and not one.is_done:
        return Refused(409, [CHANGED_SINCE])
    answer = engine.commit(one.request, str(one.one.pk))
    if answer.status == 409:
        return Refused.moved(answer.body, status=409)
    if answer.event and not one.is_done:
        tell(one.request, f"{one.name} is imported.", answer.event, portal="private", onward=one.url)
    return _to(one.url)


def _again(one: Opened, onward: str) -> HttpResponse | Refused:  # noqa: ARG001
    """Do what a worker was to do, where none is there."""
    if one.one.state == TableImport.PLANNING:
        engine.correct(one.request, str(one.one.pk), {})
    elif one.one.state == TableImport.COMMITTING:
        answer = engine.commit(one.request, str(one.one.pk))
        if answer.status == 409:
            return Refused.moved(answer.body, status=409)
    return _to(one.url)


def _forget(one: Opened, onward: str) -> HttpResponse:  # noqa: ARG001
    engine.forget(one.request, str(one.one.pk))
    messages.success(one.request, f"The import of {one.name} is deleted. What it has written stays.")
    return _to(HOME)


# -- reviews -----------------------------------------------------------------------------------------------------------


def _answer(one: Opened, onward: str) -> HttpResponse:  # noqa: ARG001
    sent, mine = one.request.POST, one.viewer.actor.user_id or 0
    found = import_reviews.answer(mine, str(one.one.pk), sent.get("answer", ""), comment=sent.get("comment", ""))
    said = "the plan is fine" if found.answer == ImportReview.FINE else "it needs changes"
    messages.success(one.request, f"Answered: {said}.")
    return _to(one.url)


_OWN: Mapping[str, Act] = {
    "fix": _fix, "cells": _cells, "leave_wrong": _leave_wrong, "commit": _commit, "again": _again, "forget": _forget,
}  # fmt: skip
_OF_REVIEWERS: Mapping[str, Act] = {"answer": _answer}

# What forms send besides; that of cells is read by its names.
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "fix": ("sheet", "head", "from", "to", "other"), "leave_wrong": (), "commit": ("_seen",), "again": (), "forget": (),
    "answer": ("answer", "comment"),
}  # fmt: skip

__all__ = ["done"]
