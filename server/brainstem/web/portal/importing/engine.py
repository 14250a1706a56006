"""The API of imports, asked by a page: in this process, as the person who looks, by the same handlers and checks.

A page knows the person already and has checked where the form came from, which holds for the request made here too.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.datastructures import MultiValueDict

from brainstem.api import imports
from brainstem.api.writing import EVENT

Json = Any


@dataclass(frozen=True)
class Answer:
    """What the API answered; its errors are raised."""

    status: int
    body: Mapping[str, Json]
    event: str = ""

    @property
    def id(self) -> str:
        """Of the import that it is about."""
        return str(self.body["import"]["id"])


def plan_text(request: HttpRequest, text: str, options: Mapping[str, Json]) -> Answer:
    """Plan the import of a table that was pasted."""
    inner = _request(request, {"text": text, **options}, query="kind=table")
    return _told(imports.planned(inner))


def plan_file(request: HttpRequest, file: UploadedFile[Any], options: Mapping[str, Json]) -> Answer:
    """Plan the import of a file."""
    inner: Any = _request(request, {}, query="kind=table")
    inner.content_type = "multipart/form-data"
    inner._post = QueryDict(mutable=True)
    inner._post["options"] = orjson.dumps(options).decode()
    inner._files = MultiValueDict({"file": [file]})
    return _told(imports.planned(inner))


def correct(request: HttpRequest, import_id: str, changes: Mapping[str, Json]) -> Answer:
    """Correct cells or how the table is read, and plan again."""
    return _told(imports.corrected(_request(request, changes, method="PATCH"), import_id))


def commit(request: HttpRequest, import_id: str) -> Answer:
    """Write what the plan says; status 409 if it no longer holds."""
    return _told(imports.committed(_request(request, {}), import_id))


def forget(request: HttpRequest, import_id: str) -> None:
    """Delete an import."""
    imports.deleted(_request(request, {}, method="DELETE"), import_id)


def _request(request: HttpRequest, body: Mapping[str, Json], *, method: str = "POST", query: str = "") -> HttpRequest:
    inner: Any = copy.copy(request)
    inner.method, inner.GET, inner.content_type = method, QueryDict(query), "application/json"
    inner._body = orjson.dumps(body)
    return inner  # type: ignore[no-any-return]


def _told(response: HttpResponse) -> Answer:
    return Answer(response.status_code, orjson.loads(response.content), response.headers.get(EVENT, ""))


__all__ = ["Answer", "commit", "correct", "forget", "plan_file", "plan_text"]
