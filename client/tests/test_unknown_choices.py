"""A choice that this client does not know is for the server to judge, which may be newer; its answer is what people see."""

from __future__ import annotations

import asyncio
import json
import uuid

import pytest

from brainstem_api_tools import AsyncBrainstemClient, BrainstemClient, BulkError, ValidationError
from brainstem_api_tools.record import fields_of, record_class

NEW = "Telepathy"
MODEL = "/api/private/modules/procedure/"
RECORD = {"id": "x", "type": NEW}
ANSWER = "'divine' is not a valid choice. Valid choices: F, M, U."


@pytest.fixture
def newer(scripted):
    """A server that knows a type which this client does not."""
    assert NEW not in fields_of(record_class("procedure"))["type"].choices
    scripted.answer("PATCH", f"{MODEL}x/", (200, {"procedure": RECORD}))
    scripted.answer("POST", f"{MODEL}bulk/", (200, {"created": ["x"]}))
    scripted.answer("GET", MODEL, (200, {"procedures": [RECORD], "count": 1}))
    return scripted


@pytest.fixture(scope="module")
def fields(served):
    """A subject of Alice's, whose sex the server does not know."""
    strain = served.one(
        "taxonomies/strain", "Strain of choices", species=served.one("taxonomies/species", "Mus of choices")
    )
    status, body = served.send("POST", "private/stem/project/", {"name": uuid.uuid4().hex}, who="alice")
    assert status == 201, body
    return {"name": uuid.uuid4().hex, "projects": [body["project"]["id"]], "strain": strain, "sex": "divine"}


# --- a newer server takes it ---


def test_type_that_only_the_server_knows_is_written_and_read(newer):
    with BrainstemClient(token="t", url=newer.url) as client:
        assert client.procedures.update("x", type=NEW).type == NEW
        assert client.bulk_create("procedure", [{"subject": "s", "type": NEW}]) == ["x"]
        assert client.procedures.list(type=NEW).all()[0].type == NEW

    assert newer.bodies(f"{MODEL}x/") == [{"type": NEW}]
    assert newer.bodies(f"{MODEL}bulk/")[0]["create"][0]["type"] == NEW


def test_type_that_only_the_server_knows_is_written_by_the_client_that_is_awaited(newer):
    async def work() -> str:
        async with AsyncBrainstemClient(token="t", url=newer.url) as client:
            return str((await client.procedures.update("x", type=NEW)).type)

    assert asyncio.run(work()) == NEW
    assert newer.bodies(f"{MODEL}x/") == [{"type": NEW}]


def test_proposal_that_only_the_server_knows_is_a_record(scripted):
    scripted.answer(
        "POST", "/api/private/taxonomies/species/", (201, {"species_suggestion": {"id": "x", "name": "Mus"}})
    )
    with BrainstemClient(token="t", url=scripted.url) as client:
        made = client.species.create(name="Mus")

    assert (made.id, made.name) == ("x", "Mus")


# --- the server refuses it, and says why ---


def test_refusal_of_the_server_is_what_is_raised(client, fields):
    with pytest.raises(ValidationError) as caught:
        client.subjects.create(**fields)

    assert caught.value.status == 400
    assert caught.value.errors == {"sex": [ANSWER]}


def test_refusal_of_the_server_is_what_is_raised_where_it_is_awaited(served, fields):
    async def work() -> None:
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            await client.subjects.create(**fields)

    with pytest.raises(ValidationError) as caught:
        asyncio.run(work())
    assert caught.value.errors == {"sex": [ANSWER]}


def test_refusal_of_the_server_is_said_of_the_row(client, fields):
    with pytest.raises(BulkError) as caught:
        client.bulk_create("subject", [fields])

    assert caught.value.rows == {0: {"sex": [ANSWER]}}


def test_refusal_of_the_server_is_what_the_command_shows(command, fields):
    code, shown, said = command("save", "subject", "--data", json.dumps(fields))

    assert code == 1
    assert ANSWER in shown + said


def test_refusal_of_the_server_is_said_of_the_cell_of_a_table(command, fields, tmp_path):
    file = tmp_path / "subjects.csv"
    file.write_text("name,projects,strain,sex\n{name},{projects[0]},{strain},{sex}\n".format(**fields))
    code, shown, _ = command("import", str(file), "--model", "subject", "--key", "name")

    assert code == 1
    assert f'line 2, column "sex": {ANSWER}' in shown
