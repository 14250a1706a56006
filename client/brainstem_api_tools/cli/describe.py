"""What a model consists of: asked of the server, otherwise as this client knows it."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import Any

from ..errors import AuthenticationError, BrainstemError, ConnectionFailed, NotAnAnswer, ServerError
from .connection import Server


@dataclass(frozen=True)
class Field:
    """One field of a model."""

    name: str
    kind: str
    related: str = ""  # model
    related_id: str = "uuid"
    required: bool = False
    read_only: bool = False
    nullable: bool = False
    unique: bool = False
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    help_text: str = ""

    @property
    def is_list(self) -> bool:
        """Whether it has several values."""
        return self.kind in {"m2m", "reverse_m2m", "tags"}


Fields = dict[str, Field]


def fields_of(server: Server, model: str) -> Fields:
    """The fields of a model, in the order of a record."""
    try:
        found = server.ask("OPTIONS", server.url(model))["fields"]
        return {name: _field(name, about) for name, about in found.items()}
    except (AuthenticationError, ConnectionFailed, NotAnAnswer, ServerError):
        raise
    except (BrainstemError, KeyError, TypeError, AttributeError):
        return built_in(model)  # a server that describes its models in another way


def built_in(model: str) -> Fields:
    """The fields of a model as this version of the client knows them."""
    from ..record import fields_of as known_fields
    from ..record import record_class

    return {
        name: Field(
            name,
            one.kind,
            one.related,
            required=one.required,
            read_only=one.read_only,
            nullable=one.nullable,
            choices=tuple(one.choices),
        )
        for name, one in known_fields(record_class(model.replace("_", ""))).items()
    }


def _field(name: str, about: dict[str, Any]) -> Field:
    return Field(
        name=name,
        kind=str(about["type"]),
        related=str(about.get("related") or "").rpartition("/")[2],
        related_id=str(about.get("related_id") or "uuid"),
        required=bool(about.get("required")),
        read_only=bool(about.get("read_only")),
        nullable=bool(about.get("nullable")),
        unique=bool(about.get("unique")),
        max_length=about.get("max_length"),
        choices=tuple(str(one["value"]) for one in about.get("choices") or ()),
        help_text=str(about.get("help_text") or ""),
    )


def relation_path(server: Server, model: str, path: str) -> str:
    """The part of a dotted path that leads through relations: of ``behaviors.setup.name``, ``behaviors.setup``."""
    walked: list[str] = []
    with contextlib.suppress(KeyError):
        for name in path.split(".")[:-1]:
            related = fields_of(server, model)[name].related
            if not related:
                break
            walked.append(name)
            model = related
    return ".".join(walked)


def field_at(server: Server, model: str, path: str, *, included: bool = False) -> Field:
    """The field at a dotted path; JSON if it is a record, part of a free-form value, or unknown."""
    fields, several = fields_of(server, model), False
    head, _, rest = path.partition(".")
    while rest and head in fields and fields[head].related:
        several = several or fields[head].is_list
        fields = fields_of(server, fields[head].related)
        head, _, rest = rest.partition(".")
    found = fields.get(head)
    if found is None or rest or included or several:
        return Field(path, "json")
    return found
