"""How far back history reaches, on a server where old history was removed (:mod:`.pruning`)."""

from __future__ import annotations

import datetime as dt

from django.db.models import Max

from ..models import Pruning


def kept_since() -> dt.datetime | None:
    """The moment since when history is complete; None if nothing was ever removed; one query.

    States of earlier moments cannot be told. To be asked after the changes were read: it is stored before the first of
    them is removed, so that what was read is complete if this is not later.
    """
    found: dt.datetime | None = Pruning.objects.aggregate(since=Max("before"))["since"]
    return found


__all__ = ["kept_since"]
