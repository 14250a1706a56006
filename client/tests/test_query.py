"""What a list shows and gives without being loaded: a table, its length, single records; and hints that help."""

from __future__ import annotations

import asyncio
import re
import uuid

import pytest

from brainstem_api_tools import AsyncBrainstemClient, BrainstemClient, ValidationError
from brainstem_api_tools.checks import checked_names
from brainstem_api_tools.cli import main
from brainstem_api_tools.models import ATTRIBUTES
from brainstem_api_tools.names import model_name, nearest, portal_name, route
from brainstem_api_tools.record import record_class

NAMES = [f"{letter} <b>&amp; {letter}</b>" for letter in "abcdefghijkl"]


@pytest.fixture(scope="module")
def lab(served):
    """A project with twelve sessions, and the names of the sessions."""
    with BrainstemClient(token=served.token("alice"), url=served.url) as client:
        project = client.projects.create(name=f"<i>{uuid.uuid4().hex}</i>")
        names = [f"{name} {project.name[3:10]}" for name in NAMES]
        client.bulk_create("session", [{"name": name, "projects": [project], "tags": ["x"]} for name in names])
        stored = [one.name for one in client.sessions.list(projects=project, sort="name")]
        yield project, stored


@pytest.fixture
def found(client, lab):
    return client.sessions.list(projects=lab[0], sort="name")


def test_list_shows_itself_as_a_table_of_its_first_records(found, lab):
    lines = repr(found).splitlines()

    assert lines[0] == "12 sessions, the first 10"
    assert lines[1].split()[:2] == ["id", "name"]
    assert [name for name in lab[1] if any(name in line for line in lines)] == lab[1][:10]
    assert str(found) == repr(found)


def test_notebook_shows_a_table_in_which_names_are_text(client, lab, found):
    page = found._repr_html_()

    assert page.count("<tr>") == 11
    assert "12 sessions, the first 10" in page
    assert set(re.findall(r"</?(\w+)", page)) == {"div", "p", "table", "thead", "tbody", "tr", "th", "td"}
    assert "<b>" not in page


def test_empty_list_and_short_list_say_how_many(client, lab):
    assert repr(client.sessions.list(name="nobody")) == "0 sessions"
    assert repr(client.sessions.list(projects=lab[0], limit=3)).startswith("3 sessions\n")
    assert "<table>" not in client.sessions.list(name="nobody")._repr_html_()


def test_what_shows_itself_does_not_fail_where_there_is_no_server():
    client = BrainstemClient(token="bst_x", url="http://127.0.0.1:9")
    client._core.policy = type(client._core.policy)(tries=1)
    with client:
        assert "cannot be reached" in repr(client.sessions.list())
        assert "cannot be reached" in client.sessions.list()._repr_html_()


def test_list_has_a_length_and_positions(found, lab):
    _, names = lab

    assert len(found) == 12
    assert found[0].name == names[0]
    assert found[11].name == names[11]
    assert found[-1].name == names[-1]
    for at in (12, -13):
        with pytest.raises(IndexError, match=str(at)):
            found[at]


@pytest.mark.parametrize(
    "part",
    [slice(None, 3), slice(2, 5), slice(10, None), slice(5, 5), slice(8, 2), slice(0, 9, 4), slice(-2, None),
     slice(None, -10), slice(None, None, -1), slice(20, 30), slice(None)],
    ids=str,
)  # fmt: skip
def test_slices_are_those_of_a_list(found, lab, part):
    assert [one.name for one in found[part]] == lab[1][part]


def test_limit_holds_for_length_positions_and_slices(client, lab):
    project, names = lab
    some = client.sessions.list(projects=project, sort="name", limit=4)

    assert (len(some), some[-1].name, [one.name for one in some[2:]]) == (4, names[3], names[2:4])
    assert some.first().name == names[0]
    assert client.sessions.list(projects=project, limit=0).first() is None
    with pytest.raises(IndexError):
        some[4]


def test_single_record_is_asked_for_alone(scripted):
    scripted.by_query["GET /api/private/stem/session/"] = lambda query: (
        200, {"sessions": [{"id": query["offset"]}][: int(query["limit"])], "count": 5000},
    )  # fmt: skip
    with BrainstemClient(token="bst_x", url=scripted.url) as client:
        assert client.sessions.list()[4321].id == "4321"

    assert len(scripted.seen) == 1


def test_list_that_is_awaited_says_how(served):
    async def shown() -> str:
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            return repr(client.sessions.list())

    assert "await" in asyncio.run(shown())


# --- tables ---


def test_flat_frames_leave_out_links(found):
    flat = found.to_pandas(flatten=True)

    assert not [name for name in flat.columns if "links" in name.split(".")]
    assert "download_links" in flat.columns
    assert "links" in found.to_pandas().columns


@pytest.mark.parametrize("method", ["to_pandas", "to_polars", "to_arrow"])
@pytest.mark.parametrize("flatten", [False, True])
def test_names_stand_beside_ids_on_request(found, lab, served, method, flatten):
    project, _ = lab
    frame = getattr(found, method)(flatten=flatten, names=True)
    columns = list(getattr(frame, "column_names", None) or frame.columns)

    assert columns[columns.index("projects") + 1] == "projects.name"
    assert [list(one) for one in frame["projects"].to_pylist() if one] if method == "to_arrow" else True
    values = frame["projects.name"].to_pylist() if method == "to_arrow" else list(frame["projects.name"])
    assert [list(one) for one in values] == [[project.name]] * 12
    assert "projects.name" not in list(
        getattr(found, method)(flatten=flatten).to_pandas().columns
        if method != "to_pandas"
        else found.to_pandas().columns
    )


def test_names_are_there_for_the_list_that_is_awaited(served, lab):
    async def asked():
        async with AsyncBrainstemClient(token=served.token("alice"), url=served.url) as client:
            return await client.sessions.list(projects=lab[0].id).to_pandas(names=True)

    assert [list(one) for one in asyncio.run(asked())["projects.name"]] == [[lab[0].name]] * 12


# --- names and hints ---


@pytest.mark.parametrize(
    ("given", "expected"),
    [("Session", "session"), ("sessions", "session"), ("DATA_ACQUISITIONS", "dataacquisition"), ("brain regions", "brainregion"),
     ("Species", "species"), ("equipment", "equipment"), ("setup-types", "setuptype"),
     ("group_membership_request", "group_membership_request"), ("GroupMembershipRequests", "groupmembershiprequest")],
)  # fmt: skip
def test_models_are_known_by_plural_and_in_any_case(given, expected):
    assert model_name(given) == expected
    assert route(given)[1] == expected


def test_every_name_of_a_model_and_its_plural_is_that_model():
    for plural, model in ATTRIBUTES.items():
        assert {model_name(one) for one in (plural, plural.upper(), model, model.upper(), plural.replace("_", ""))} == {
            model
        }


def test_models_are_understood_where_they_are_given(client, command, lab):
    assert client.load("Sessions", "Private", limit=1).status_code == 200
    assert client.load_model("SESSIONS").status_code == 200
    assert command("load", "Sessions", "--limit", "1")[0] == 0
    assert client.load_model("sesion").status_code == 404
    assert portal_name("PUBLIC") == "public"
    with pytest.raises(ValueError, match="portal"):
        portal_name("secret")


@pytest.mark.parametrize(
    ("text", "valid", "hint"),
    [
        ("nmae", ["name", "name", "date"], "Did you mean 'name'? "),
        (
            "membership_invitatio",
            ["membershipinvitation", "membership_invitation"],
            "Did you mean 'membership_invitation'? ",
        ),
        ("birthDate", ["birth_date"], "Did you mean 'birth_date'? "),
        ("name", ["name"], ""),
        ("xyz", ["name"], ""),
    ],
)
def test_hints_never_repeat_a_name(text, valid, hint):
    assert nearest(text, valid) == hint


def test_brainstem_alone_prints_help(capsys):
    with pytest.raises(SystemExit) as end:
        main([])

    assert end.value.code == 2
    shown, said = capsys.readouterr()
    assert "brainstem load session" in shown
    assert said == ""


@pytest.mark.parametrize(
    "arguments",
    [("load", "session", "--id", str(uuid.UUID(int=1))), ("load", "session", "--filters", "nmae=x"),
     ("save", "session", "--data", "{}"), ("delete", "session", "--id", str(uuid.UUID(int=1)))],
    ids=" ".join,
)  # fmt: skip
def test_refusals_go_to_the_error_output_in_one_line(command, arguments):
    code, shown, said = command(*arguments)

    assert (code, shown) == (1, "")
    assert said.startswith("brainstem: ")
    assert said.count("\n") == 1


def hinted(call) -> list[str]:
    """The names that a refusal gives."""
    with pytest.raises(ValidationError) as error:
        call()
    return re.search(r"Its fields are: ([^.]*)\.", str(error.value))[1].split(", ")


@pytest.mark.parametrize("model", ["session", "project", "subject", "procedure", "setup", "consumable", "user"])
def test_hints_name_only_what_the_server_accepts(client, model):
    record = record_class(model)
    resource = getattr(client, record.plural.replace(" ", "_"))
    by = {
        "filter": (
            hinted(lambda: resource.list(nmae_of_nothing="x")),
            lambda name: {"filters": {f"{name}.isnull": True}},
        ),
        "sort": (hinted(lambda: resource.list(sort="nmae_of_nothing")), lambda name: {"sort": name}),
        "include": (hinted(lambda: resource.list(include="nmae_of_nothing")), lambda name: {"include": name}),
    }
    for kind, (names, asking) in by.items():
        assert names, kind
        for name in names:
            assert resource.list(limit=1, **asking(name)).all() is not None, (kind, name)


def test_hints_leave_out_what_no_server_sorts_by():
    with pytest.raises(ValidationError) as error:
        checked_names(record_class("session"), ["nmae"], kind="sort")
    for name in ("links", "extra_fields", "subjects"):
        assert name not in str(error.value)
