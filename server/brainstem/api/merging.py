"""Which version a PATCH was written for, if what others have changed since is to be kept."""

from __future__ import annotations

from collections.abc import Mapping

from brainstem.core.errors import Invalid, Missing, QueryError
from brainstem.core.query.syntax import Query
from brainstem.core.write.meeting import MERGED_WITH, version_named
from brainstem.core.write.rebasing import Base

from .asked import query_of
from .call import Call
from .conditional import IF_MATCH, tag_of_record
from .entity_tags import ANY, opaque, parsed
from .envelope import base_of
from .warnings import MERGE, PREFER, merges
from .writing import record_shown


def base_read(call: Call, payload: Mapping[str, object]) -> Base | None:
    """The version that the writer has read; None if the write is not to be merged.

    It is in ``If-Match`` if the request prefers merging, or in the payload.

    Raises
    ------
    Invalid
        If the request prefers merging without naming one version, or names two.
    """
    named = version_named(payload, MERGED_WITH)
    if named is not None and call.method == "PUT":
        raise Invalid.at(MERGED_WITH, "Only PATCH merges: PUT replaces the record. Use If-Match, or send a PATCH.")
    if not merges(call.request):
        return None if named is None else _base(call, str(payload[MERGED_WITH]), named)
    tag = _one_tag(call) if IF_MATCH in call.request.headers or named is None else ""
    version = tag.partition("-")[0]
    if named is not None and tag and version != named:
        raise Invalid.at(MERGED_WITH, f"{IF_MATCH} names the version {version}, this is {named}. Name it once.")
    return _base(call, tag or str(payload[MERGED_WITH]), version or str(named))


def _one_tag(call: Call) -> str:
    header = call.request.headers.get(IF_MATCH, "")
    advice = f'{PREFER}: {MERGE} needs the version that you read: {IF_MATCH}: "<ETag of that response>".'
    if not header.strip() or header.strip() == ANY:
        raise Invalid.at(IF_MATCH, advice)
    tags = parsed(header, IF_MATCH)
    if len(tags.strong) != 1 or tags.weak:
        raise Invalid.at(IF_MATCH, f"{advice} One, and no weak one.")
    return tags.strong[0]


def _base(call: Call, tag: str, version: str) -> Base:
    read = opaque(tag)

    def unchanged() -> bool:
        return "-" in read and any(read == opaque(one) for one in _tags_now(call))

    return Base(version, base_of(call.request), unchanged)


def _tags_now(call: Call) -> list[str]:
    """ETags of the record's responses now: to the query string of the write, and to none."""
    found = []
    for query in {query_of(call), Query()}:
        try:
            found.append(tag_of_record(call, record_shown(call, call.record_id, query)))
        except (Missing, QueryError):
            continue
    return found


__all__ = ["base_read"]
