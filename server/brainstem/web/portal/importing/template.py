"""Templates to fill in, as CSV and as XLSX: the columns of a kind of record, with the names that the person may use."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseNotAllowed

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid, Missing
from brainstem.core.imports.columns import Column, match
from brainstem.core.imports.names import naming_field
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.choices import narrowed
from brainstem.core.query.run import fetch_page
from brainstem.core.query.syntax import Query, Sort
from brainstem.core.tables.formulas import guarded

from .. import words
from ..exports import FORMATS, available
from ..sending import refuse_unknown
from ..where import answered, viewer_in
from .kinds import TEMPLATES, heads_of, imports, spec_of_path

KINDS = ("csv", "xlsx")
MOST_NAMES = 1_000  # of a drop-down list; a list of more is typed into
LAST_ROW = 10_000  # rows below the names of the columns that have drop-down lists
LONGEST_NAME = 31  # of a sheet
LISTS = "Names"
NO_TIME = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # the same template is the same file, whenever it is made


@dataclass(frozen=True)
class Sheet:
    """A sheet of a template: its columns, and for each the values to choose from."""

    name: str
    heads: Sequence[str]
    lists: Sequence[Sequence[str]]
    first: Sequence[str]  # the row below the heads


def template(request: HttpRequest, kind: str) -> HttpResponse:
    """A template; ``?of=stem/subject`` is that of a kind of record, ``?of=modules/procedure:Surgery`` of a type."""
    return answered(request, lambda: _file(request, kind))


def _file(request: HttpRequest, kind: str) -> HttpResponse:
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET"])
    viewer = viewer_in(request, "private")
    if kind not in KINDS or kind not in available():
        raise Missing
    refuse_unknown(request.GET, ("of",))
    sheets = _sheets(request.GET.get("of", ""), viewer)
    if kind == "csv" and len(sheets) > 1:
        raise Invalid.at("of", "A CSV file has one sheet. Choose what the rows are, or take the Excel file.")
    name = sheets[0].name.lower().replace(" ", "-") if len(sheets) == 1 else "all"
    return _as_csv(sheets[0], name) if kind == "csv" else _as_xlsx(sheets, name)


def _sheets(of: str, viewer: Viewer) -> list[Sheet]:
    """The sheets that are asked for: all that were released and that the person may import, or one.

    Raises
    ------
    Invalid
        If it is nothing to import.
    """
    names: dict[tuple[str, str, str], list[str]] = {}
    if not of:
        found = [(name, spec_of_path(path)) for name, (path, _) in TEMPLATES.items()]
        return [
            _sheet(name, spec, "", viewer, names) for name, spec in found if spec is not None and imports(spec, viewer)
        ]
    path, _, type_name = of.partition(":")
    spec = spec_of_path(path)
    if spec is None or not imports(spec, viewer):
        raise Invalid.at("of", "There is no template of this kind. Choose one of the list.")
    if type_name and type_name not in words.choices_of(spec, "type"):
        raise Invalid.at("of", f"A {spec.singular_name} has no such type. Choose one of the list.")
    name = next((name for name, (one, _) in TEMPLATES.items() if one == path), words.models_name(spec))
    return [_sheet(name, spec, type_name, viewer, names)]


def _sheet(
    name: str, spec: Spec, type_name: str, viewer: Viewer, names: dict[tuple[str, str, str], list[str]]
) -> Sheet:
    heads = heads_of(spec, type_name)
    by_place = {column.at: column for column in match(spec, heads).columns}
    lists = [_choices(spec, by_place.get(at), type_name, viewer, names) for at in range(len(heads))]
    first = [one[0] if len(one) == 1 else "" for one in lists]
    return Sheet(name[:LONGEST_NAME], heads, lists, first)


def _choices(
    spec: Spec, column: Column | None, type_name: str, viewer: Viewer, names: dict[tuple[str, str, str], list[str]]
) -> list[str]:
    """What a column can hold, if that is known: names of records, or the values of a field."""
    if column is None or column.target.is_unit:
        return []
    target = column.target
    if target.path:
        return _detail_choices(spec, target.path[0], type_name) if target.key == "details" else []
    if target.key == "type" and type_name:
        return [type_name]
    if target.key in spec.relations:
        key = (spec.label, target.key, target.lookup)
        if key not in names:
            names[key] = _names(spec, target.key, target.lookup, type_name, viewer)
        return names[key]
    if target.key in spec.columns and spec.columns[target.key].wire_type == "boolean":
        return ["true", "false"]
    return [value for value in words.choices_of(spec, target.key) if value]


def _detail_choices(spec: Spec, key: str, type_name: str) -> list[str]:
    part: Mapping[str, Any] = words.schema_of(words.type_group(spec), type_name).get(key, {})
    return [one for one in part.get("enum", ()) if isinstance(one, str)]


def _names(spec: Spec, field: str, lookup: str, type_name: str, viewer: Viewer) -> list[str]:
    """The names of the records that the person may choose for a field, in alphabetical order."""
    target = specs()[spec.relations[field].target]
    named = lookup or naming_field(target)
    if not named or not viewer.shows(target, named) or target.tree.is_people:
        return []
    query = Query(limit=MOST_NAMES, sorts=(Sort((named,), False),), excludes=_others(target, named))
    given = {"type": type_name} if type_name else {}
    page = fetch_page(target, narrowed(spec, field, query, given, viewer=viewer), viewer=viewer, base="", offered=True)
    found = (str(json.loads(record).get(named) or "") for record in page.records)
    return list(dict.fromkeys(one for one in found if one))


def _others(target: Spec, named: str) -> tuple[tuple[str, ...], ...]:
    return tuple((key,) for key in target.keys if key not in ("id", named))


# -- files -------------------------------------------------------------------------------------------------------------


def _as_csv(sheet: Sheet, name: str) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(sheet.heads)
    if any(sheet.first):
        writer.writerow([guarded(one) for one in sheet.first])
    headers = {"Content-Disposition": f'attachment; filename="template-{name}.csv"'}
    content = b"\xef\xbb\xbf" + text.getvalue().encode()
    return HttpResponse(content, content_type=FORMATS["csv"].content_type, headers=headers)


def _as_xlsx(sheets: Sequence[Sheet], name: str) -> HttpResponse:
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    _write(file, sheets)
    file.seek(0)
    found: HttpResponse = FileResponse(  # type: ignore[assignment]
        file, as_attachment=True, filename=f"template-{name}.xlsx", content_type=FORMATS["xlsx"].content_type
    )
    return found


def _write(file: IO[bytes], sheets: Sequence[Sheet]) -> None:
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this format needs it

    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": NO_TIME})
    bold = book.add_format({"bold": True, "bottom": 1})
    lists = list(dict.fromkeys(tuple(one) for sheet in sheets for one in sheet.lists if one))
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 0)
        for at, (head, values) in enumerate(zip(sheet.heads, sheet.lists, strict=True)):
            page.set_column(at, at, min(40, max(14, len(head) + 2)))
            if values:
                page.data_validation(1, at, LAST_ROW, at, _validation(lists.index(tuple(values)), len(values)))
        page.write_row(0, 0, sheet.heads, bold)
        if any(sheet.first):
            page.write_row(1, 0, sheet.first)
    if lists:  # a list in the cell itself would be cut off at 255 characters
        hidden = book.add_worksheet(LISTS)
        hidden.hide()
        for row in range(max(map(len, lists))):
            for at, one in enumerate(lists):
                if row < len(one):
                    hidden.write_string(row, at, one[row])
    book.close()


def _validation(number: int, length: int) -> dict[str, object]:
    """A drop-down list, beside which anything may be typed: cells of some columns hold several names."""
    from xlsxwriter.utility import xl_col_to_name  # noqa: PLC0415

    column = xl_col_to_name(number, col_abs=True)
    return {"validate": "list", "source": f"={LISTS}!{column}$1:{column}${length}", "show_error": False}


__all__ = ["template"]
