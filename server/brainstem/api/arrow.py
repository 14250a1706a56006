"""Records as an Arrow stream: the schema follows from the declarations, the rows from their JSON.

Only loaded when Arrow is requested: pyarrow is an optional dependency, and takes a third of the memory of a worker.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
import pyarrow as pa

from brainstem.core.model.fields import DetailsField, TypeField
from brainstem.core.model.registry import Column, Spec, specs, through_relation
from brainstem.core.query.nodes import Node
from brainstem.core.query.projection import VERSION
from brainstem.core.query.stream import Stream
from brainstem.core.text.times import span_of
from brainstem.core.types.schemas import types_of, units_of

JSON_FIELD = {"format": "json"}
Convert = Callable[[Any], object]


def arrow_chunks(stream: Stream) -> Iterator[bytes]:
    """The stream's bytes: the schema, a batch of records at a time, and the end."""
    sink, fields = _Sink(), [_Field(stream.node, key) for key in _keys(stream.node)]
    schema = pa.schema([one.field for one in fields], metadata={"model": stream.node.spec.label})
    writer = pa.ipc.new_stream(pa.PythonFile(sink, "w"), schema)
    for texts in stream.batches:
        rows = [orjson.loads(text) for text in texts]
        writer.write_batch(pa.record_batch([one.array(rows) for one in fields], schema=schema))
        yield sink.taken()
    writer.close()
    yield sink.taken()


def _keys(node: Node) -> tuple[str, ...]:
    return (*node.keys, VERSION) if node.versioned else node.keys


class _Sink(io.RawIOBase):
    """Buffers what the writer writes until it is sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._sent = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(self._parts[-1])

    def tell(self) -> int:
        return self._sent + sum(map(len, self._parts))

    def taken(self) -> bytes:
        """What was written since the last time."""
        found = b"".join(self._parts)
        self._sent += len(found)
        self._parts.clear()
        return found


class _Field:
    """One column of the response: its Arrow field, and how JSON values become its array."""

    def __init__(self, node: Node, key: str) -> None:
        self.key = key
        kind, self.convert, metadata = _described(node, key)
        self.words: dict[str, int] | None = None
        choices = _choices(node.spec, key)
        if choices is not None:
            kind, self.words = pa.dictionary(pa.int32(), pa.string()), {word: at for at, word in enumerate(choices)}
        self.field = pa.field(key, kind, metadata=metadata)

    def array(self, rows: list[dict[str, Any]]) -> Any:
        """The values of the key in a batch."""
        values = [row[self.key] for row in rows]
        if self.words is not None:
            # Values that are no longer a choice are added to the dictionary, which the stream then sends again.
            at = [None if one is None else self.words.setdefault(one, len(self.words)) for one in values]
            return pa.DictionaryArray.from_arrays(pa.array(at, pa.int32()), pa.array(list(self.words), pa.string()))
        return pa.array([None if one is None else self.convert(one) for one in values], self.field.type)


def _choices(spec: Spec, key: str) -> list[str] | None:
    if key not in spec.columns:
        return None
    field = spec.columns[key].field
    if isinstance(field, TypeField):
        return [name for name, _ in types_of(field.schema_group)]
    return (
        [str(value) for value, _ in field.choices]
        if field.choices and field.get_internal_type() == "CharField"
        else None
    )


def _described(node: Node, key: str) -> tuple[object, Convert, Mapping[str, str]]:
    """Arrow type, conversion of a JSON value, and metadata of one key."""
    spec = node.spec
    if key == VERSION and key not in spec.keys:
        return pa.string(), _same, {}
    if key == "tags" and spec.has_tags:
        return pa.list_(pa.string()), _same, {}
    if key in spec.relations:
        relation = spec.relations[key]
        return _related(specs()[relation.target], node.children.get(key), relation.many)
    if key in spec.computed:
        return _computed(node, key)
    return _column(spec, spec.columns[key])


def _related(target: Spec, child: Node | None, many: bool) -> tuple[object, Convert, Mapping[str, str]]:
    """Ids, or structs of the included records."""
    kind, convert = (_id_type(target), _same) if child is None else _struct(child)
    if not many:
        return kind, convert, {}
    return pa.list_(kind), lambda values: [convert(one) for one in values], {}


def _struct(node: Node) -> tuple[object, Convert]:
    described = {key: _described(node, key) for key in _keys(node)}
    kind = pa.struct([pa.field(key, one, metadata=about) for key, (one, _, about) in described.items()])

    def convert(record: Any) -> dict[str, object]:
        return {key: None if record[key] is None else described[key][1](record[key]) for key in described}

    return kind, convert


def _computed(node: Node, key: str) -> tuple[object, Convert, Mapping[str, str]]:
    computed = node.spec.computed[key]
    if computed.kind == "through":
        target = specs()[through_relation(node.spec, key)[-1].target]
        return _related(target, node.children.get(key), many=False)
    if computed.kind == "authenticated_groups":
        return pa.list_(pa.int64()), _same, {}
    if computed.kind == "rrid_url":
        return pa.string(), _same, {}
    return pa.string(), _json_text, JSON_FIELD


def _column(spec: Spec, column: Column) -> tuple[object, Convert, Mapping[str, str]]:
    if column.wire_type == "json":
        return pa.string(), _json_text, JSON_FIELD | _units(spec, column)
    known: dict[str, tuple[Any, Convert]] = {
        "integer": (pa.int64(), _same),
        "positive_integer": (pa.int64(), _same),
        "number": (pa.float64(), float),
        "boolean": (pa.bool_(), _same),
        "date": (pa.date32(), dt.date.fromisoformat),
        "datetime": (pa.timestamp("us", tz="UTC"), dt.datetime.fromisoformat),
        "duration": (pa.duration("us"), span_of),
    }
    kind, convert = known.get(column.wire_type, (pa.string(), _same))
    return kind, convert, {}


def _units(spec: Spec, column: Column) -> dict[str, str]:
    """The units of the quantities in each type of a record, by type and key."""
    field = column.field
    selector = spec.columns.get(field.selector) if isinstance(field, DetailsField) else None
    group = getattr(selector.field, "schema_group", "") if selector is not None else ""
    found = {name: units for name, _ in types_of(group) if (units := units_of(group, name))}
    return {"units": json.dumps(found)} if found else {}


def _id_type(target: Spec) -> Any:
    return pa.int64() if target.columns["id"].wire_type in ("integer", "positive_integer") else pa.string()


def _same(value: object) -> object:
    return value


def _json_text(value: object) -> str:
    return orjson.dumps(value).decode()
