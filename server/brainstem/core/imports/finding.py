"""The records that the rows of a table are about: by their id, or by what makes a name unique."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache

import orjson

from ..access.viewer import Viewer
from ..model.registry import Spec
from ..model.uniques import uniques_of
from ..query import run
from ..query.syntax import Query
from .entries import entries_of
from .json_values import Json
from .names import AT_ONCE, naming_field

Record = dict[str, Json]
Key = tuple[Json, ...]


@cache
def key_of(spec: Spec) -> tuple[str, ...]:
    """The keys by which a row without an id finds its record; empty if every such row is a new one.

    A name that is unique, alone or within what the record belongs to, or within it if names may be used repeatedly.
    """
    name = naming_field(spec)
    if not name or not spec.writable(name):
        return ()
    unique = next((one.names for one in uniques_of(spec) if name in one.names), ())
    if unique:
        return (*(one for one in unique if one != name), name)
    place = spec.tree.place
    return (place, name) if place and not spec.relations[place].many else (name,)


def found_by(spec: Spec, keys: Container[str]) -> tuple[str, ...]:
    """As :func:`key_of`, for a table with these keys: rows that are entries of logs find their log."""
    entries = entries_of(spec)
    return entries.found_by if entries is not None and entries.key in keys else key_of(spec)


def existing(spec: Spec, names: Sequence[str], keys: Iterable[Key], *, viewer: Viewer) -> dict[Key, list[Json]]:
    """Key -> ids of the visible records that have it; a statement for some hundred names."""
    wanted = set(keys)
    columns = [spec.relations[name].field.attname if name in spec.relations else name for name in names]
    # Names are rarer than what they are unique within; where there is none, as in logs, it is the other way round.
    by = -1 if names[-1] == naming_field(spec) else 0
    texts = list(dict.fromkeys(key[by] for key in wanted))
    found: dict[Key, list[Json]] = {}
    for start in range(0, len(texts), AT_ONCE):
        rows = viewer.rows(spec).filter(**{f"{columns[by]}__in": texts[start : start + AT_ONCE]})
        for pk, *values in rows.order_by("pk").values_list("pk", *columns):
            key = tuple(map(_plain, values))
            if key in wanted:
                found.setdefault(key, []).append(_plain(pk))
    return found


def records(spec: Spec, ids: Sequence[Json], *, viewer: Viewer) -> dict[str, tuple[Record, str]]:
    """Id -> what can be written of the record, as the viewer sees it, and a digest of that."""
    return {pk: (orjson.loads(text), _digest(spec, text)) for pk, text in _texts(spec, ids, viewer)}


def digests(spec: Spec, ids: Sequence[Json], *, viewer: Viewer) -> dict[str, str]:
    """Id -> digest of what can be written of the record, as the viewer sees it now."""
    return {pk: _digest(spec, text) for pk, text in _texts(spec, ids, viewer)}


def _texts(spec: Spec, ids: Sequence[Json], viewer: Viewer) -> Iterator[tuple[str, str]]:
    """Id and JSON of records; a statement for some hundred of them."""
    wanted = list(dict.fromkeys(ids))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        for pk, text in run.fetch_records(spec, some, _writable(spec), viewer=viewer, base="").items():
            yield str(pk), text


@cache
def _writable(spec: Spec) -> Query:
    # What only the server sets changes when somebody adds a record below this one, which is no change of it.
    entries = entries_of(spec)
    told = {"id"} if entries is None else {"id", entries.key}
    return Query(excludes=tuple((key,) for key in spec.keys if key not in told and not spec.writable(key)))


def _digest(spec: Spec, text: str) -> str:
    # Entries that others add meanwhile do not change what is said of the log.
    if (entries := entries_of(spec)) is not None:
        text = orjson.dumps({key: value for key, value in orjson.loads(text).items() if key != entries.key}).decode()
    return digest(text)


def digest(text: str) -> str:
    """What tells a record from how it was before."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain(value: Json) -> Json:
    return value if isinstance(value, int | str) else str(value)


__all__ = ["Key", "Record", "digest", "digests", "existing", "found_by", "key_of", "records"]
