"""A list as a file: exactly the rows that its address shows, all of them, and its columns, for spreadsheets.

CSV and XLSX hold what people read: names of related records, numbers and units apart. NDJSON and Parquet hold the
records themselves, as the API streams them.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from tempfile import TemporaryFile
from typing import IO

from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from brainstem.api.streams import stream_response
from brainstem.apps.users.time_zones import UTC
from brainstem.core.query.stream import open_stream
from brainstem.core.query.syntax import NO_LIMIT
from brainstem.core.tables.formulas import guarded

from . import words, zone
from .asking import Asked
from .cells import Cell
from .columns import Column, Values
from .gathering import Gathering
from .rows import ask, fetch, own_title, rows_of
from .selection import Stopped, list_asked, selection_of, stopped_page, unmoved
from .where import Where, page

MOST_ROWS = 1_000_000  # of a sheet there are 1,048,576
BATCH = 500
Line = list[str | float]


@dataclass(frozen=True)
class Format:
    """A kind of file."""

    label: str
    content_type: str
    needs: str = ""


FORMATS = {
    "csv": Format("CSV", "text/csv; charset=utf-8"),
    "xlsx": Format("Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsxwriter"),
    "ndjson": Format("NDJSON", "application/x-ndjson"),
    "parquet": Format("Parquet", "application/vnd.apache.parquet", "pyarrow"),
}


def available() -> list[str]:
    """The kinds of files that this server can write."""
    return [name for name, one in FORMATS.items() if not one.needs or find_spec(one.needs) is not None]


@csrf_exempt  # It only reads, and what it answers cannot be read by other sites. Public lists have no token to send.
@page
def export(where: Where, kind: str) -> HttpResponse:
    """All rows of a list as a file; sent as a form, the selected ones."""
    if kind not in available():
        raise Http404(kind)
    asked = list_asked(where)
    if where.request.method == "POST":
        return _selected(where, asked, kind)
    if kind == "ndjson" and asked.stored is None:  # a redirect would name what the filter of a view names
        query = f"?{asked.api_query}&format=ndjson" if asked.api_query else "?format=ndjson"
        return HttpResponseRedirect(f"/api/{where.portal}/{where.spec.app}/{where.spec.segment}/{query}")
    return _in_utc(where, asked, kind)


def _selected(where: Where, asked: Asked, kind: str) -> HttpResponse:
    try:
        selection = selection_of(where, asked)
        _, count = fetch(where.spec, replace(selection.query, limit=1), (), viewer=where.viewer)
        unmoved(selection, count)
    except Stopped as stopped:
        return stopped_page(where, asked, stopped)
    return _in_utc(where, selection.narrowed, kind)


def _in_utc(where: Where, asked: Asked, kind: str) -> HttpResponse:
    """Files are read elsewhere and by others: their times are in UTC."""
    with zone.shown_in(UTC):
        return _WRITERS[kind](where, asked)


def _name(where: Where, kind: str) -> str:
    return f"{where.spec.resource.plural}-{zone.today()}.{kind}"


# -- lines of a table -------------------------------------------------------------------------------------------------


def head_of(asked: Asked) -> Line:
    """Name and identifier, then the columns of the list; a number with a unit takes two."""
    found: Line = ["Name", "Identifier"]
    for column in asked.columns:
        found += [column.label, *([f"{column.label}, unit"] if _has_unit(column) else [])]
    return found


def lines(asked: Asked) -> Iterator[Line]:
    """The rows, a few hundred of them in memory at a time."""
    needed = {"id", *own_title(asked.spec), *(key for column in asked.columns for key in column.needs)}
    left_out = tuple((key,) for key in asked.spec.keys if key not in needed)
    query = replace(asked.query, limit=NO_LIMIT, offset=0, excludes=left_out)
    stream = open_stream(asked.spec, query, viewer=asked.viewer, base="")
    waiting: list[Values] = []
    try:
        for texts in stream.batches:
            waiting += [json.loads(text) for text in texts]
            while len(waiting) >= BATCH:
                yield from _lines(asked, waiting[:BATCH])
                del waiting[:BATCH]
        yield from _lines(asked, waiting)
    finally:
        stream.close()


def _lines(asked: Asked, records: Sequence[Values]) -> Iterator[Line]:
    gathering = Gathering(asked.viewer)
    ask(records, asked.spec, asked.columns, gathering)
    gathering.run()
    for row in rows_of(records, asked.spec, asked.columns, gathering):
        line: Line = [row.title, row.id]
        for column, cell in zip(asked.columns, row.cells, strict=True):
            line += _values(column, cell)
        yield line


def _has_unit(column: Column) -> bool:
    if column.key in ("age", "last_weight"):
        return True
    group = words.group_of(column.spec, column.key.split(".")[0]) if "." in column.key else ""
    return bool(group) and any(
        "unit" in str(words.schema_of(group, name).get(column.key.split(".")[1], {}).get("properties", ""))
        for name in words.choices_of(column.spec, "type")
    )


def _values(column: Column, cell: Cell) -> Line:
    if cell.kind in ("number", "count"):
        return [_number(cell.text), *([cell.unit] if _has_unit(column) else [])]
    return [cell.as_text, *([""] if _has_unit(column) else [])]


def _number(text: str) -> str | float:
    try:
        return float(text) if "." in text or "e" in text else int(text)
    except ValueError:
        return text


# -- files -------------------------------------------------------------------------------------------------------------


def _csv(where: Where, asked: Asked) -> HttpResponse:
    def written() -> Iterator[bytes]:
        yield b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8
        yield _csv_line(head_of(asked))
        for line in lines(asked):
            yield _csv_line(line)

    headers = {"Content-Disposition": f'attachment; filename="{_name(where, "csv")}"'}
    found: HttpResponse = StreamingHttpResponse(  # type: ignore[assignment]
        written(), content_type=FORMATS["csv"].content_type, headers=headers
    )
    return found


def _csv_line(line: Line) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([guarded(one) if isinstance(one, str) else one for one in line])
    return text.getvalue().encode("utf-8", "replace")


def _ndjson(where: Where, asked: Asked) -> HttpResponse:
    stream = open_stream(
        asked.spec, replace(asked.query, limit=NO_LIMIT, offset=0), viewer=asked.viewer, base=where.base
    )
    found = stream_response(where.request, stream, "ndjson")
    found.headers["Content-Disposition"] = f'attachment; filename="{_name(where, "ndjson")}"'
    return found


def _xlsx(where: Where, asked: Asked) -> HttpResponse:
    from xlsxwriter import Workbook  # noqa: PLC0415 - only this format needs it

    def write(file: IO[bytes]) -> None:
        # Row by row to a temporary file; texts stay texts, whatever they begin with.
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        book = Workbook(file, options)
        sheet = book.add_worksheet(words.models_name(where.spec)[:31])
        sheet.freeze_panes(1, 1)
        sheet.write_row(0, 0, head_of(asked), book.add_format({"bold": True}))
        for number, line in enumerate(lines(asked), start=1):
            if number > MOST_ROWS:
                break
            sheet.write_row(number, 0, [_as_read(one) for one in line])
        book.close()

    return _file(where, "xlsx", write)


def _parquet(where: Where, asked: Asked) -> HttpResponse:
    from pyarrow import ipc, parquet  # noqa: PLC0415 - only this format needs it

    from brainstem.api.arrow import arrow_chunks  # noqa: PLC0415

    def write(file: IO[bytes]) -> None:
        query = replace(asked.query, limit=NO_LIMIT, offset=0)
        stream = open_stream(asked.spec, query, viewer=asked.viewer, base=where.base)
        with TemporaryFile() as between:
            for chunk in arrow_chunks(stream):
                between.write(chunk)
            stream.close()
            between.seek(0)
            with ipc.open_stream(between) as reader, parquet.ParquetWriter(file, reader.schema) as writer:
                for batch in reader:
                    writer.write_batch(batch)

    return _file(where, "parquet", write)


def _as_read(value: str | float) -> str | float:
    """A value of a sheet: one apostrophe is taken off when it is read again, as in CSV."""
    return guarded(value) if isinstance(value, str) and value.startswith("'") else value


def _file(where: Where, kind: str, write: Callable[[IO[bytes]], None]) -> HttpResponse:
    file = TemporaryFile()  # noqa: SIM115 - the response closes it
    write(file)
    file.seek(0)
    found: HttpResponse = FileResponse(  # type: ignore[assignment]
        file, as_attachment=True, filename=_name(where, kind), content_type=FORMATS[kind].content_type
    )
    return found


_WRITERS: dict[str, Callable[[Where, Asked], HttpResponse]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "ndjson": _ndjson,
    "parquet": _parquet,
}

__all__ = ["FORMATS", "available", "export"]
