"""What can be done with the selected rows of a list: delete them, add and remove their tags. All of them, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Sized

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from brainstem.api.call import Call
from brainstem.api.writing import written
from brainstem.core.bulk.writing import MAX_ROWS, Rows, write_rows
from brainstem.core.errors import BrainstemError, Missing, RowsRefused
from brainstem.core.model.values import Bad
from brainstem.core.query.syntax import Query
from brainstem.core.write.deletion_previews import not_deletable, preview_deletions
from brainstem.core.write.meeting import MERGED_WITH
from brainstem.core.write.tags import words_of
from brainstem.web import formats

from . import words
from .asking import Asked
from .bulk.choosing import deleting
from .columns import column_of
from .deleting import parts_of
from .selection import IDS, NAMED, Chosen, Stopped, chosen, list_asked, selection_of, stopped_page
from .where import Where, page

SURE = "_sure"
TYPED_ABOVE = 10  # from here on the number is typed, not only confirmed
COMMON_TAGS = 100


def acts_of(where: Where) -> tuple[str, ...]:
    """What can be done with rows of this list."""
    verbs = where.spec.resource.verbs if where.writes else ()
    found = ["tags"] if "change" in verbs and where.spec.has_tags and not where.proposes else []
    return (*found, "delete") if "delete" in verbs else tuple(found)


@page
def selected(where: Where, act: str) -> HttpResponse:
    """A page about the selected rows; sent again as a form, it does what it is about."""
    if act not in acts_of(where):
        raise Missing
    asked = list_asked(where)
    if where.request.method != "POST":  # after signing in; what was selected is gone by then
        return HttpResponseRedirect(asked.address.url)
    try:
        return _ACTS[act](where, asked)
    except Stopped as stopped:
        return stopped_page(where, asked, stopped)


def _page(where: Where, asked: Asked, found: Chosen, template: str, **more: object) -> HttpResponse:
    context: dict[str, object] = {
        "where": where,
        "models": words.models_name(where.spec),
        "what": words.counted(where.spec, len(found.ids)),
        "count": len(found.ids),
        "ids": found.ids,
        "names": found.names()[:NAMED],
        "more": max(0, len(found.ids) - NAMED),
        "back": asked.address.url,
        "problems": (),
    }
    return render(where.request, template, context | more, status=409 if more.get("problems") else 200)


def _some(where: Where, kept: Sized, ids: Sized) -> str:
    """How many of all: ``2 subjects of 40``."""
    return f"{words.counted(where.spec, len(kept))} of {formats.count(len(ids))}"


def _write(where: Where, asked: Asked, rows: Rows, done: str) -> HttpResponse:
    """Write all rows in one transaction and one entry of the history, and return to the list."""
    call = Call(where.request, where.spec, where.viewer)

    def act() -> HttpResponse:
        write_rows(where.spec, rows, viewer=where.viewer, base_url=where.base)
        return HttpResponseRedirect(asked.address.url, status=303)

    response = written(call, act, payloads=rows.update, query=Query())
    messages.success(where.request, done)
    return response


def _problems(refused: BrainstemError, found: Chosen, rows: Sequence[Mapping[str, object]]) -> list[str]:
    """What is wrong, under the names of the rows."""
    if not isinstance(refused, RowsRefused):
        return [str(refused)]
    return [f"{found.titles.get(str(rows[one.index]['id']), '')}: {one.error}" for one in refused.rows[:NAMED]]


# -- deleting ----------------------------------------------------------------------------------------------------------


def _delete(where: Where, asked: Asked) -> HttpResponse:
    selection = selection_of(where, asked)
    if selection.count > MAX_ROWS:  # looked at and deleted a thousand at a time
        begun = deleting(where, asked, selection)
        return HttpResponseRedirect(f"{where.list_path}bulk/{begun.one.pk}/", status=303)
    found = chosen(where, selection)
    ids = [where.parse_id(str(one)) for one in found.ids]
    kept = not_deletable(where.spec, ids, viewer=where.viewer)
    if kept:
        text = f"{_some(where, kept, ids)} may not be deleted by you. Nothing was deleted."
        raise Stopped("You may not delete all of these", text, names=found.names(kept), status=403)
    problems: list[str] = []
    typed = where.request.POST.get(SURE)
    if typed is not None and typed.replace(",", "").strip() == str(len(ids)):
        rows = [{"id": one} for one in found.ids]
        try:
            return _write(where, asked, Rows(delete=rows), f"{words.counted(where.spec, len(ids))} deleted.")
        except BrainstemError as refused:
            problems = _problems(refused, found, rows)
    elif typed is not None:
        problems = [f"Type {len(ids)} to delete {words.counted(where.spec, len(ids))}."]
    preview = preview_deletions(where.spec, ids, viewer=where.viewer)
    parts, typing = parts_of(where, preview, ids), len(ids) > TYPED_ABOVE
    return _page(
        where, asked, found, "portal/selected_delete.html",
        problems=problems, outcome=preview["outcome"], parts=parts, typed=typing,
    )  # fmt: skip


# -- tags --------------------------------------------------------------------------------------------------------------


def _tags(where: Where, asked: Asked) -> HttpResponse:
    column = column_of(where.spec, "tags", where.viewer.view)
    found = chosen(where, selection_of(where, asked), (column,) if column else ())
    ids = [where.parse_id(str(one)) for one in found.ids]
    kept = set(ids) - where.viewer.editable(where.spec, ids)
    if kept:
        text = f"{_some(where, kept, ids)} may not be changed by you. Nothing was changed."
        raise Stopped("You may not change all of these", text, names=found.names(kept), status=403)
    sent, problems = where.request.POST, []
    if "add" in sent:
        try:
            rows = _retagged(found, words_of(sent["add"]), set(sent.getlist("remove")))
            if rows:
                done = f"Tags of {words.counted(where.spec, len(rows))} changed."
                return _write(where, asked, Rows(update=rows), done)
            problems = ["Nothing would change: write tags to add, or tick tags to remove."]
        except Bad as wrong:
            problems = [str(wrong)]
        except BrainstemError as refused:
            problems = _problems(refused, found, rows)
    counts = Counter(str(tag) for record in found.records for tag in _list(record.get("tags")))
    return _page(
        where, asked, found, "portal/selected_tags.html",
        problems=problems, tags=counts.most_common(COMMON_TAGS), add=sent.get("add", ""),
        remove=set(sent.getlist("remove")),
    )  # fmt: skip


def _retagged(found: Chosen, add: list[str], remove: set[str]) -> list[dict[str, object]]:
    """The rows whose tags change; each names the version that was read, so that what others tag meanwhile is kept."""
    rows: list[dict[str, object]] = []
    for record in found.records:
        before = [str(one) for one in _list(record.get("tags"))]
        after = [one for one in dict.fromkeys((*before, *add)) if one not in remove]
        if after != before:
            rows.append({"id": record["id"], "tags": after, MERGED_WITH: record["version"]})
    return rows


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


_ACTS: Mapping[str, Callable[[Where, Asked], HttpResponse]] = {"delete": _delete, "tags": _tags}

__all__ = ["IDS", "acts_of", "selected"]
