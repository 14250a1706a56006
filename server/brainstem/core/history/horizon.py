"""How far back history reaches, on a server where old history was removed (:mod:`.pruning`)."""

from __future__ import annotations

import datetime as dt

from ..models import Pruning
from ..sql import database

_NEWEST = f"SELECT max(p.before) FROM {Pruning._meta.db_table} p"


def kept_since() -> dt.datetime | None:
    """The moment since when history is complete; None if nothing was ever removed; one query.

    States of earlier moments cannot be told. To be asked after the changes were read: it is stored before the first of
    them is removed, so that what was read is complete if this is not later.
    """
    [(found,)] = database.rows(_NEWEST, [])
    # SQLite has no type for times: Django writes them as text in UTC.
    return dt.datetime.fromisoformat(found).replace(tzinfo=dt.UTC) if isinstance(found, str) else found


__all__ = ["kept_since"]
