"""Times without a zone: read in a given zone, with the offset of their own date. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo


class LocalZone(tzinfo):
    """The zone of this computer, with the offset that applies at each date."""

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        """East of Greenwich, at this time of the clock on the wall."""
        if when is None:
            return None
        # By way of the timestamp: what `astimezone` makes of a time that clocks skip differs since Python 3.13.
        wall = when.replace(tzinfo=None, microsecond=0)
        moment = datetime.fromtimestamp(wall.timestamp(), timezone.utc).replace(tzinfo=None)
        return wall - moment

    def dst(self, when: datetime | None) -> timedelta | None:  # noqa: ARG002 - asked by nobody here
        """Unknown."""
        return None

    def tzname(self, when: datetime | None) -> str:  # noqa: ARG002
        """What messages call it."""
        return "the zone of this computer"

    def __str__(self) -> str:
        return self.tzname(None)


def in_zone(wall: datetime, zone: tzinfo) -> datetime:
    """The moment at which a clock in the zone shows a given time.

    Raises
    ------
    ValueError
        If it never shows it, or shows it twice, because clocks changed; the message says how to write what is meant.
    """
    try:
        first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    except (OverflowError, OSError):
        raise ValueError(f"{wall.isoformat()} is out of range for {zone}: write it with its UTC offset.") from None
    if first is None or second is None or first == second:
        return wall.replace(tzinfo=zone)
    if first < second:
        raise ValueError(
            f"{wall.isoformat(' ')} did not exist in {zone}, because clocks went forward. Correct it, or write it with"
            f" its UTC offset, such as {_with(wall, first)}."
        )
    raise ValueError(
        f"{wall.isoformat(' ')} occurred twice in {zone}, because clocks went back. Write it with its UTC offset:"
        f" {_with(wall, first)} or {_with(wall, second)}."
    )


def _with(wall: datetime, offset: timedelta) -> str:
    return wall.replace(tzinfo=timezone(offset)).isoformat()
