"""Custom columns: identifiers, rich text, structured JSON, tags, uploads.

:mod:`.registry` knows the wire type of each, :mod:`.values` how input is cleaned. This module knows no models.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

from django.core.validators import URLValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from .countries import validate_country
from .ids import uuid7
from .stored_files import NotedFile
from .validators import validate_rrid

# How the key of a record begins whose identifier is an integer.
INTEGER_KEY = "00000000-0000-0000-0000-"


class IdField(models.UUIDField[Any, Any]):
    """A UUID, stored natively on PostgreSQL and as 36 characters with dashes on SQLite.

    The dashed form is the wire format, so that SQLite can put it into JSON unchanged.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor == "sqlite":
            return "char(36)"
        return super().db_type(connection)

    def rel_db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return self.db_type(connection)

    def get_db_prep_value(self, value: object, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:  # noqa: ARG002
        if value is None:
            return None
        if not isinstance(value, uuid.UUID):
            value = self.to_python(value)
        return str(value) if connection.vendor == "sqlite" else value


class PrimaryIdField(IdField):
    """The identifier of a record."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("primary_key", True)
        kwargs.setdefault("default", uuid7)
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class EventIdField(IdField):
    """The identifier of an event, which SQLite keeps as 16 bytes: it is in every change, and in no JSON."""

    def get_internal_type(self) -> str:
        return "EventIdField"  # Django would read a UUIDField of SQLite as text.

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        return "blob" if connection.vendor == "sqlite" else "uuid"

    def get_db_prep_value(self, value: object, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        found = super().get_db_prep_value(value, connection, prepared)
        return uuid.UUID(found).bytes if isinstance(found, str) else found

    def from_db_value(self, value: Any, *_: object) -> uuid.UUID | None:
        return uuid.UUID(bytes=value) if isinstance(value, bytes) else value


class KeyField(IdField):
    """The identifier of a record of any model, which reads as text; integers become the last digits of a UUID."""

    def get_db_prep_value(self, value: object, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        return super().get_db_prep_value(None if value is None else key_of(value), connection, prepared)

    def to_python(self, value: Any) -> Any:
        return None if value is None else key_of(value)

    def from_db_value(self, value: object, *_: object) -> str | None:
        return None if value is None else told_key(str(value))


def key_of(pk: object) -> uuid.UUID:
    """The UUID under which a record's identifier is stored in a :class:`KeyField`."""
    if isinstance(pk, uuid.UUID):
        return pk
    text = str(pk)
    return uuid.UUID(f"{INTEGER_KEY}{int(text):012d}") if text.isdecimal() else uuid.UUID(text)


def told_key(text: str) -> str:
    """The identifier that :func:`key_of` stored, as text."""
    return str(int(text[len(INTEGER_KEY) :])) if text.startswith(INTEGER_KEY) else text


class CurrentTransaction(models.Func):
    """PostgreSQL's number of the current transaction; 0 on SQLite, where writes follow each other."""

    arity = 0
    allowed_default = True
    output_field = models.BigIntegerField()

    def as_postgresql(self, *_: object, **__: object) -> tuple[str, list[str | int]]:
        return "(pg_current_xact_id()::text::bigint)", []

    def as_sqlite(self, *_: object, **__: object) -> tuple[str, tuple[str | int, ...]]:
        return "0", ()


class RichTextField(models.TextField[Any, Any]):
    """Text with harmless HTML markup; sanitised on input."""


class WebField(models.CharField[Any, Any]):
    """A URL; ``http://`` is prepended if the scheme is missing."""

    default_validators = [URLValidator(schemes=["http", "https", "ftp"])]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 200)
        super().__init__(*args, **kwargs)


class CountryField(models.CharField[Any, Any]):
    """An ISO 3166-1 alpha-2 country code."""

    default_validators = [validate_country]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 2
        super().__init__(*args, **kwargs)


class RridField(models.CharField[Any, Any]):
    """A Research Resource Identifier, such as ``RRID:IMSR_JAX:000664``."""

    default_validators = [validate_rrid]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 100)
        super().__init__(*args, **kwargs)


class SpanField(models.BigIntegerField[Any, Any]):
    """A duration, stored as whole microseconds on every database."""

    @property
    def validators(self) -> list[Any]:
        """None, since those of an integer field do not apply to a duration."""
        return []

    def from_db_value(self, value: int | None, *_: object) -> dt.timedelta | None:
        return None if value is None else dt.timedelta(microseconds=value)

    def get_prep_value(self, value: object) -> object:
        if isinstance(value, dt.timedelta):
            return value // dt.timedelta(microseconds=1)
        return value

    def to_python(self, value: object) -> Any:
        return dt.timedelta(microseconds=value) if isinstance(value, int) else value


class StructureField(models.JSONField):
    """JSON of a known shape: ``structure`` names the shape, see :mod:`brainstem.core.model.structures`."""

    def __init__(self, *args: Any, structure: str = "", **kwargs: Any) -> None:
        self.structure = structure
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["structure"] = self.structure
        return name, path, args, kwargs


class TypeField(models.CharField[Any, Any]):
    """A type code whose valid values are the type schemas of ``schema_group``; they stay out of migrations."""

    def __init__(self, *args: Any, schema_group: str = "", **kwargs: Any) -> None:
        self.schema_group = schema_group
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        # Omitted on purpose: a new type is a new file, never a migration.
        kwargs.pop("schema_group", None)
        return name, path, args, kwargs


def keeps_entries(field: object) -> bool:
    """Whether a field holds the entries of a log, each of which may name a person."""
    return isinstance(field, StructureField) and field.structure == "log_entries"


class DetailsField(models.JSONField):
    """The type-specific values of a record; their shape follows from the field named ``selector``."""

    def __init__(self, *args: Any, selector: str = "type", **kwargs: Any) -> None:
        self.selector = selector
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["selector"] = self.selector
        return name, path, args, kwargs


class TagsField(models.ManyToManyField[Any, Any]):
    """Keywords on a record; shared by all models and users."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("to", "core.Tag")
        kwargs.setdefault("blank", True)
        kwargs.setdefault("related_name", "+")
        kwargs.setdefault("help_text", "Keywords to find the record by; shared with everyone.")
        super().__init__(*args, **kwargs)


class ImageUpload(models.FileField):
    """An uploaded picture (PNG, JPEG, GIF, WebP or TIFF); ``private`` ones are never shown in the public portal."""

    kind = "image"
    attr_class = NotedFile

    def __init__(self, *args: Any, private: bool = False, **kwargs: Any) -> None:
        self.private = private
        kwargs.setdefault("upload_to", upload_path)
        kwargs.setdefault("max_length", 300)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)


class DocumentUpload(ImageUpload):
    """An uploaded document (PDF, office, text or image)."""

    kind = "document"


def upload_path(record: models.Model, filename: str) -> str:
    """Path of an upload: never just the caller's file name, so that nothing is overwritten."""
    stem, dot, suffix = filename.rpartition(".")
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", stem or suffix)[:60].strip("-") or "file"
    ending = re.sub(r"[^A-Za-z0-9]+", "", suffix)[:8].lower() if dot else ""
    folder = f"{record._meta.label_lower.replace('.', '/')}/{record.pk}"
    return f"{folder}/{uuid7().hex[-12:]}-{safe}{'.' + ending if ending else ''}"
