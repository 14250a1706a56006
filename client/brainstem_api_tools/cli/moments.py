"""Times of a table that name no zone: those of a zone at their own date, not of today. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo


class LocalZone(tzinfo):
    """The zone of this computer, with the offset that holds at each date."""

    def utcoffset(self, when: datetime | None) -> timedelta | None:
        """East of Greenwich, at this time of the clock on the wall."""
        return None if when is None else when.replace(tzinfo=None).astimezone().utcoffset()

    def dst(self, when: datetime | None) -> timedelta | None:  # noqa: ARG002 - asked by nobody here
        """Unknown."""
        return None

    def tzname(self, when: datetime | None) -> str:  # noqa: ARG002
        """What messages call it."""
        return "the zone of this computer"

    def __str__(self) -> str:
        return self.tzname(None)


def in_zone(wall: datetime, zone: tzinfo) -> datetime:
    """The moment at which a clock in the zone shows a time.

    Raises
    ------
    ValueError
        If it shows it never or twice, as when clocks are changed; the message says how to write what is meant.
    """
    try:
        first, second = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    except (OverflowError, OSError):
        raise ValueError(f"{wall.isoformat()} is too far away for {zone}: write it with its offset.") from None
    if first is None or second is None or first == second:
        return wall.replace(tzinfo=zone)
    if first < second:
        raise ValueError(
            f"{wall.isoformat(' ')} did not exist in {zone}: clocks went forward over it. Correct it, or write it with"
            f" its offset, such as {_with(wall, first)}."
        )
    raise ValueError(
        f"{wall.isoformat(' ')} was there twice in {zone}: clocks went back over it. Write it with its offset:"
        f" {_with(wall, first)} or {_with(wall, second)}."
    )


def _with(wall: datetime, offset: timedelta) -> str:
    return wall.replace(tzinfo=timezone(offset)).isoformat()
