"""Reads that answer 304 to who has the response already, and what writes expect of the record (RFC 9110).

The ETag of a record's response is its version and a digest of the response, which also shows other records. Reads
compare all of it (``If-None-Match``), writes only the version (``If-Match``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.http import HttpResponse, HttpResponseNotModified

from brainstem.core.errors import Invalid
from brainstem.core.query.moments import moment_now, unchanged_since
from brainstem.core.query.run import Shown
from brainstem.core.write.meeting import Expected

from .call import Call
from .entity_tags import Digest, Tags, parsed
from .envelope import base_of, record_texts
from .kept_tags import KeptTags, key_of
from .responses import JSON

ETAG, IF_MATCH, IF_NONE_MATCH = "ETag", "If-Match", "If-None-Match"
kept_tags = KeptTags()


def record_or_304(call: Call, read: Callable[[], Shown]) -> HttpResponse:
    """The response with one record; 304 to who has it, without reading it if nothing was changed meanwhile."""
    asked, key = _asked(call), _key(call)
    if asked is not None and (known := _known(key, asked)):
        return _not_modified(call, known)
    shown = read()
    response, digest = _hashed(record_texts(call.spec, shown.text))
    tag = digest.tag(shown.version)
    kept_tags.keep(key, tag, moment=shown.moment, models=shown.models)
    return _answered(call, response, tag, asked)


def list_or_304(call: Call, read: Callable[[], tuple[Iterable[str], frozenset[str] | None]]) -> HttpResponse:
    """The response with a list, whose ETag is weak; ``read`` gives its text and the models that it depends on."""
    asked, key = _asked(call), _key(call)
    if asked is not None and (known := _known(key, asked)):
        return _not_modified(call, known)
    # Noted before the list is read: what is committed in between counts as a change.
    moment = moment_now() if asked is not None else ""
    texts, models = read()
    response, digest = _hashed(texts)
    kept_tags.keep(key, digest.tag(), moment=moment, models=models)
    return _answered(call, response, digest.tag(), asked)


def tag_of_record(call: Call, shown: Shown) -> str:
    """The ETag of the response that shows a record."""
    digest = Digest()
    for text in record_texts(call.spec, shown.text):
        digest.add(text.encode())
    return digest.tag(shown.version)


def _asked(call: Call) -> Tags | None:
    """The tags that a reader has; None if it has none, or they cannot be read, and it gets everything."""
    header = call.request.META.get("HTTP_IF_NONE_MATCH")
    try:
        return None if header is None else parsed(header, IF_NONE_MATCH)
    except Invalid:
        return None


def _key(call: Call) -> bytes:
    """Identifies the response: what is asked, and by whom with which limits."""
    actor, request = call.actor, call.request
    who = (actor.user_id, actor.is_admin, actor.read_only, actor.project_id, call.viewer.view)
    return key_of(who, base_of(request), request.path, request.META.get("QUERY_STRING", ""))


def _known(key: bytes, asked: Tags) -> str:
    """The ETag of the response if the reader has it and nothing was changed since; else empty."""
    kept = kept_tags.get(key)
    if kept is None or not asked.have(kept.tag):
        return ""
    if unchanged_since(kept.moment, kept.models):
        return kept.tag
    kept_tags.forget(key)
    return ""


def _hashed(texts: Iterable[str]) -> tuple[HttpResponse, Digest]:
    """A response made of texts, which are consumed one by one, and its digest."""
    response, digest = HttpResponse(content_type=JSON), Digest()
    for text in texts:
        piece = text.encode()
        digest.add(piece)
        response.write(piece)
    return response, digest


def _answered(call: Call, response: HttpResponse, tag: str, asked: Tags | None) -> HttpResponse:
    if asked is not None and asked.have(tag):
        return _not_modified(call, tag)
    return _with_tag(call, response, tag)


def _not_modified(call: Call, tag: str) -> HttpResponse:
    return _with_tag(call, HttpResponseNotModified(), tag)


def _with_tag(call: Call, response: HttpResponse, tag: str) -> HttpResponse:
    response.headers[ETAG] = tag
    if call.portal == "public":  # May be kept by anyone, but asked about before it is used: projects are unpublished.
        response.headers["Cache-Control"] = "no-cache"
    return response


# -- writes -----------------------------------------------------------------------------------------------------------


def expected_by(call: Call) -> Expected | None:
    """What a write expects of its record according to the headers; None if it expects nothing.

    Raises
    ------
    Invalid
        If a header cannot be read.
    """
    match, none_match = (_tags(call, name) for name in (IF_MATCH, IF_NONE_MATCH))
    if match is None and none_match is None:
        return None
    return Expected(
        versions=None if match is None or match.any else match.versions,
        refused=() if none_match is None else none_match.versions,
        absent=none_match is not None and none_match.any,
        base_url=base_of(call.request),
    )


def refuse_tags(call: Call, instead: str) -> None:
    """Refuse a condition where it would have no effect, so that nobody relies on it.

    Raises
    ------
    Invalid
        Says what to do instead.
    """
    for name in (IF_MATCH, IF_NONE_MATCH):
        if name in call.request.headers:
            raise Invalid.at(name, instead)


def _tags(call: Call, name: str) -> Tags | None:
    header = call.request.headers.get(name)
    return None if header is None else parsed(header, name)


__all__ = [
    "ETAG",
    "IF_MATCH",
    "IF_NONE_MATCH",
    "expected_by",
    "kept_tags",
    "list_or_304",
    "record_or_304",
    "refuse_tags",
    "tag_of_record",
]
