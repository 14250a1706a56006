"""Files stored by a write: removed if the write fails, since no database does that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from django.db.models.fields.files import FieldFile

_stored: ContextVar[list[FieldFile] | None] = ContextVar("stored", default=None)


class NotedFile(FieldFile):
    """The file of a record, which records that it was stored."""

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Store the content as Django does."""
        super().save(name, content, save)
        noted = _stored.get()
        if noted is not None:
            noted.append(self)


@contextmanager
def discarded_with_the_write() -> Iterator[None]:
    """Remove files stored in the block if the block fails; wraps the transaction of a write."""
    noted: list[FieldFile] = []
    token = _stored.set(noted)
    try:
        yield
    except BaseException:
        for file in noted:
            with suppress(OSError):  # The caller must learn why the write failed, not this.
                file.storage.delete(str(file.name))
        raise
    finally:
        _stored.reset(token)
