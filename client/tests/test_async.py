"""The client that is awaited: the same conversations, carried by httpx2."""

from __future__ import annotations

import asyncio
import uuid

import httpx2
import pytest

from brainstem_api_tools import AsyncBrainstemClient, AuthenticationError, NotFound, RetryPolicy
from brainstem_api_tools.models import Session

LIST = "/api/private/stem/session/"


def test_records_are_made_listed_changed_and_deleted(served):
    async def work() -> None:
        name = uuid.uuid4().hex
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            project = await client.projects.create(name=name)
            ids = await client.bulk_create(
                "session", [{"name": f"{name} {at}", "projects": [project]} for at in range(3)]
            )
            found = [one async for one in client.sessions.list(projects=project, sort="-name")]
            assert [one.name[-1] for one in found] == ["2", "1", "0"]
            assert isinstance(found[0], Session)
            assert await client.sessions.list(projects=project).count() == 3
            assert (await client.sessions.update(ids[0], description="new")).description == "new"
            await client.sessions.delete(ids[0])
            with pytest.raises(NotFound):
                await client.sessions.get(ids[0])
            assert (await client.sessions.list(projects=project, sort="name").first()).id == ids[1]

    asyncio.run(work())


def test_released_calls_can_be_awaited(served):
    async def work() -> None:
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            answer = await client.load("project", limit=1)
            assert isinstance(answer, httpx2.Response)
            assert answer.status_code == 200
            assert "projects" in await client.load("project", load_all=True)
            assert (await client.load_project(name="no such")).json()["projects"] == []
            made = (await client.save("project", data={"name": uuid.uuid4().hex})).json()["project"]["id"]
            assert (await client.delete("project", id=made)).status_code == 204

    asyncio.run(work())


def test_calls_run_side_by_side(served):
    async def work() -> None:
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            answers = await asyncio.gather(*(client.load("project", limit=1) for _ in range(10)))
            assert {answer.status_code for answer in answers} == {200}

    asyncio.run(work())


def test_busy_server_is_asked_again(scripted):
    scripted.answer("GET", LIST, (503, {}), None, (200, {"sessions": []}))

    async def work() -> int:
        policy = RetryPolicy(first_s=0.01)
        async with AsyncBrainstemClient(token="t", url=scripted.url, retries=policy) as client:
            return (await client.load("session")).status_code

    assert asyncio.run(work()) == 200


def test_server_that_is_not_there_raises_as_httpx2_does():
    async def work() -> None:
        async with AsyncBrainstemClient(token="t", url="http://127.0.0.1:9", retries=RetryPolicy(tries=1)) as client:
            await client.load("session")

    with pytest.raises(httpx2.ConnectError):
        asyncio.run(work())


def test_where_nobody_can_answer_there_is_an_error(served, monkeypatch):
    monkeypatch.setattr("sys.stdin", None)

    async def work() -> None:
        async with AsyncBrainstemClient(url=served.url):
            pass

    with pytest.raises(AuthenticationError, match="BRAINSTEM_TOKEN"):
        asyncio.run(work())
