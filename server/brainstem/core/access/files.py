"""How many bytes the uploaded files of records take, and for which projects.

Each file has a row, with the audience of its record. The row stays when the record is deleted, as that can be undone,
and is set aside when the file is replaced. Portraits are small and have none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cache

from django.db.models import Model

from ..model.declare import ProjectRecord
from ..model.fields import ImageUpload
from ..model.registry import Spec
from ..models import StoredFile
from ..sql.setwise import among_values
from .growth import note_stored


@cache
def uploads_of(spec: Spec) -> tuple[str, ...]:
    """The columns of a model that hold the names of files."""
    return tuple(one.name for one in spec.model._meta.concrete_fields if isinstance(one, ImageUpload))


def note_files(spec: Spec, record: Model, *, old: Mapping[str, object]) -> None:
    """Keep the sizes of files that a record was given, and set those aside that it had in their place.

    ``old`` has the values of its columns before. Takes some statements if a file came or went, else none.
    """
    names = uploads_of(spec)
    was = _named(old.get(name) for name in names)
    files = {str(file.name): file for name in names if (file := getattr(record, name))}
    audience_id = record.audience_id if isinstance(record, ProjectRecord) else None
    if gone := was - files.keys():
        gone_rows = StoredFile.objects.filter(name__in=gone, is_replaced=False)
        note_stored(audience_id, -sum(gone_rows.values_list("bytes", flat=True)))
        gone_rows.update(is_replaced=True)
    for name in files.keys() - was:
        # One that comes back was measured when it was stored.
        known = StoredFile.objects.filter(name=name).values_list("bytes", flat=True).first()
        size = int(files[name].size) if known is None else known
        values = {"bytes": size, "is_replaced": False, "audience_id": audience_id}
        about = {"model": spec.label, "record_id": record.pk}
        StoredFile.objects.update_or_create(name=name, defaults=values, create_defaults=values | about)
        note_stored(audience_id, size)


def move_files(spec: Spec, ids: Collection[object], audience_id: int) -> None:
    """Give the files of records the audience that the records have now; one statement, none for models without."""
    if uploads_of(spec) and ids:
        wanted = among_values(StoredFile._meta.get_field("record_id"), ids)
        StoredFile.objects.filter(model=spec.label, record_id__in=wanted).update(audience_id=audience_id)


def _named(files: Iterable[object]) -> set[str]:
    return {str(one) for one in files if one}


__all__ = ["move_files", "note_files", "uploads_of"]
