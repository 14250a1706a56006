"""What records are called where one is chosen: their name, and what tells it from others; from one statement.

Pure: a record as the API shows it, with what it refers to -> a text.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from brainstem.core.model.registry import Column, Spec, specs
from brainstem.core.query.syntax import Query, Sort
from brainstem.web import formats
from brainstem.web.reading import plain

from . import zone
from .faces import face_of
from .gathering import caption
from .words import choices_of

SEPARATOR = " · "
LONGEST = 120
MOST_NAMES = 2  # of a list that are told in a line
Path = tuple[str, ...]


@cache
def query_of(label: str, more: tuple[str, ...] = ()) -> Query:
    """What has to be read of records to name them, and ``more`` of them, in the order of a select."""
    spec, paths = specs()[label], [*_paths(label), *(tuple(name.split(".")) for name in more)]
    first = paths[0] if paths else ("id",)
    sorts = (Sort(first, False),) if len(first) == 1 and first[0] in spec.columns else ()
    above = {path[:depth] for path in paths for depth in range(1, len(path))}
    includes = tuple(sorted(above, key=lambda path: (len(path), path)))
    excludes = [one for path in ((), *includes) for one in _unneeded(spec, path, paths)]
    return Query(includes=includes, excludes=tuple(excludes), sorts=sorts)


def name_of(label: str, record: dict[str, object]) -> str:
    """The name of a record, as everywhere, and what stands behind it."""
    spec, face = specs()[label], face_of(specs()[label])
    title = caption(spec, [_text(spec, name, record) for name in face.title], str(record.get("id", "")))
    text = SEPARATOR.join(one for one in (title, *(_text(spec, name, record) for name in face.hints)) if one)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def title_of(label: str, record: dict[str, object]) -> str:
    """The name of a record alone."""
    spec, face = specs()[label], face_of(specs()[label])
    return caption(spec, [_text(spec, name, record) for name in face.title], str(record.get("id", "")))


def context_of(label: str, record: dict[str, object]) -> str:
    """The line that stands below a name where one is chosen."""
    spec = specs()[label]
    texts = dict.fromkeys(_text(spec, name, record) for name in face_of(spec).context)
    text = SEPARATOR.join(one for one in texts if one)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def titles_of(label: str) -> tuple[Path, ...]:
    """Paths to the texts that are the name of a record, if all of them can be read from single records."""
    spec = specs()[label]
    paths = tuple(tuple(name.split(".")) for name in face_of(spec).title)
    return paths if all((found := _end(spec, path)) is not None and _is_read(found) for path in paths) else ()


@cache
def named_by(label: str) -> tuple[Path, ...]:
    """Paths to the texts by which records are found: their name, and the line below it; people only by their names."""
    spec, face = specs()[label], face_of(specs()[label])
    names = face.title if spec.tree.is_people else (*face.title, *face.hints, *face.context)
    paths = dict.fromkeys(tuple(name.split(".")) for name in names)
    return tuple(path for path in paths if (found := _end(spec, path)) is not None and _is_read(found))


def _end(spec: Spec, path: Path) -> Column | None:
    """The column that a path ends at, if it leads through single records only."""
    for name in path[:-1]:
        if name not in spec.relations or spec.relations[name].many:
            return None
        spec = specs()[spec.relations[name].target]
    return spec.columns.get(path[-1])


def _is_read(column: Column) -> bool:
    return column.wire_type in ("string", "text") or bool(column.field.choices)


def _paths(label: str) -> list[Path]:
    face = face_of(specs()[label])
    return [tuple(name.split(".")) for name in (*face.title, *face.hints)]


def _unneeded(spec: Spec, at: Path, paths: list[Path]) -> list[Path]:
    """The keys of a record, or of one that a path leads to, that no name needs."""
    for name in at:
        spec = specs()[spec.relations[name].target]
    needed = {"id", *(path[len(at)] for path in paths if path[: len(at)] == at and len(path) > len(at))}
    return [(*at, key) for key in spec.keys if key not in needed]


def _text(spec: Spec, name: str, record: object) -> str:
    first, _, rest = name.partition(".")
    value: object = record.get(first) if isinstance(record, dict) else None
    if rest and first in spec.relations:
        target = specs()[spec.relations[first].target]
        if isinstance(value, list):
            return _several([_text(target, rest, one) for one in value])
        return _text(target, rest, value)
    if not isinstance(value, str | int):
        return ""
    wire_type = spec.columns[name].wire_type if name in spec.columns else ""
    if wire_type == "richtext":
        return plain(str(value))
    if wire_type == "datetime":
        return zone.minute(str(value))
    if wire_type == "date":
        return formats.day_in(str(value))
    return choices_of(spec, name).get(str(value)) or " ".join(str(value).split())


def _several(texts: Iterable[str]) -> str:
    named = [text for text in texts if text]
    more = len(named) - MOST_NAMES
    return ", ".join(named[:MOST_NAMES]) + (f" +{more}" if more > 0 else "")


__all__ = ["context_of", "name_of", "named_by", "query_of", "title_of", "titles_of"]
