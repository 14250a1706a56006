"""Every model, loader and command that a released client knows has an answer, also from ours."""

from __future__ import annotations

import json
import subprocess

import pytest

from .installed import MODERN, OURS_BY_OLD_CALLS, bin_folder
from .remote import Remote

pytestmark = pytest.mark.slow

OLD_MODELS = (
    "project", "subject", "session", "collection", "cohort", "procedure", "behavior", "dataacquisition", "manipulation",
    "equipment", "consumablestock", "procedurelog", "subjectlog", "behavioralparadigm", "datastorage", "inventory",
    "setup", "consumable", "hardwaredevice", "supplier", "brainregion", "setuptype", "species", "strain",
    "strainapproval", "journal", "laboratory", "publication", "journalapproval", "user", "group",
    "projectmembershipinvitation", "projectgroupmembershipinvitation", "groupmembershipinvitation",
    "groupmembershiprequest",
)  # fmt: skip
NEW_MODELS = (
    "project", "subject", "session", "collection", "cohort", "breeding", "project_membership_invitation",
    "project_group_membership_invitation", "procedure", "behavior", "dataacquisition", "manipulation", "equipment",
    "consumablestock", "procedurelog", "subjectlog", "behavioralassay", "datastorage", "inventory", "license",
    "protocol", "setup", "consumable", "hardwaredevice", "supplier", "behavioralcategory", "behavioralparadigm",
    "brainregion", "regulatoryauthority", "setuptype", "species", "strain", "strainapproval", "journal",
    "journalapproval", "publication", "group", "group_membership_invitation", "group_membership_request", "laboratory",
    "user",
)  # fmt: skip
# Loader -> its named filters; besides, each takes `tags`. Values are of the kind that the filter asks for.
SOME_ID = "00000000-0000-7000-8000-000000000000"
LOADERS = {
    "load_project": {"name": "x", "sessions": SOME_ID, "subjects": SOME_ID},
    "load_subject": {"name": "x", "projects": SOME_ID, "strain": SOME_ID, "sex": "F"},
    "load_session": {"name": "x", "projects": SOME_ID, "datastorage": SOME_ID},
    "load_collection": {"name": "x"},
    "load_cohort": {"name": "x"},
    "load_behavior": {"session": SOME_ID},
    "load_dataacquisition": {"session": SOME_ID},
    "load_manipulation": {"session": SOME_ID},
    "load_procedure": {"subject": SOME_ID},
    "load_procedurelog": {"procedure": SOME_ID},
    "load_subjectlog": {"subject": SOME_ID},
    "load_equipment": {"name": "x", "setup": SOME_ID},
    "load_consumablestock": {},
    "load_behavioralassay": {"name": "x"},
    "load_datastorage": {"name": "x"},
    "load_setup": {"name": "x"},
    "load_hardwaredevice": {"name": "x"},
    "load_brainregion": {"name": "x"},
    "load_species": {"name": "x"},
    "load_strain": {"name": "x", "species": SOME_ID},
    "load_publication": {"name": "x"},
    "load_laboratory": {"name": "x"},
}


@pytest.fixture(scope="module", params=["0.2.0", OURS_BY_OLD_CALLS])
def old(request, sign_in) -> Remote:
    """Alice, signed in with 0.2.0, whose code is that of 0.1.0, or with ours."""
    return sign_in(request.param)


@pytest.mark.parametrize("model", OLD_MODELS)
def test_every_model_of_0_x_answers_a_list(old, model):
    answer = old.load(model)

    assert answer.status == 200, answer.body
    assert isinstance(next(iter(answer.body.values())), list)


@pytest.mark.parametrize("model", NEW_MODELS)
def test_every_model_of_2_0_0_answers_a_list(modern, model):
    answer = modern.load(model)

    assert answer.status == 200, answer.body
    assert isinstance(next(iter(answer.body.values())), list)


def test_assays_answer_under_their_old_name(old, catalogue):
    name = f"Assay by its old name, {old.version}"
    made = old.make(
        "behavioralparadigm", name=name, setup_type=catalogue["setuptype"],
        behavioral_paradigm=catalogue["behavioralparadigm"],
    )  # fmt: skip

    assert old.load("behavioralparadigm", filters={"name": name}).names == [name]
    assert old.load("behavioralparadigm", id=made["id"]).record["setup_type"] == catalogue["setuptype"]


def test_journals_and_laboratories_answer_under_their_old_app(old, catalogue):
    assert "Journal of Tracks" in old.load("journal").names
    assert old.load("journal", id=catalogue["journal"]).record["name"] == "Journal of Tracks"
    assert old.load("laboratory").records == []


# --- loaders of 2.0.0 ---


@pytest.mark.parametrize("loader", LOADERS)
def test_loader_answers_with_what_it_embeds(modern, loader):
    answer = modern.call(loader)

    assert answer.status == 200, answer.body


@pytest.mark.parametrize("loader", LOADERS)
def test_loader_answers_with_all_its_filters(modern, loader):
    for name, value in {**LOADERS[loader], "tags": "1"}.items():
        answer = modern.call(loader, **{name: value})
        assert answer.status == 200, (name, answer.body)
    assert modern.call(loader, **LOADERS[loader], tags="1").records == []


@pytest.mark.parametrize("loader", LOADERS)
def test_loader_answers_in_the_public_portal(modern, loader):
    assert modern.call(loader, portal="public").status == 200


@pytest.mark.parametrize("version", MODERN)
def test_the_list_of_loaders_is_that_of_the_client(version):
    listing = "import brainstem_api_tools as tools; print(*dir(tools.BrainstemClient))"
    python = bin_folder(version) / "python"
    printed = subprocess.run([python, "-c", listing], capture_output=True, text=True, check=True).stdout

    assert {name for name in printed.split() if name.startswith("load_")} - {"load_model"} == set(LOADERS)


def test_loaders_find_what_they_are_asked_for(modern, catalogue):
    project = modern.make("project", name=f"Loaded by name, {modern.version}")["id"]
    subject = modern.make(
        "subject", name=f"Loaded {modern.version}", projects=[project], strain=catalogue["strain"], sex="M"
    )["id"]
    session = modern.make("session", name=f"Loaded day {modern.version}", projects=[project], tags=["loaded"])["id"]
    modern.make("collection", name=f"Loaded days {modern.version}", project=project, sessions=[session])

    found = modern.call("load_project", name=f"loaded BY name, {modern.version}").records[0]
    assert [one["name"] for one in found["subjects"]] == [f"Loaded {modern.version}"]
    assert [one["name"] for one in found["collections"]] == [f"Loaded days {modern.version}"]
    assert modern.call("load_project", subjects=subject).names == [f"Loaded by name, {modern.version}"]
    assert modern.call("load_session", projects=project, tags="loaded").names == [f"Loaded day {modern.version}"]
    assert modern.call("load_subject", projects=project, strain=catalogue["strain"], sex="M").names == [
        f"Loaded {modern.version}"
    ]
    assert modern.call("load_collection", name=f"loaded days {modern.version}").records[0]["sessions"][0]["tags"] == [
        "loaded"
    ]
    assert modern.call("load_strain", name="57bl", species=catalogue["species"]).names == ["C57BL/6J"]
    assert modern.call("load_strain", species=SOME_ID).names == []


# --- the command line of 2.0.0, and of ours ---


@pytest.fixture(params=MODERN)
def brainstem(request, served, tmp_path):
    """Runs ``brainstem ARGUMENTS``; gives exit code and what was printed."""

    def run(*arguments: str, token: str = served.token("alice")) -> tuple[int, str]:
        done = subprocess.run(
            [bin_folder(request.param) / "brainstem", "--url", served.url, *arguments, "--url", served.url, "--token", token],
            env={"HOME": str(tmp_path)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.returncode, done.stdout

    return run


def test_command_line_saves_loads_and_deletes(brainstem):
    code, printed = brainstem("save", "project", "--data", '{"name": "From the shell"}')
    assert code == 0, printed
    project = json.loads(printed)["project"]["id"]

    code, printed = brainstem("save", "project", "--id", project, "--data", '{"description": "changed"}')
    assert code == 0, printed

    # "--sort -name", as its help has it, is an option to the parser of the client itself.
    query = ("--filters", "name.icontains=the shell", "--sort=-name", "--include", "sessions", "--limit", "5")
    code, printed = brainstem("load", "project", *query)
    assert code == 0, printed
    assert json.loads(printed)["projects"][0]["description"] == "changed"

    code, printed = brainstem("delete", "project", "--id", project)
    assert (code, printed.strip()) == (0, "Deleted successfully.")


@pytest.mark.parametrize(
    "arguments",
    [
        ("load", "project", "--id", SOME_ID),
        ("load", "project", "--filters", "nmae=x"),
        ("save", "project", "--data", "{}"),
        ("delete", "project", "--id", SOME_ID),
    ],
    ids=["load what is not there", "unknown filter", "save nothing", "delete what is not there"],
)
def test_command_line_ends_with_1_when_refused(brainstem, arguments):
    code, printed = brainstem(*arguments)

    assert code == 1
    # 2.0.0 prints the answer of the server; ours says it in a line on the error output.
    assert not printed or isinstance(json.loads(printed), dict)


def test_command_line_ends_with_1_when_the_token_is_bad(brainstem):
    assert brainstem("load", "project", token="bst_none_none")[0] == 1
