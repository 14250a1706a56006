"""Records with attributes: a server's answers, with the types of the contract. Pure.

A record knows which client it came from, so that it can be saved and its past be asked for (``attached.py``).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Callable, ClassVar

from . import documentation
from .attached import Attached, Source
from .contract import models
from .names import Name, model_name, nearest

_Z = re.compile(r"Z$")
_FRACTION = re.compile(r"\.(\d+)")


@dataclass
class Field:
    """One field of a model: on a record, the attribute is its value; on the class, it is this field."""

    kind: str
    help: str = ""
    related: str = ""
    required: bool = False
    read_only: bool = False
    nullable: bool = False
    choices: Sequence[str] = ()
    name: str = ""

    def __set_name__(self, owner: type[Record], name: str) -> None:
        self.name = name

    def __get__(self, record: Record | None, owner: type[Record]) -> Any:
        if record is None:
            return self
        edits = record._edits
        if self.name in edits:
            return edits[self.name]
        if self.name not in record.data:
            raise AttributeError(f"The server did not send '{self.name}' for this {record.model}.")
        return record._watched(self.name, self.read(record.data[self.name], record._source))

    def __set__(self, record: Record, value: object) -> None:
        if self.read_only:
            raise AttributeError(f"'{self.name}' is set by the server.")
        record._edit(self.name, value)

    def read(self, value: object, source: Source | None = None) -> Any:
        """A JSON value as a Python one: times, dates, and related records where they are included."""
        if isinstance(value, list) and self.related:
            return [self._related(one, source) for one in value]
        if self.related:
            return self._related(value, source)
        return READERS[self.kind](value) if self.kind in READERS and isinstance(value, str) else value

    def _related(self, value: object, source: Source | None) -> Any:
        if not isinstance(value, dict):
            return value
        return record_class(self.related)(value, source and source.alone())


class Record(Attached, Mapping[str, Any]):
    """A record: a mapping as the server sent it; its fields are typed attributes, which can be changed and saved."""

    model: ClassVar[str] = ""
    app: ClassVar[str] = ""
    singular: ClassVar[str] = ""
    plural: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()  # names that filters take besides fields
    data: dict[str, Any]
    _tag: str = ""  # says at which version it was read
    # Values that were set since it was read, and those that may have been changed in place.
    _edits: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, data: Mapping[str, Any], source: Source | None = None, tag: str = "") -> None:
        # Not as attributes, since that takes three times as long, and there may be many records.
        self.__dict__["data"] = dict(data)
        if source is not None:
            self.__dict__["_source"] = source
        if tag:
            self.__dict__["_tag"] = tag

    def _edit(self, name: str, value: object) -> None:
        if not self._edits:
            self.__dict__["_edits"] = {}
        self._edits[name] = value  # type: ignore[index]  # it is a dict by now

    def _read(self, name: str) -> Any:
        """A value as it was read."""
        field = fields_of(type(self)).get(name)
        return field.read(self.data.get(name), self._source) if field else self.data.get(name)

    def _watched(self, name: str, value: Any) -> Any:
        """A value that is given out; one that may be changed in place is kept, as a copy, so that this can be told."""
        if isinstance(value, (list, dict, Record)):
            value = copy.deepcopy(value) if value is self.data.get(name) else value
            self._edit(name, value)
        return value

    def _taken(self, data: Mapping[str, Any], tag: str) -> None:
        """Become what was read anew; unsaved changes are gone."""
        self.__dict__.update(data=dict(data), _tag=tag, _edits={})

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    if not TYPE_CHECKING:  # type checkers know the fields that there are

        def __getattr__(self, name: str) -> Any:
            data = self.__dict__.get("data", {})
            if name in data:  # a key that this version of the client does not know
                return self._edits[name] if name in self._edits else self._watched(name, data[name])
            raise AttributeError(self._unknown(name))

        def __setattr__(self, name: str, value: Any) -> None:
            if name == "data" or isinstance(getattr(type(self), name, None), Field):
                object.__setattr__(self, name, value)
            elif name in self.data:
                self._edit(name, value)
            else:
                raise AttributeError(self._unknown(name))

    def _unknown(self, name: str) -> str:
        hint = nearest(name, [*fields_of(type(self)), *self.__dict__.get("data", {})])
        return f"{type(self).__name__} has no field '{name}'. {hint}".strip()

    def __repr__(self) -> str:
        shown = [f"{key}={self.data[key]!r}" for key in ("id", "name", "title") if key in self.data]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __hash__(self) -> int:
        return hash((self.model, self.data.get("id")))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and (self.model, self.data) == (other.model, other.data)


def id_of(record: object) -> Any:
    """The id of a record, or the id itself."""
    return record["id"] if isinstance(record, Record) else record


def fields_of(record: type[Record]) -> dict[str, Field]:
    """The fields of a model by name."""
    return {name: value for name, value in vars(record).items() if isinstance(value, Field)}


@cache
def record_class(model: str) -> type[Record]:
    """The class of a model's records, made when it is first needed."""
    facts = models()[model]
    names = {
        "__module__": f"{__package__}.models.{model}",
        "__doc__": documentation.of_record(model, models()),
        "model": model,
        "app": facts["app"],
        "singular": facts["singular"],
        "plural": facts["plural"],
        "aliases": tuple(facts["aliases"]),
    }
    return type(facts["record"], (Record,), names | {name: Field(**about) for name, about in facts["fields"].items()})


def record_named(model: Name) -> type[Record]:
    """The class of the records of a model under any of its names; ValueError if there is none."""
    return record_class(model_name(model).replace("_", ""))


def read_datetime(text: str) -> Any:
    """A time with its zone; the string itself if it cannot be parsed."""
    # Python 3.9 knows neither Z nor fractions of other lengths than 3 and 6.
    padded = _FRACTION.sub(lambda match: f".{match[1][:6]:<06}", _Z.sub("+00:00", text), count=1)
    return _parsed(datetime.fromisoformat, padded, text)


def read_date(text: str) -> Any:
    """A date; the string itself if it cannot be parsed."""
    return _parsed(date.fromisoformat, text, text)


def _parsed(parse: Callable[[str], Any], text: str, otherwise: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return otherwise


READERS: dict[str, Callable[[str], Any]] = {"datetime": read_datetime, "date": read_date}
