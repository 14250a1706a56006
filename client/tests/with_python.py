"""Runs under each Python that the client is for, with the client installed: the calls of each kind, once.

Takes address, token and a name that nobody else uses; prints what it found as JSON.
"""

import asyncio
import json
import sys
from datetime import datetime, timezone

import requests

import brainstem_api_client
from brainstem_api_tools import (
    AsyncBrainstemClient,
    AuthenticationError,
    BrainstemClient,
    BulkError,
    ModelType,
    NotFound,
    ValidationError,
)


def refused(kind, call, *arguments, **more):
    """Whether a call raises this error."""
    try:
        call(*arguments, **more)
    except kind:
        return True
    return False


def drop_in(client, name):
    """The calls of released clients."""
    made = client.save("project", data={"name": name + " old"}).json()["project"]["id"]
    try:
        client.save("session", data={"name": name + " old day", "projects": [made]}).raise_for_status()
        loaded = client.load(ModelType.session, filters={"projects.id": made}, include=["projects"])
        everything = client.load("session", filters={"projects.id": made}, load_all=True)["sessions"]
        return {
            "response": isinstance(loaded, requests.Response),
            "included": loaded.json()["sessions"][0]["projects"][0]["name"] == name + " old",
            "all": len(everything),
            "loader": client.load_project(id=made).json()["project"]["sessions"][0]["name"] == name + " old day",
            "older": client.load_model("project", filters={"name": name + " old"}).json()["count"],
            "unknown model": refused(ValueError, client.load, "sesion"),
        }
    finally:
        client.delete("project", id=made)


def typed(client, name):
    """Records with names and types, many at once."""
    project = client.projects.create(name=name)
    when = datetime(2026, 1, 5, 9, tzinfo=timezone.utc)
    session = client.sessions.create(name=name + " 0", projects=[project], date_time=when)
    ids = client.bulk_create("session", [{"name": f"{name} {at}", "projects": [project]} for at in range(1, 4)])
    written = client.upsert("session", [{"name": f"{name} {at}", "projects": [project]} for at in range(2, 6)])
    found = {
        "time": client.sessions.get(session.id).date_time == when,
        "created": len(ids) + len(written.created),
        "updated": len(written.updated),
        "names": [one.name[-1] for one in client.sessions.list(projects=project, sort="-name")],
        "unknown field": refused(ValidationError, client.sessions.list, nmae="x"),
        "no such record": refused(NotFound, client.sessions.get, project.id),
        "bad row": refused(BulkError, client.bulk_create, "session", [{"name": "x"}]),
    }
    for one in client.sessions.list(projects=project).all():
        client.sessions.delete(one.id)
    client.projects.delete(project.id)
    return found


async def awaited(url, token, name):
    """The client that is awaited."""
    async with AsyncBrainstemClient(token=token, url=url) as client:
        project = await client.projects.create(name=name + " async")
        answers = await asyncio.gather(*(client.load("project", limit=1) for _ in range(4)))
        listed = [one.name async for one in client.projects.list(id=project.id)]
        await client.projects.delete(project.id)
        return {"answers": sorted({one.status_code for one in answers}), "listed": listed == [name + " async"]}


def main(url, token, name):
    """All of it."""
    with BrainstemClient(token=token, url=url) as client:
        found = {
            "python": ".".join(map(str, sys.version_info[:2])),
            "one class": brainstem_api_client.BrainstemClient is BrainstemClient,
            "drop-in": drop_in(client, name),
            "typed": typed(client, name),
            "async": asyncio.run(awaited(url, token, name)),
        }
    found["nobody there"] = refused(AuthenticationError, BrainstemClient, url=url, keep_token=False)
    print(json.dumps(found))


main(*sys.argv[1:])
