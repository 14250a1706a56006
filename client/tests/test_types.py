"""What a type checker knows of the installed client: mypy, strict, on code as users write it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from . import pythons

HEAD = """
from brainstem_api_tools import (
    AsyncBrainstemClient, BrainstemClient, BrainstemError, Conflict, ModelType, PortalType, RetryPolicy, ValidationError,
)
client = BrainstemClient(url="https://lab.example.org", retries=RetryPolicy(tries=2))
session = client.sessions.get("x")
"""
# Expression -> type.
KNOWN = {
    'client.load("session", filters={"name": "x"}, sort=["-name"], limit=5)': "requests.models.Response",
    "client.load(ModelType.session, PortalType.public)": "requests.models.Response",
    'client.load("session", load_all=True)': "dict[str, Any]",
    'client.save("session", data={"name": "x"})': "requests.models.Response",
    'client.delete(ModelType.session, id="x")': "requests.models.Response",
    "session": "brainstem_api_tools.models.session.Session",
    "session.name": "str",
    "session.date_time": "datetime.datetime | None",
    "session.tags": "list[str]",
    'client.sessions.list(name__icontains="x", sort="-name").first()': "brainstem_api_tools.models.session.Session | None",
    "client.subjects.list().all()": "list[brainstem_api_tools.models.subject.Subject]",
    "client.subjects.list().count()": "int",
    'client.projects.create(name="x").is_public': "bool",
    'client.sessions.create(name="x", projects=["y"], tags=["z"]).id': "str",
    'client.bulk_create("session", [{"name": "x"}])': "list[str]",
    'client.upsert("session", [{"name": "x"}])': "brainstem_api_tools.bulk.Written",
    "client.data_path(session.id)": "str",
    'client.undo("x")': "str",
    'client.as_of("2026-03-01")': "brainstem_api_tools.client.BrainstemClient",
    'client.as_of("2026-03-01").sessions.get("x").name': "str",
    'client.deleted("session").first()': "brainstem_api_tools.record.Record | None",
    'client.restore("session", "x")': "brainstem_api_tools.record.Record",
    "[one.version for one in client.changes()]": "list[str]",
    'client.drafts.put("x", 1).etag': "str",
    "client.drafts.list()": "list[brainstem_api_tools.drafts.Draft]",
    "session.save()": "Any",
    'Conflict("x").changed': "dict[str, dict[str, Any]]",
    'ValidationError("x").errors': "dict[str, list[str]]",
    'BrainstemError("x").status': "int | None",
}
# Line -> what must be found wrong with it.
WRONG = {
    'BrainstemClient(tokne="x")': "call-arg",
    "client.load(5)": "call-overload",
    'client.load("session", id="x", load_all=True)': "call-overload",
    'client.load("session", load_all=True).status_code': "attr-defined",
    'client.load("session").recrods': "attr-defined",
    "ModelType.sesion": "attr-defined",
    "PortalType.secret": "attr-defined",
    "client.sesions": "attr-defined",
    "session.nmae": "attr-defined",
    "number: int = session.name": "assignment",
    'client.sessions.create(name="x", projects=[], nmae="y")': "call-arg",
    "client.sessions.create(name=5, projects=[])": "arg-type",
    "client.sessions.create(projects=[])": "call-arg",
    'client.subjects.create(name="x", projects=[], strain="y", sex="female")': "arg-type",
    'client.sessions.update("x", descriptoin="y")': "call-arg",
    "client.bulk_create(5, [])": "arg-type",
    'session.save(on_conflict="overwrite")': "arg-type",
    "session.description = 5": "assignment",
    "client.undo(5)": "arg-type",
    "AsyncBrainstemClient().sessions.get('x').name": "attr-defined",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> str:
    """A Python that has the client as users have it."""
    wheel, _ = pythons.build(tmp_path_factory.mktemp("built"))
    return str(pythons.environment(pythons.RUNNING, wheel) / "python")


@pytest.fixture(scope="module")
def found(installed, tmp_path_factory) -> dict[str, dict[str, str]]:
    """Line of code -> what mypy says of it, both for what is right and for what is wrong."""
    lines = [*HEAD.splitlines(), *(f"reveal_type({code})" for code in KNOWN), *WRONG]
    folder = tmp_path_factory.mktemp("user")
    (folder / "analysis.py").write_text("\n".join(lines))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--python-executable",
        installed,
        "analysis.py",
    ]
    settings = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    done = subprocess.run(command, env=settings, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    said: dict[str, list[str]] = {}
    for line in done.stdout.splitlines():
        if match := re.match(r"analysis\.py:(\d+): (error|note): (.*)", line):
            said.setdefault(lines[int(match[1]) - 1], []).append(match[3])
    assert said, done.stdout + done.stderr
    return {line: "\n".join(texts) for line, texts in said.items()}


@pytest.mark.slow
@pytest.mark.parametrize("code", KNOWN)
def test_type_is_known(found, code):
    assert found[f"reveal_type({code})"] == f'Revealed type is "{KNOWN[code]}"'


@pytest.mark.slow
@pytest.mark.parametrize("code", WRONG)
def test_mistake_is_found(found, code):
    assert f"[{WRONG[code]}]" in found[code]


@pytest.mark.slow
def test_nothing_else_is_found_wrong(found):
    assert set(found) == {f"reveal_type({code})" for code in KNOWN} | set(WRONG)


AWAITED = """
from brainstem_api_tools import AsyncBrainstemClient

async def work() -> str:
    async with AsyncBrainstemClient() as client:
        project = await client.projects.create(name="x")
        async for session in client.sessions.list(projects=project):
            return session.name
        async for change in client.changes(since=await client.undo("x")):
            await client.drafts.put(change.version, [one.key for one in await client.drafts.list()])
        async with client.as_of("2026-03-01") as then:
            await then.sessions.get("x")
        return (await client.sessions.get("x", include=["projects"])).description
"""


@pytest.mark.slow
def test_awaited_calls_are_known(installed, tmp_path):
    (tmp_path / "awaited.py").write_text(AWAITED)
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        "--python-executable",
        installed,
        "awaited.py",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)

    assert done.stdout.startswith("Success"), done.stdout
