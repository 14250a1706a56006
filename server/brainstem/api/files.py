"""Uploaded files, served only to people who may see the record that they belong to."""

from __future__ import annotations

from django.http import FileResponse, HttpResponse, HttpResponseBase

from brainstem.core.errors import Missing
from brainstem.core.model.registry import Column
from brainstem.core.write.uploads import content_type

from .call import Call
from .responses import offer_only

_INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def file_response(call: Call, column: Column) -> HttpResponse:
    """The stored file of one column, if the caller sees the record."""
    offer_only(call.method, "GET", "HEAD")
    hidden = not call.viewer.shows(call.spec, column.name)
    seen = call.viewer.seen(call.spec, [call.record_id], hop=False)
    record = None if hidden or not seen else call.spec.model._default_manager.filter(pk=call.record_id).first()
    stored = getattr(record, column.name, None) if record else None
    try:
        if stored:
            return _harmless(FileResponse(stored.open("rb")), stored.name)
    except (FileNotFoundError, IsADirectoryError):  # found by trying, since a bucket answers every question from afar
        pass
    raise Missing(f"There is no {column.name} here.")


def _harmless(response: HttpResponseBase, name: str) -> HttpResponse:
    """Headers that keep uploaded files from acting in a browser as part of this site."""
    kind = content_type(name)
    place = "inline" if kind in _INLINE else "attachment"
    response["Content-Type"] = kind
    response["Content-Disposition"] = f'{place}; filename="{name.rpartition("/")[2]}"'
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]
