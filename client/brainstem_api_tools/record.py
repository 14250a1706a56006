"""Records with attributes: a server's answers, with the types of the contract. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Callable, ClassVar

from . import documentation
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
        if self.name not in record.data:
            raise AttributeError(f"The server did not send '{self.name}' for this {record.model}.")
        return self.read(record.data[self.name])

    def __set__(self, record: Record, value: object) -> None:
        raise AttributeError(f"Records are read-only. To change one: update(id, {self.name}=...)")

    def read(self, value: object) -> Any:
        """A JSON value as a Python one: times, dates, and related records where they are included."""
        if isinstance(value, list) and self.related:
            return [self._related(one) for one in value]
        if self.related:
            return self._related(value)
        return READERS[self.kind](value) if self.kind in READERS and isinstance(value, str) else value

    def _related(self, value: object) -> Any:
        return record_class(self.related)(value) if isinstance(value, dict) else value


class Record(Mapping[str, Any]):
    """A record as the server sent it: a mapping, with typed attributes for its fields."""

    model: ClassVar[str] = ""
    app: ClassVar[str] = ""
    singular: ClassVar[str] = ""
    plural: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()  # names that filters take besides fields

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = dict(data)

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
                return data[name]
            hint = nearest(name, [*fields_of(type(self)), *data])
            raise AttributeError(f"{type(self).__name__} has no field '{name}'. {hint}".strip())

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
