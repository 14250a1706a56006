"""Rows that were selected in a list: some by their ids, or all that match, with the number that there were.

What is done with them is done with exactly these: if rows have come or gone in the meantime, nothing is done.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from brainstem.core.bulk.writing import MAX_ROWS
from brainstem.core.errors import QueryError
from brainstem.core.query.run import fetch_page
from brainstem.core.query.stream import open_stream
from brainstem.core.query.syntax import NO_LIMIT, Filter, Query
from brainstem.core.text.numbers import whole_of
from brainstem.web import formats

from . import words
from .asking import Asked, asked_in
from .column import Column, Values
from .gathering import Gathering
from .rows import ask, fetch, own_title, title_of
from .where import Where

IDS, ALL = "id", "all"  # names of the controls
NAMED = 20


@dataclass(frozen=True)
class Selection:
    """The rows as a query, and how many were selected."""

    asked: Asked
    query: Query
    count: int
    by_query: bool

    @property
    def narrowed(self) -> Asked:
        """The list, of these rows only."""
        return replace(self.asked, query=self.query)


@dataclass(frozen=True)
class Chosen:
    """The selected records with their names, in the order of the list."""

    records: tuple[Values, ...]
    titles: Mapping[str, str]

    @property
    def ids(self) -> list[Any]:
        """Their ids, as on the wire."""
        return [record["id"] for record in self.records]

    def names(self, ids: Collection[object] | None = None) -> list[str]:
        """What they are called, or those of them with these ids."""
        wanted = None if ids is None else set(map(str, ids))
        return [title for one, title in self.titles.items() if wanted is None or one in wanted]


class Stopped(Exception):
    """Nothing is done with the selection; the page says why, and which rows it is about."""

    def __init__(self, title: str, text: str, *, names: Collection[str] = (), status: int = 409) -> None:
        super().__init__(text)
        self.title, self.text, self.names, self.status = title, text, list(names), status


def list_asked(where: Where) -> Asked:
    """What the list asks for on which the rows were selected.

    Raises
    ------
    QueryError
        If the address cannot be understood.
    """
    asked = asked_in(where)
    if asked.problems:
        raise QueryError({name: [text] for name, text in asked.problems.items()})
    return asked


def selection_of(where: Where, asked: Asked) -> Selection:
    """The selection that a form sends.

    Raises
    ------
    Stopped
        If nothing is selected.
    """
    sent = where.request.POST
    if ALL in sent:
        count = whole_of(sent[ALL], below=2**31)
        if count is None or count < 1:
            raise _nothing(where)
        return Selection(asked, replace(asked.query, offset=0), count, by_query=True)
    ids = list(dict.fromkeys(one for one in sent.getlist(IDS) if where.spec.is_id(one)))
    if not ids:
        raise _nothing(where)
    among = Filter((IDS, "in"), False, ",".join(ids))
    query = replace(asked.query, filters=(among,), search=(), offset=0)
    return Selection(asked, query, len(ids), by_query=False)


def _nothing(where: Where) -> Stopped:
    return Stopped("Nothing is selected", f"Tick the {words.models_name(where.spec).lower()} first.", status=400)


def unmoved(selection: Selection, count: int) -> None:
    """Refuse a selection of which there are now more or fewer rows.

    Raises
    ------
    Stopped
        With both numbers.
    """
    if count == selection.count:
        return
    was, now = formats.count(selection.count), formats.count(count)
    if selection.by_query:
        text = f"{was} rows matched when you selected all of them; now {now} do."
    else:
        text = f"Of the {was} rows that you selected, {now} are still there."
    raise Stopped("The list has changed", f"{text} Nothing was done. Look at the list again, and select again.")


def chosen(where: Where, selection: Selection, columns: tuple[Column, ...] = ()) -> Chosen:
    """The selected records, with what these columns need; two statements.

    Raises
    ------
    Stopped
        If they are too many to be written at once, or not those that were selected any more.
    """
    if selection.count > MAX_ROWS:
        raise Stopped(
            "Too many at once",
            f"{formats.count(selection.count)} rows are selected. At most {formats.count(MAX_ROWS)} are changed at"
            " once, so that all of them are or none is. Narrow the list with a filter, and do it in parts.",
        )
    query = replace(selection.query, limit=MAX_ROWS, versions=True)
    records, count = fetch(where.spec, query, columns, viewer=where.viewer)
    unmoved(selection, count)
    gathering = Gathering(where.viewer)
    ask(records, where.spec, (), gathering)
    gathering.run()
    titles = {str(record["id"]): title_of(where.spec, record, gathering) for record in records}
    return Chosen(tuple(records), titles)


def reading_of(where: Where, query: Query, keys: Collection[str]) -> list[Values]:
    """The records of a query with their versions and these keys, and what they are named by; one statement."""
    needed = {"id", *own_title(where.spec), *keys}
    left_out = tuple((key,) for key in where.spec.keys if key not in needed)
    asked = replace(query, excludes=left_out, versions=True)
    found = fetch_page(where.spec, asked, viewer=where.viewer, base=where.base)
    return [json.loads(record) for record in found.records]


def versions_of(where: Where, selection: Selection) -> list[tuple[str, str]]:
    """Id and version of each selected record, in the order of the list; one statement.

    Raises
    ------
    Stopped
        If they are more or fewer than were selected.
    """
    left_out = tuple((key,) for key in where.spec.keys if key != IDS)
    query = replace(selection.query, limit=NO_LIMIT, offset=0, excludes=left_out, versions=True)
    stream = open_stream(where.spec, query, viewer=where.viewer, base=where.base)
    try:
        records = [json.loads(text) for texts in stream.batches for text in texts]
    finally:
        stream.close()
    unmoved(selection, len(records))
    return [(str(one[IDS]), str(one["version"])) for one in records]


def matching(where: Where, asked: Asked) -> Selection:
    """All that match now; one statement."""
    query = replace(asked.query, offset=0)
    _, count = fetch(where.spec, replace(query, limit=1), (), viewer=where.viewer)
    return Selection(asked, query, count, by_query=True)


def still_there(where: Where, selection: Selection) -> None:
    """Refuse a selection that has moved; one statement.

    Raises
    ------
    Stopped
        With both numbers.
    """
    _, count = fetch(where.spec, replace(selection.query, limit=1), (), viewer=where.viewer)
    unmoved(selection, count)


def stopped_page(where: Where, asked: Asked, stopped: Stopped) -> HttpResponse:
    """The page that says why nothing was done."""
    context = {
        "where": where,
        "models": words.models_name(where.spec),
        "stopped": stopped,
        "names": stopped.names[:NAMED],
        "more": max(0, len(stopped.names) - NAMED),
        "back": asked.address.url,
    }
    return render(where.request, "portal/stopped.html", context, status=stopped.status)


__all__ = [
    "ALL",
    "IDS",
    "Chosen",
    "Selection",
    "Stopped",
    "chosen",
    "list_asked",
    "matching",
    "reading_of",
    "selection_of",
    "still_there",
    "stopped_page",
    "unmoved",
    "versions_of",
]
