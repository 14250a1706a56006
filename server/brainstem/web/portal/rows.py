"""Records of a query as rows of a table: one statement for the records, one for what their cells need beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from brainstem.core.access.viewer import Viewer
from brainstem.core.model.registry import Relation, Spec
from brainstem.core.query.run import Page, fetch_page
from brainstem.core.query.syntax import Query

from .cells import Cell
from .columns import Column, Values
from .drawn import drawn
from .faces import face_of
from .gathering import Gathering, caption
from .layout import USUAL, Layout
from .where import path_of

# Below and beside the name: for the first columns that say something without a head, which phones do not show.
ON_PHONE = ("m-end", "m-sub", "m-sub2")


@dataclass(frozen=True)
class Row:
    """One record: its name, where it is, and a cell for each column."""

    id: str
    url: str
    title: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Line:
    """One row as it is drawn: its number in the list, identifier, address and name, and the HTML of its cells."""

    number: int
    id: str
    url: str
    title: str
    cells: SafeString


def lines_of(rows: Iterable[Row], columns: Sequence[Column], layout: Layout = USUAL, *, first: int = 1) -> list[Line]:
    """Rows as they are drawn."""
    on_phone = dict(
        zip((number for number, column in enumerate(columns) if not column.is_bare), ON_PHONE, strict=False)
    )
    opened = [_opened(number, column, layout, on_phone.get(number, "")) for number, column in enumerate(columns)]
    return [
        Line(
            number,
            row.id,
            row.url,
            row.title,
            mark_safe(  # noqa: S308 - drawn() escapes
                "".join(f"{start}{drawn(cell)}</td>" for start, cell in zip(opened, row.cells, strict=True))
            ),
        )
        for number, row in enumerate(rows, start=first)
    ]


def _opened(number: int, column: Column, layout: Layout, phone: str) -> str:
    place = place_class(number, numeric=column.numeric, layout=layout, phone=phone)
    return f'<td class="{place}">' if place else "<td>"


def place_class(number: int, *, numeric: bool, layout: Layout = USUAL, phone: str = "") -> str:
    """Where a column goes, on a ``phone`` and elsewhere, where the last ones yield unless somebody has chosen them."""
    narrow = "" if number < 4 or layout.chosen else "p2" if number < 5 else "p3" if number < 6 else "p4"
    return " ".join(one for one in ("num" if numeric else "", phone, narrow, layout.classes(number)) if one)


def fetch(
    spec: Spec,
    query: Query,
    columns: Sequence[Column],
    *,
    viewer: Viewer,
    within: Relation | None = None,
    parent_id: object = None,
) -> tuple[list[Values], int]:
    """The records with the keys that these columns need, and how many there are in all; one statement."""
    needed = {"id", *own_title(spec), *(key for column in columns for key in column.needs)}
    left_out = tuple((key,) for key in spec.keys if key not in needed)
    asked = replace(query, excludes=left_out)
    found: Page = fetch_page(
        spec, asked, viewer=viewer, base=str(settings.BRAINSTEM_URL), within=within, parent_id=parent_id
    )
    return [json.loads(record) for record in found.records], found.count


def own_title(spec: Spec) -> list[str]:
    """The columns of its own that a record is named by."""
    return [name for name in face_of(spec).title if name in spec.columns]


def named_elsewhere(spec: Spec) -> bool:
    """Whether records are named by what they refer to, so that their names are to be asked for."""
    return any("." in name for name in face_of(spec).title)


def ask(records: Sequence[Values], spec: Spec, columns: Sequence[Column], gathering: Gathering) -> None:
    """Say what the rows need beside the records."""
    if named_elsewhere(spec):
        gathering.name(spec, (record["id"] for record in records))
    for column in columns:
        column.ask(records, gathering)


def title_of(spec: Spec, record: Values, gathering: Gathering) -> str:
    """What a record is called."""
    if named_elsewhere(spec):
        found = gathering.caption(spec, record["id"])
        if found:
            return found
    texts = [_text(record.get(name)) for name in face_of(spec).title]
    return caption(spec, texts, str(record["id"]))


def called(spec: Spec, record_id: object, viewer: Viewer) -> str:
    """What a stored record is called; empty if the viewer may not know it. One statement."""
    gathering = Gathering(viewer)
    gathering.name(spec, [record_id])
    gathering.run()
    return gathering.caption(spec, record_id)


def _text(value: object) -> str | None:
    return None if value in (None, "") else str(value)


def rows_of(records: Sequence[Values], spec: Spec, columns: Sequence[Column], gathering: Gathering) -> tuple[Row, ...]:
    """The rows, once everything has been gathered."""
    path = path_of(gathering.viewer.portal, spec)
    return tuple(
        Row(
            str(record["id"]),
            f"{path}{record['id']}/",
            title_of(spec, record, gathering),
            tuple(column.cell(record, gathering) for column in columns),
        )
        for record in records
    )


__all__ = [
    "Line",
    "Row",
    "ask",
    "called",
    "fetch",
    "lines_of",
    "named_elsewhere",
    "own_title",
    "place_class",
    "rows_of",
    "title_of",
]
