"""Fills a publication from CSL-JSON, the format in which DOI resolvers return metadata.

The caller sends what a resolver returned; the server makes no requests itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from brainstem.core.errors import Invalid
from brainstem.core.model.declare import Record
from brainstem.core.text.numbers import whole_of
from brainstem.core.text.shown import shown

from .models.journal import Journal

KEY = "csl"
MAX_ABSTRACT = 100_000


def filled(payload: Mapping[str, Any]) -> Mapping[str, object]:
    """The payload of a publication, completed from its ``csl``; explicit keys take precedence.

    Raises
    ------
    Invalid
        If ``csl`` is not CSL-JSON, or its journal is not in the catalogue.
    """
    if KEY not in payload:
        return payload
    item = payload[KEY][0] if isinstance(payload[KEY], list) and len(payload[KEY]) == 1 else payload[KEY]
    if not isinstance(item, Mapping) or not _text(item.get("title")):
        raise Invalid.at(KEY, "Expected one item of CSL-JSON: an object with title, author, issued, DOI, ...")
    given = {key: value for key, value in payload.items() if key != KEY}
    told = {name: value for name, value in _told(item).items() if value}
    if "journal" not in given:
        told["journal"] = _journal(item)
    return told | given


def _told(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "title": _text(item.get("title")),
        "authors": ", ".join(filter(None, map(_name, item.get("author") or ()))),
        "abstract": _without_tags(_text(item.get("abstract"))).strip(),
        "doi": _text(item.get("DOI")).lower(),
        "publication_url": _text(item.get("URL")),
        "publication_date": _date(item),
        "volume": _volume(item),
    }


def _without_tags(text: str) -> str:
    """The text without the tags that resolvers leave in it; one pass."""
    if len(text) > MAX_ABSTRACT:
        raise Invalid.at(KEY, f"The abstract must have at most {MAX_ABSTRACT} characters (it has {len(text)}).")
    kept, at = [], 0
    while (start := text.find("<", at)) >= 0 and (end := text.find(">", start)) >= 0:
        kept.append(text[at:start] if end > start + 1 else text[at : end + 1])
        at = end + 1
    return "".join([*kept, text[at:]])


def _text(value: object) -> str:
    """A text, or the first of a list, since some resolvers return titles as lists."""
    if isinstance(value, list):
        value = value[0] if value else ""
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _name(author: Record) -> str:
    if not isinstance(author, Mapping):
        return ""
    whole = _text(author.get("literal"))
    return whole or " ".join(filter(None, (_text(author.get("given")), _text(author.get("family")))))


def _date(item: Mapping[str, Any]) -> str:
    """The date of publication; the first day of the month or year if no more is known."""
    for key in ("published-online", "issued", "published-print"):
        parts = (item.get(key) or {}).get("date-parts") if isinstance(item.get(key), Mapping) else None
        if parts and isinstance(parts, list) and isinstance(parts[0], list) and parts[0]:
            try:
                year, month, day = (*(whole_of(part, below=10_000) for part in parts[0][:3]), 1, 1)[:3]
                return dt.date(year, month, day).isoformat()  # type: ignore[arg-type]  # None is a TypeError
            except (TypeError, ValueError):
                continue
    return ""


def _volume(item: Mapping[str, object]) -> str:
    volume, issue, page = (_text(item.get(key)) for key in ("volume", "issue", "page"))
    return volume + (f"({issue})" if issue else "") + (f":{page}" if page else "")


def _journal(item: Mapping[str, object]) -> str:
    name = _text(item.get("container-title")) or _text(item.get("publisher"))
    longest = Journal._meta.get_field("name").max_length or 0
    known = Journal.objects.filter(name__iexact=name) if len(name) <= longest else Journal.objects.none()
    found = known.values_list("pk", flat=True).first()
    if found is None:
        raise Invalid.at(
            "journal", f"There is no journal named {shown(name)}. Propose it first, or set journal explicitly."
        )
    return str(found)
