"""``client.drafts``, against a real server."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from brainstem_api_tools import AsyncBrainstemClient, Conflict, NotFound, ValidationError
from brainstem_api_tools.drafts import Draft

VALUES = [{"name": "Grüße", "n": [1, 2.5, None]}, [], "text", 0, False, None, ""]


@pytest.fixture
def drafts(client):
    """Alice's drafts, of which there are none before and after."""
    yield client.drafts
    for one in client.drafts.list():
        client.drafts.delete(one.key)


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_draft_is_any_json(drafts, value):
    drafts.put("session-add", value)

    assert drafts.get("session-add") == value
    assert type(drafts.get("session-add")) is type(value)


def test_what_is_known_of_a_draft_comes_with_it(drafts):
    first = drafts.put("a", {"name": 1})
    second = drafts.put("b", [1])

    assert isinstance(first, Draft)
    assert (first.key, first.size, first.expires_at - first.updated_at) == ("a", 11, timedelta(days=30))
    assert drafts.list() == [second, first]


def test_draft_of_somebody_else_is_not_found(drafts, as_person):
    drafts.put("a", 1)
    for name in ("bob", "admin"):
        other = as_person(name).drafts
        assert other.list() == []
        with pytest.raises(NotFound, match="You have no draft 'a'"):
            other.get("a")


def test_newer_draft_is_not_overwritten_by_who_says_what_they_expect(drafts):
    old = drafts.put("a", 1)
    new = drafts.put("a", 2, etag=old.etag)
    for write in (lambda: drafts.put("a", 3, etag=old.etag), lambda: drafts.delete("a", etag=old.etag)):
        with pytest.raises(Conflict, match="If-Match"):
            write()
    assert drafts.get("a") == 2
    drafts.delete("a", etag=new.etag)
    with pytest.raises(NotFound):
        drafts.get("a")


@pytest.mark.parametrize("key", ["a b", "é", "a/b", "x" * 201])
def test_key_that_is_none_is_refused(drafts, key):
    with pytest.raises(ValidationError, match="such as session-add"):
        drafts.put(key, 1)


@pytest.mark.parametrize("value", [float("nan"), object(), "x" * 1024 * 1024])
def test_value_that_cannot_be_stored_is_refused(drafts, value):
    with pytest.raises(ValidationError):
        drafts.put("a", value)
    assert drafts.list() == []


def test_all_drafts_are_listed(drafts):
    for number in range(120):
        drafts.put(f"d{number}", number)

    assert [one.key for one in drafts.list()] == [f"d{number}" for number in reversed(range(120))]


def test_drafts_can_be_awaited(served):
    async def work() -> None:
        async with AsyncBrainstemClient(token=served.token("charlie"), url=served.url) as client:
            stored = await client.drafts.put("a", None)
            assert await client.drafts.get("a") is None
            assert await client.drafts.list() == [stored]
            await client.drafts.delete("a")
            assert await client.drafts.list() == []

    asyncio.run(work())
