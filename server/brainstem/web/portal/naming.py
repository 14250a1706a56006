"""What records are called where one is chosen: their name, and what tells it from others; from one statement.

Pure: a record as the API shows it, with what it refers to -> a text.
"""

from __future__ import annotations

from functools import cache

from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.syntax import Query, Sort
from brainstem.web.reading import plain

from .faces import face_of
from .gathering import caption
from .words import choices_of

SEPARATOR = " · "
LONGEST = 120
Path = tuple[str, ...]


@cache
def query_of(label: str) -> Query:
    """What has to be read of records to name them, in the order of a select."""
    spec, paths = specs()[label], _paths(label)
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
    value: object = record
    for key in name.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    if not isinstance(value, str | int):
        return ""
    if name in spec.columns and spec.columns[name].wire_type == "richtext":
        return plain(str(value))
    return choices_of(spec, name).get(str(value)) or " ".join(str(value).split())


__all__ = ["name_of", "query_of"]
