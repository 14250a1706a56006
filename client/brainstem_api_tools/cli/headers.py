"""Which field of a model each column of a table is. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..names import nearest
from .cells import WrongCell, parts_of
from .describe import Field, Fields
from .sheet import Problem

# Columns of the templates of the public server that have another name than their field.
ALIASES = {
    "data_storage": "datastorage",
    "name_in_data_storage": "name_used_in_storage",
    "coordinates": "coordinates_system",
    "coordinates_data": "coordinates_details",
    "brain_region_acronym": "brain_region.acronym",
    "behavioral_paradigm": "behavioralassay",
}
BY_NAME = "name"


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes
    ----------
    path : tuple of str
        Names inside a field of free form: of ``extra_fields.water_ml``, ``("water_ml",)``.
    lookup : str
        The field by which related records are found.
    commas : bool
        Whether lists may be parted by commas, as in the templates of the public server.
    """

    header: str
    field: Field
    path: tuple[str, ...] = ()
    lookup: str = BY_NAME
    commas: bool = False


def columns_of(
    headers: Sequence[str], fields: Fields, model: str, *, ignored: Sequence[str] = ()
) -> tuple[list[Column], list[str], list[Problem]]:
    """The columns that are fields, the headers that only the server sets, and problems with the others."""
    found: list[Column] = []
    skipped: list[str] = []
    problems: list[Problem] = []
    for header in headers:
        if not header or header in ignored:
            continue
        column = column_of(header, fields, model)
        if column is None:
            names = [name for name, field in fields.items() if not field.read_only]
            hint = nearest(header.partition(".")[0], names) or f"Its fields are: {', '.join(names)}. "
            problems.append(Problem(1, header, f"A {model} has no such field. {hint}Leave columns out with --ignore."))
        elif column.field.read_only and column.field.name != "id":
            skipped.append(header)
        elif twin := next((one for one in found if (one.field, one.path) == (column.field, column.path)), None):
            problems.append(Problem(1, header, f'This is the same field as column "{twin.header}".'))
        else:
            found.append(column)
    return found, skipped, problems


def column_of(header: str, fields: Fields, model: str) -> Column | None:
    """The column with this header; None if the model has no such field."""
    # One of the templates' columns breaks their own rule.
    regular = header.replace("session_name_in", "session__name_in")
    entity, parted, rest = regular.partition("__")
    if not parted:
        return _plain(header, header, fields)
    if entity.replace("_", "") == model:
        return _plain(header, ALIASES.get(rest, rest), fields, commas=True)
    relation = _relation_to(entity.replace("_", ""), fields)
    return Column(header, relation, lookup=rest, commas=True) if relation else None


def _plain(header: str, name: str, fields: Fields, *, commas: bool = False) -> Column | None:
    if name in fields:
        return Column(header, fields[name], commas=commas)
    head, _, rest = name.partition(".")
    if head not in fields or not rest:
        return None
    if fields[head].related:
        return Column(header, fields[head], lookup=rest, commas=commas)
    return Column(header, fields[head], path=tuple(rest.split("."))) if fields[head].kind == "json" else None


def _relation_to(model: str, fields: Fields) -> Field | None:
    return next((field for field in fields.values() if field.related == model and not field.read_only), None)


def parts_in(column: Column, given: object) -> list[Any]:
    """The names or ids in a cell of a relation."""
    if given is None or given == "":
        return []
    if isinstance(given, str):
        try:
            return parts_of(given, commas=column.commas) if column.field.is_list else [given]
        except WrongCell:
            return [given]
    return given if isinstance(given, list) else [given]
