"""``/api/{portal}/{app}/{model}/options/?field=...``: the choices for a field, for forms and scripts.

This is the list of related records that the caller may refer to, with the filters, sort and search of their model,
narrowed by earlier choices (``type=``, ``session=``, ...); for types and coordinate systems, the codes of the schemas.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from urllib.parse import parse_qsl, urlencode

import orjson
from django.http import HttpResponse

from brainstem.core.errors import Invalid, Missing, QueryError, UnknownName
from brainstem.core.model.registry import Spec, specs
from brainstem.core.query.choices import code_fields, codes, contexts, narrowed, relation_fields
from brainstem.core.query.run import Page, fetch_page
from brainstem.core.query.syntax import Query, parse
from brainstem.core.text.words import nearest

from .addresses import OPTIONS
from .call import Call
from .envelope import base_of, list_texts, page_texts
from .responses import json_response, offer_only, text_response

CODES = "choices"


def options(call: Call) -> HttpResponse:
    """The response to a request for choices."""
    spec = call.spec
    if call.portal == "public" or not offers(spec):
        raise Missing(f"No {spec.singular_name} has the id {OPTIONS!r}.")
    if call.method == "OPTIONS":
        return json_response(200, about(spec), Allow="GET, HEAD, OPTIONS")
    offer_only(call.request.method, "GET", "HEAD")
    given, rest = _split(call.request.META.get("QUERY_STRING", ""), spec)
    field = given.pop("field", "")
    if field not in (*relation_fields(spec), *code_fields(spec)):
        raise _no_such_field(spec, field)
    query = parse(rest)
    if field in spec.relations:
        return _records(call, field, query, given)
    return _codes(call, field, query, given)


def offers(spec: Spec) -> bool:
    """Whether a model has fields with choices."""
    return bool(relation_fields(spec) or code_fields(spec))


def about(spec: Spec) -> dict[str, object]:
    """The fields with choices, each with the contexts that narrow them."""
    fields: dict[str, Any] = {}
    for name in relation_fields(spec):
        target = specs()[spec.relations[name].target]
        fields[name] = {"related": f"{target.app}/{target.segment}", "narrowed_by": contexts(spec, name)}
    for name in code_fields(spec):
        group = spec.columns[name].field.schema_group
        fields[name] = {"related": f"schemas/{group}", "narrowed_by": contexts(spec, name)}
    return {"name": f"options of a {spec.singular_name}", "fields": fields}


def _split(query_string: str, spec: Spec) -> tuple[dict[str, str], str]:
    """The parameters of this endpoint, and the rest, which belong to the related model."""
    try:
        pairs = parse_qsl(query_string, keep_blank_values=True, max_num_fields=400, errors="strict")
    except ValueError:
        parse(query_string)  # Raises the error for it.
        raise
    names = {"field", *contexts(spec)}
    given = {name: value for name, value in pairs if name in names}
    rest = [(name, value) for name, value in pairs if name not in names]
    for name, _ in rest:
        if name.isidentifier() and name not in _QUERY:
            raise UnknownName.at(name, f"There is no parameter {name!r}.{nearest(name, names | _QUERY)}")
    if any("\x00" in value for value in given.values()):
        raise QueryError.whole("A NUL character is not allowed.")
    return given, urlencode(rest)


_QUERY = {"search", "limit", "offset", "page", "per_page", "cursor", "writable", "format", "sort", "include", "exclude",
          "_"}  # fmt: skip


def _no_such_field(spec: Spec, name: str) -> Invalid:
    valid = ", ".join([*relation_fields(spec), *code_fields(spec)])
    if not name:
        return QueryError.at("field", f"Name the field to choose for: {valid}.")
    wrong = f"is not a relation of a {spec.singular_name} that has options" if name in spec.keys else "does not exist"
    return UnknownName.at("field", f"{name!r} {wrong}. Valid fields: {valid}.")


def _records(call: Call, field: str, query: Query, given: dict[str, str]) -> HttpResponse:
    target = specs()[call.spec.relations[field].target]
    base = base_of(call.request)
    asked = narrowed(call.spec, field, query, given, viewer=call.viewer)
    page = fetch_page(target, asked, viewer=call.viewer, base=base, offered=True)
    return text_response(200, list_texts(call.request, target, query, page, base))


def _codes(call: Call, field: str, query: Query, given: dict[str, str]) -> HttpResponse:
    if query.filters or query.sorts or query.includes or query.excludes or query.cursor is not None:
        raise QueryError.at("field", f"The codes of {field!r} can only be searched with search= and paged.")
    found = codes(call.spec, field, query, given)
    shown = [orjson.dumps(asdict(one)).decode() for one in found[query.offset : query.offset + query.limit]]
    return text_response(200, page_texts(call.request, CODES, query, Page(shown, len(found)), base_of(call.request)))
