"""Reads that answer 304 to who has the response already, and what writes expect of the record (RFC 9110).

The ETag of a record's response is its version and a digest of the response, which also shows other records. Reads
compare all of it (``If-None-Match``), writes only the version (``If-Match``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from brainstem.core.access.viewer import Viewer
from brainstem.core.errors import Invalid
from brainstem.core.query.moments import moment_now, unchanged_since
from brainstem.core.query.run import Shown
from brainstem.core.steps import staged
from brainstem.core.write.meeting import Expected

from .call import Call
from .entity_tags import Digest, Tags, parsed
from .envelope import base_of, record_texts
from .kept_tags import Kept, KeptTags, key_of
from .responses import JSON

ETAG, IF_MATCH, IF_NONE_MATCH = "ETag", "If-Match", "If-None-Match"
_OF_CONTENT = frozenset({ETAG, "Content-Type", "Content-Length"})
_KEPT_AS = "kept_as"  # attribute of responses: their key
kept_tags = KeptTags()


def record_or_304(call: Call, read: Callable[[], Shown], *, alone: bool = False) -> HttpResponse:
    """The response with one record; 304 to who has it, without reading it if nothing was changed meanwhile.

    ``alone``: whether nothing else was checked before, so that the next one who asks may be answered at once
    (:func:`kept_for`).
    """
    asked, key = _asked(call.request), _key(call.request)
    if asked is not None and (known := _known(call, key, asked)):
        return _noted(_not_modified(call, known), key, alone=alone)
    shown = read()
    response, digest = _hashed(record_texts(call.spec, shown.text))
    tag = digest.tag(shown.version)
    kept_tags.keep(key, tag, who=who(call.viewer), moment=shown.moment, models=shown.models)
    return _noted(_answered(call, response, tag, asked), key, alone=alone)


def list_or_304(
    call: Call, read: Callable[[], tuple[Iterable[str], frozenset[str] | None]], *, alone: bool = False
) -> HttpResponse:
    """The response with a list, whose ETag is weak; ``read`` gives its text and the models that it depends on."""
    asked, key = _asked(call.request), _key(call.request)
    if asked is not None and (known := _known(call, key, asked)):
        return _noted(_not_modified(call, known), key, alone=alone)
    # Noted before the list is read: what is committed in between counts as a change.
    moment = moment_now() if asked is not None else ""
    texts, models = read()
    response, digest = _hashed(texts)
    kept_tags.keep(key, digest.tag(), who=who(call.viewer), moment=moment, models=models)
    return _noted(_answered(call, response, digest.tag(), asked), key, alone=alone)


# -- before the view --------------------------------------------------------------------------------------------------


def kept_for(request: HttpRequest, circumstances: tuple[object, ...]) -> Kept | None:
    """What is kept of a response that the sender says to have, if it was given in these circumstances.

    Neither who sends the request nor whether anything has changed is known yet: :attr:`Kept.who` got the response.
    """
    asked, kept = _asked(request), kept_tags.get(_key(request))
    if asked is None or kept is None or kept.circumstances != circumstances or not asked.have(kept.tag):
        return None
    return kept


def note_answer(response: HttpResponse, circumstances: tuple[object, ...]) -> None:
    """Keep the headers of a complete response, for who asks for it again in the same circumstances."""
    key = getattr(response, _KEPT_AS, None)
    if key is not None:
        kept_tags.note(key, tag=response.headers[ETAG], headers=_lasting(response), circumstances=circumstances)


def _lasting(response: HttpResponse) -> tuple[tuple[str, str], ...]:
    """The headers that a 304 repeats (RFC 9110, section 15.4.5), apart from its ETag: few differ in others."""
    return tuple((name, value) for name, value in response.headers.items() if name not in _OF_CONTENT)


def _noted(response: HttpResponse, key: bytes, *, alone: bool) -> HttpResponse:
    if alone:
        setattr(response, _KEPT_AS, key)
    return response


# -- its parts --------------------------------------------------------------------------------------------------------


def tag_of_record(call: Call, shown: Shown) -> str:
    """The ETag of the response that shows a record."""
    digest = Digest()
    for text in record_texts(call.spec, shown.text):
        digest.add(text.encode())
    return digest.tag(shown.version)


def _asked(request: HttpRequest) -> Tags | None:
    """The tags that a reader has; None if it has none, or they cannot be read, and it gets everything."""
    header = request.META.get("HTTP_IF_NONE_MATCH")
    try:
        return None if header is None else parsed(header, IF_NONE_MATCH)
    except Invalid:
        return None


def _key(request: HttpRequest) -> bytes:
    """Identifies the response: what is asked, and with which token or browser session."""
    meta = request.META
    session = request.COOKIES.get(settings.SESSION_COOKIE_NAME) if meta.get("HTTP_COOKIE") else None
    return key_of(meta.get("HTTP_AUTHORIZATION"), session, base_of(request), request.path, meta.get("QUERY_STRING", ""))


def who(viewer: Viewer) -> tuple[object, ...]:
    """All of a viewer that a response depends on: the person, and the limits."""
    actor = viewer.actor
    return (actor.user_id, actor.is_admin, actor.read_only, actor.project_id, viewer.view)


def _known(call: Call, key: bytes, asked: Tags) -> str:
    """The ETag of the response if the reader has it and nothing was changed since; else empty."""
    kept = kept_tags.get(key)
    if kept is None or not asked.have(kept.tag) or kept.who != who(call.viewer):
        return ""
    if unchanged_since(kept.moment, kept.models):
        return kept.tag
    kept_tags.forget(key)
    return ""


@staged("serialise")
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
    "kept_for",
    "kept_tags",
    "list_or_304",
    "note_answer",
    "record_or_304",
    "refuse_tags",
    "tag_of_record",
    "who",
]
