"""What a server remarks on a write becomes a warning of Python; or a refusal, where the caller is strict."""

from __future__ import annotations

import asyncio
import json
import uuid
import warnings

import pytest

from brainstem_api_tools import AsyncBrainstemClient, BrainstemWarning, BulkError

SESSION, BULK = "/api/private/stem/session/", "/api/private/stem/session/bulk/"


def remarks(*found: dict) -> dict[str, str]:
    return {"Brainstem-Warning": json.dumps(found)}


@pytest.mark.parametrize("call", ["save", "save_model"])
def test_unknown_key_of_a_single_write_is_a_warning_at_the_line_of_the_caller(client, project, call):
    with pytest.warns(BrainstemWarning, match="date_tiem: .*Did you mean 'date_time'") as caught:
        answer = getattr(client, call)(
            "session", data={"name": f"{project.name} 1", "projects": [project.id], "date_tiem": "2026-01-01"}
        )

    assert answer.status_code == 201
    assert caught[0].filename == __file__
    assert (caught[0].message.code, caught[0].message.near) == ("unknown_key", "date_time")


def test_right_write_warns_of_nothing(client, project):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        data = {"name": f"{project.name} 1", "projects": [project.id]}
        assert client.save("session", data=data, strict=True).status_code == 201


def test_strict_write_is_refused_and_names_the_key(client, project):
    data = {"name": f"{project.name} 1", "projects": [project.id], "date_tiem": "2026-01-01"}
    answers = [client.save("session", data=data, strict=True), client.save_model("session", data=data, strict=True)]

    assert [(answer.status_code, list(answer.json())) for answer in answers] == [(400, ["date_tiem"])] * 2
    assert client.sessions.list(projects=project).count() == 0


def test_rows_are_warned_of_by_their_numbers_and_refused_when_strict(client, project):
    session = client.sessions.create(name=f"{project.name} 1", projects=[project.id])
    details = [{"fileName": "a.dat"}, {"fileName": "b.dat", "fileNmae": "c.dat"}]
    rows = [{"session": session.id, "type": "ExtracellularEphys", "details": one} for one in details]
    with pytest.raises(BulkError) as caught:
        client.bulk_create("dataacquisition", rows, strict=True)
    with pytest.warns(BrainstemWarning, match=r"row 1: details\.fileNmae: .*'fileName'"):
        ids = client.bulk_create("dataacquisition", rows)

    assert {row: list(errors) for row, errors in caught.value.rows.items()} == {1: ["details.fileNmae"]}
    assert len(ids) == 2


def test_similar_name_is_warned_of(client, project):
    client.sessions.create(name=f"{project.name} PV", projects=[project.id])
    with pytest.warns(BrainstemWarning, match="differs only in upper and lower case") as caught:
        client.sessions.create(name=f"{project.name} pv", projects=[project.id])

    assert caught[0].message.near == f"{project.name} PV"


def test_awaited_write_warns_and_is_strict(served):
    async def work() -> None:
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            data = {"name": uuid.uuid4().hex, "descripton": "x"}
            assert (await client.save("project", data=data, strict=True)).status_code == 400
            with pytest.warns(BrainstemWarning, match="'description'") as caught:
                made = (await client.save("project", data=data)).json()["project"]["id"]
            assert caught[0].filename == __file__
            await client.delete("project", id=made)

    asyncio.run(work())


def test_command_says_it_in_one_line_beside_its_output(command, project):
    data = json.dumps({"name": f"{project.name} 1", "projects": [project.id], "date_tiem": "2026-01-01"})
    code, shown, said = command("save", "session", "--data", data)

    assert code == 0
    assert f"{project.name} 1" in shown
    assert "warning" not in shown
    (line,) = [one for one in said.splitlines() if "date_tiem" in one]
    assert line.startswith("brainstem: warning: date_tiem: ")


# --- what is sent and read ---


def test_only_strict_writes_prefer_anything(listed, scripted):
    scripted.answer("POST", SESSION, (201, {"session": {"id": "1"}}))
    scripted.answer("POST", BULK, (200, {"created": ["1"]}))
    rows = [{"name": "x", "projects": ["p"]}]
    for strict in (False, True):
        listed.save("session", data=rows[0], strict=strict)
        listed.bulk_create("session", rows, strict=strict)
        listed.upsert("session", [], strict=strict)

    assert [headers.get("Prefer") for _, _, headers, _ in scripted.seen] == [None, None, *["handling=strict"] * 2]


def test_numbers_of_rows_count_over_all_requests(listed, scripted):
    remark = {"code": "unknown_key", "field": "x", "operation": "create", "index": 1, "rows": 3, "message": "No x."}
    created = (200, {"created": ["a", "b"]})
    scripted.answer("POST", BULK, created, (*created, remarks(remark, {"code": "more", "count": 7})))
    with pytest.warns(BrainstemWarning) as caught:
        listed.bulk_create("session", [{"name": f"{at}", "projects": ["p"]} for at in range(4)], size=2)

    assert [str(one.message) for one in caught] == ["row 3 and 2 more: x: No x.", "The server has 7 more remarks."]


@pytest.mark.parametrize("header", ["", "nonsense", "{}", "[1, null]", "[" * 5000])
def test_header_that_cannot_be_read_changes_nothing(listed, scripted, header):
    scripted.answer("POST", SESSION, (201, {"session": {"id": "1"}}, {"Brainstem-Warning": header}))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert listed.save("session", data={}).status_code == 201
