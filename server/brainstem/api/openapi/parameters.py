"""The parameters that many operations share."""

from __future__ import annotations

from brainstem.core.query.syntax import MAX_PATHS

from ..as_of import EXAMPLE
from ..shapes import Schema
from .conditional import version_parameters
from .writing import key_parameter, means_parameter, preference_parameter

_PERSON = "^(me|[0-9]{1,9})$"


AS_OF_ABOUT = (
    "Records as they stood at this time, as far as you see them today: ISO 8601, in UTC if it names no zone; a date is"
    " its midnight."
)


def shared_parameters() -> dict[str, Schema]:
    """Paging, sorting and the headers of writes, by name of the component."""

    def listed(name: str, about: str, most: int) -> Schema:
        shape = {"type": "array", "items": {"type": "string"}, "maxItems": most}
        return {"name": name, "in": "query", "style": "form", "explode": True, "description": about, "schema": shape}

    def single(name: str, about: str, **shape: object) -> Schema:
        return {"name": name, "in": "query", "description": about, "schema": shape}

    return (
        {
            "uuid_id": {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}},
            "integer_id": {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}},
            "sort": listed("sort[]", "Fields to sort by, through relations too; a minus sign reverses.", 10),
            "exclude": listed("exclude[]", "Keys to leave out of the response.", MAX_PATHS["exclude[]"]),
            "search": single("search", "Words that must all occur in the names and texts of a record.", type="string"),
            "limit": single("limit", "Records on a page; more than 100 are cut to 100.", type="integer", minimum=1),
            "offset": single("offset", "Records to skip.", type="integer", minimum=0),
            "page": single("page", "Page, from 1, instead of an offset.", type="integer", minimum=1),
            "per_page": single("per_page", "The same as limit.", type="integer", minimum=1),
            "cursor": single("cursor", "Empty for the first page; then as `next` gives it.", type="string"),
            "history_cursor": single("cursor", "Left out for the first page; then as `next` gives it.", type="string"),
            "since": single("since", "Only changes at or after this time.", type="string", format="date-time"),
            "until": single("until", "Only changes at or before this time.", type="string", format="date-time"),
            "by": single("by", "Only changes by the user with this id, or by `me`.", type="string", pattern=_PERSON),
            "writable": single("writable", "Only what you may change.", type="boolean"),
            "as_of": single("as_of", AS_OF_ABOUT, type="string", examples=[EXAMPLE, "2026-03-01"]),
            "format": single(
                "format", "`ndjson` or `arrow` for a stream of all; anything else is JSON.", type="string"
            ),
        }
        | key_parameter()
        | preference_parameter()
        | means_parameter()
        | version_parameters()
    )
