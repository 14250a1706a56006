"""Records written as a table, JSON Lines, CSV or Parquet; to the output, or to a file."""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Callable

from .flat import cell, guarded, picked
from .terminal import notice

Record = dict[str, Any]
_ENDS = "\r\n"
Pages = Iterable[list[Record]]
NO_ARROW = "Parquet needs pyarrow: pip install 'brainstem_python_api_tools[arrow]'"
NO_TERMINAL = "Parquet cannot be shown in a terminal: name a file with --to, or redirect the output."
FORMULAS = "{count} cells that look like formulas were prefixed with an apostrophe, which import removes again."


def write(pages: Pages, arguments: argparse.Namespace) -> None:
    """Write records as the options ask for."""
    with opened(arguments.to) as out:
        WRITERS[arguments.output](_picked(pages, arguments.columns), arguments, out)


def _picked(pages: Pages, columns: list[str] | None) -> Iterator[list[Record]]:
    for page in pages:
        yield [picked(record, columns) for record in page] if columns else page


@contextmanager
def opened(file: Path | None) -> Iterator[IO[bytes]]:
    """The output, or a file that takes its place when all is written."""
    if file is None:
        yield sys.stdout.buffer
        return
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def as_text(out: IO[bytes], encoding: str = "utf-8") -> Iterator[IO[str]]:
    """The same stream for texts, in UTF-8 whatever the surroundings say; each line goes out when a page is done."""
    text = io.TextIOWrapper(out, encoding=encoding, errors="backslashreplace", newline="", write_through=True)
    try:
        yield text
    finally:
        text.detach()


def _jsonl(pages: Pages, _: argparse.Namespace, out: IO[bytes]) -> None:
    for page in pages:
        out.write("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in page).encode())
        out.flush()


def _csv(pages: Pages, arguments: argparse.Namespace, out: IO[bytes]) -> None:
    with as_text(out, "utf-8-sig" if arguments.spreadsheet else "utf-8") as text:
        formulas = write_csv(pages, text, columns=arguments.columns, spreadsheet=arguments.spreadsheet)
    if formulas:
        notice(arguments, FORMULAS.format(count=formulas))


class _Rows:
    """Takes the rows of a writer that quotes both ends of a line; a bare return would begin a row for spreadsheets."""

    def __init__(self, text: IO[str], *, end: str) -> None:
        self.text, self.end = text, end

    def write(self, row: str) -> int:
        return self.text.write(row[: -len(_ENDS)] + self.end)


def write_csv(pages: Pages, text: IO[str], *, columns: list[str] | None = None, spreadsheet: bool = False) -> int:
    """Rows for records; how many cells have an apostrophe before them, since a spreadsheet would calculate them.

    The columns are those asked for, or the keys of the first record; records of a model share their keys.
    """
    writer, formulas = csv.writer(_Rows(text, end="\r\n" if spreadsheet else "\n"), lineterminator=_ENDS), 0
    header: list[str] | None = None
    for page in pages:
        if header is None and page:
            header = columns or [key for key in page[0] if key != "links"]
            writer.writerow(map(guarded, header))
        for record in page:
            texts = [cell(record.get(name)) for name in header or ()]
            safe = list(map(guarded, texts))
            formulas += sum(one != other for one, other in zip(texts, safe))
            writer.writerow(safe)
        text.flush()
    if header is None and columns:
        writer.writerow(map(guarded, columns))
    return formulas


def _table(pages: Pages, arguments: argparse.Namespace, out: IO[bytes]) -> None:
    from .table import lines_of
    from .terminal import width_of

    records = [record for page in pages for record in page]
    width = None if arguments.to else width_of(sys.stdout)
    lines, left_out = lines_of(records, columns=arguments.columns, width=width)
    # A table is for people, who see it in the encoding of their terminal; a file of their own is UTF-8.
    encoding = "utf-8" if arguments.to else sys.stdout.encoding or "utf-8"
    with as_text(out, encoding) as text:
        text.writelines(f"{line}\n" for line in lines)
    if left_out:
        notice(arguments, f"Not shown: {', '.join(left_out)}. Choose with --columns, or use a wider terminal.")


def _parquet(pages: Pages, arguments: argparse.Namespace, out: IO[bytes]) -> None:
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError as error:
        raise ValueError(NO_ARROW) from error
    if out.isatty():
        raise ValueError(NO_TERMINAL)
    from .parquet import write as write_parquet

    write_parquet(pages, out, columns=arguments.typed())


WRITERS: dict[str, Callable[[Pages, argparse.Namespace, IO[bytes]], None]] = {
    "jsonl": _jsonl,
    "csv": _csv,
    "table": _table,
    "parquet": _parquet,
}
