"""Records for pages, always within the scope of the caller."""

from __future__ import annotations

import html
import json
import re
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import strip_tags

from brainstem.core.model.registry import Spec
from brainstem.core.query.run import fetch_page
from brainstem.core.query.syntax import parse

from .acting import looking

# Tags that end a line: the words of two paragraphs must not run together.
_ENDS = re.compile(r"<(?:br|/(?:p|div|li|ul|ol|h[1-6]|td|th|tr|pre|blockquote))\b", re.IGNORECASE)


def page_of(spec: Spec, request: HttpRequest, portal: str, **parameters: str) -> tuple[list[dict[str, Any]], int]:
    """Some records that the caller sees in a portal, with the number of all; the parameters are the API's.

    Only id, name and description are requested: lists of ids may be long.

    Raises
    ------
    QueryError
        If the API would refuse the parameters.
    """
    left_out = ",".join(key for key in spec.keys if key not in ("id", "name", "description"))
    query = parse(urlencode(parameters | {"exclude[]": left_out}))
    page = fetch_page(spec, query, viewer=looking(request, portal), base=settings.BRAINSTEM_URL)
    return [json.loads(record) for record in page.records], page.count


def plain(markup: str | None) -> str:
    """The words of a text with markup."""
    return " ".join(html.unescape(strip_tags(_ENDS.sub(r" \g<0>", markup or ""))).split())
