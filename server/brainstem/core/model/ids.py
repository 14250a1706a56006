"""Record identifiers: UUID version 7, so that new rows are stored together and ids sort by creation."""

import os
import string
import time
import uuid

RecordId = uuid.UUID | int

_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_LONGEST = 60
_HEX = frozenset(string.hexdigits)


def uuid7() -> uuid.UUID:
    """A new time-ordered identifier (RFC 9562, section 5.7).

    Returns
    -------
    uuid.UUID
        48 bits of Unix time in ms, 12 bits of sub-millisecond time, 62 random bits.
    """
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random_bits = int.from_bytes(os.urandom(8), "big") >> 2
    return uuid.UUID(int=milliseconds << 80 | _VERSION_7 | fraction << 64 | _VARIANT | random_bits)


def uuid_of(value: object) -> uuid.UUID | None:
    """The UUID in a text, with or without dashes; None for anything else.

    Python's own conversion also accepts digits of other scripts, and underscores between them.
    """
    if isinstance(value, uuid.UUID):
        return value
    if not isinstance(value, str) or len(value) > _LONGEST:
        return None
    digits = value.strip().removeprefix("urn:uuid:").strip("{}").replace("-", "")
    return uuid.UUID(digits) if len(digits) == 32 and _HEX.issuperset(digits) else None
