"""What a form shows of a stored file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from brainstem.core.model.registry import Spec
from brainstem.core.write.uploads import content_type

# Pictures that every browser shows.
SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
# What makes names of stored files unlike each other.
_PREFIX = re.compile(r"^[0-9a-f]{12}-")


@dataclass(frozen=True)
class Stored:
    """A stored file: where it is served, its name, and its size in bytes if the storage tells it."""

    url: str
    name: str
    size: int | None

    @property
    def is_picture(self) -> bool:
        """Whether it can be shown."""
        return content_type(self.name) in SHOWN


def stored_file(spec: Spec, record_id: object, column: str, value: object) -> Stored | None:
    """The file that a person sees in a column as ``value``, its address; one query, none without a file."""
    if not isinstance(value, str) or not value or record_id is None:
        return None
    record = spec.model._default_manager.filter(pk=record_id).only(column).first()
    kept = getattr(record, column, None)
    if not kept:
        return None
    try:
        size = int(kept.size)
    except (OSError, NotImplementedError):
        size = None
    return Stored(urlsplit(value).path, _PREFIX.sub("", kept.name.rpartition("/")[2]), size)
