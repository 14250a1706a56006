"""Checks the sizes kept of uploaded files against records and storage, and corrects them.

A new server has all of them; one that had files before sizes were kept gets them here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.core.files.storage import Storage, default_storage
from django.db import connection, transaction

from ..model.declare import ProjectRecord
from ..model.registry import Spec, specs
from ..models import Change, StoredFile
from .files import uploads_of


@dataclass(frozen=True)
class Kept:
    """What is kept of a file, or should be; ``bytes`` is None if it is missing in the storage."""

    model: str
    record_id: str
    audience_id: int | None
    bytes: int | None


def findings() -> list[str]:
    """What is wrong, as sentences; empty if nothing is. Looks up the size of every file."""
    return _told(*_compared())


def missing() -> list[str]:
    """The names of files that records have, and the storage has not."""
    return sorted(name for name, one in _wanted().items() if one.bytes is None)


def mend() -> list[str]:
    """Correct what is wrong; returns what was done, as sentences."""
    with transaction.atomic():
        if connection.vendor == "postgresql":  # Who writes a file meanwhile does so afterwards.
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {StoredFile._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")
        wrong, surplus = _compared()
        for name, one in wrong.items():
            values = {"model": one.model, "record_id": one.record_id, "audience_id": one.audience_id}
            StoredFile.objects.update_or_create(name=name, defaults=values | {"bytes": one.bytes, "is_replaced": False})
        StoredFile.objects.filter(name__in=surplus).update(is_replaced=True)
        return _told(wrong, surplus)


def _told(wrong: Mapping[str, Kept], surplus: list[str]) -> list[str]:
    found = []
    if wrong:
        found.append(f"{len(wrong)} uploaded file{_s(wrong)} counted wrongly or not at all.")
    if surplus:
        found.append(f"{len(surplus)} uploaded file{_s(surplus)} counted that no record has.")
    return found


def _s(some: Mapping[str, Kept] | list[str]) -> str:
    return " is" if len(some) == 1 else "s are"


def _compared() -> tuple[dict[str, Kept], list[str]]:
    """What is wrong, as it should be, by the names of files; and those that are counted although no record has them."""
    wanted = _wanted()
    rows = StoredFile.objects.filter(is_replaced=False)
    held = {row.name: Kept(row.model, row.record_id, row.audience_id, row.bytes) for row in rows}
    wrong = {name: one for name, one in wanted.items() if one.bytes is not None and held.get(name) != one}
    return wrong, sorted(held.keys() - wanted.keys())


def _wanted() -> dict[str, Kept]:
    """The files that records have, by name, and those that deleted records had last."""
    found: dict[str, tuple[str, str, int | None]] = {}
    for spec in specs().values():
        if uploads_of(spec):
            present = {str(values["id"]): values for values in _present(spec)}
            gone = {pk: values for pk, values in _deleted(spec) if pk not in present}
            for pk, values in (*gone.items(), *present.items()):
                names = [str(values[name]) for name in uploads_of(spec) if values.get(name)]
                audience_id = values.get("audience_id")
                about = (spec.label, pk, audience_id if isinstance(audience_id, int) else None)
                found |= dict.fromkeys(names, about)
    sizes = dict(_sizes(default_storage, found))
    return {name: Kept(*about, sizes.get(name)) for name, about in found.items()}


def _present(spec: Spec) -> Iterator[Mapping[str, object]]:
    """What the records of a model have; one query."""
    more = ["audience_id"] if issubclass(spec.model, ProjectRecord) else []
    yield from spec.model._default_manager.order_by().values("id", *more, *uploads_of(spec)).iterator()


def _deleted(spec: Spec) -> Iterator[tuple[str, Mapping[str, object]]]:
    """What the deleted records of a model had, the last deletion of each last; one query."""
    lines = Change.objects.filter(model=spec.label, life=-1).order_by("pk")
    for pk, values in lines.values_list("record_id", "before").iterator():
        yield str(pk), values or {}


def _sizes(storage: Storage, names: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The sizes of those files that are there; of a bucket, from its list."""
    listed = getattr(storage, "sizes", None)
    if listed is not None:
        yield from listed().items()
        return
    for name in names:
        with suppress(FileNotFoundError):
            yield name, storage.size(name)


__all__ = ["findings", "mend", "missing"]
