"""The entries of histories and of feeds of changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from .record import read_datetime

Row = Mapping[str, Any]


class Values(NamedTuple):
    """The values of a field before and after a change."""

    before: Any
    after: Any


@dataclass(frozen=True)
class Entry:
    """One change of one record.

    Attributes
    ----------
    id : str or int
        Of this entry.
    event : str
        Of the write, which all entries of one request share; for ``client.undo`` and ``record.revert``.
    action : str
        ``create``, ``change``, ``delete``, ``restore``, or another one.
    date_time : datetime
        When it was.
    user, user_name : int or None, str
        Who it was, as far as you may see them.
    via : str
        By what means: a page, the API, an import, a client.
    model, record : str
        What was changed.
    changes : dict of str to Values
        Field -> its values ``before`` and ``after``.
    data : dict
        The entry as the server sent it.
    """

    id: Any
    event: str
    action: str
    date_time: Any
    user: int | None
    user_name: str
    via: str
    model: str
    record: Any
    changes: Mapping[str, Values]
    data: Row = field(repr=False, compare=False)

    @classmethod
    def of(cls, row: Row) -> Entry:
        """An entry of an answer."""
        told = row.get("changes")
        changes = {
            str(name): Values(values.get("from"), values.get("to"))
            for name, values in (told.items() if isinstance(told, dict) else ())
            if isinstance(values, dict)
        }
        return cls(
            id=row.get("id"),
            event=str(row.get("event") or ""),
            action=str(row.get("action") or ""),
            date_time=read_datetime(str(row.get("date_time") or "")),
            user=row.get("user"),
            user_name=str(row.get("user_name") or ""),
            via=str(row.get("via") or ""),
            model=str(row.get("model") or ""),
            record=row.get("record"),
            changes=changes,
            data=row,
        )


@dataclass(frozen=True)
class Changed:
    """That a record was changed: which one, how, and the version that it has since.

    Attributes
    ----------
    model, id : str, str or int
        The record.
    action, version, event : str
        What was done with it, its version since, and the write that this was part of.
    date_time : datetime
        When it was.
    data : dict
        The same as the server sent it.
    """

    model: str
    id: Any
    action: str
    version: str
    event: str
    date_time: Any
    data: Row = field(repr=False, compare=False)

    @classmethod
    def of(cls, row: Row) -> Changed:
        """A change of an answer."""
        texts = {name: str(row.get(name) or "") for name in ("model", "action", "version", "event")}
        return cls(id=row.get("id"), date_time=read_datetime(str(row.get("date_time") or "")), data=row, **texts)
