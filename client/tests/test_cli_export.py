"""``brainstem export``: a whole project, with what it uses and its files, whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import struct
import subprocess
import sys
import uuid
import zlib
from pathlib import Path

import pytest
import requests

from brainstem_api_tools.cli.connection import Server
from brainstem_api_tools.cli.download import content_of
from brainstem_api_tools.core import Core, Options
from brainstem_api_tools.transport import Transport

CLIENT = Path(__file__).resolve().parents[1]


def png():
    """A picture of one grey pixel."""

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\x80")) + chunk(b"IEND", b"")
    )


@pytest.fixture(scope="module")
def lab(served):
    """A project of Alice's with a record of every kind of model that hangs on it; ids by model."""
    found = {}

    def make(path, name="", /, **fields):
        status, body = served.send("POST", f"private/{path}/", fields, who="alice")
        assert status == 201, (path, body)
        found[name or path.rpartition("/")[2]] = next(iter(body.values()))["id"]
        return next(iter(body.values()))["id"]

    code = uuid.uuid4().hex
    species = served.one("taxonomies/species", f"Mus {code}")
    strain = served.one("taxonomies/strain", f"Strain {code}", species=species)
    setup_type = served.one("taxonomies/setuptype", f"Track {code}", category="A")
    paradigm = served.one("taxonomies/behavioralparadigm", f"Running {code}")
    project = make("stem/project", name=f"Project {code}")
    make("stem/project", "other", name=f"Other {code}")
    subject = make("stem/subject", name=f"Father {code}", projects=[project], strain=strain, sex="M")
    mother = make(
        "stem/subject", "mother", name=f"Mother {code}", projects=[project, found["other"]], strain=strain, sex="F"
    )
    session = make("stem/session", name=f"Session {code}", projects=[project])
    make("stem/session", "elsewhere", name=f"Elsewhere {code}", projects=[found["other"]])
    make("stem/collection", name=f"Collection {code}", project=project, sessions=[session])
    make("stem/cohort", name=f"Cohort {code}", project=project, subjects=[subject])
    make("stem/breeding", name=f"Breeding {code}", project=project, mother=mother, father=subject)
    setup = make("personal_attributes/setup", name=f"Setup {code}", setup_type=setup_type)
    assay = make(
        "personal_attributes/behavioralassay", name=f"Assay {code}", setup_type=setup_type, behavioral_paradigm=paradigm
    )
    storage = make("personal_attributes/datastorage", name=f"Storage {code}")
    make("personal_attributes/datastorage", "unused", name=f"Unused {code}")
    make("stem/sessiondatastorage", session=session, datastorage=storage)
    make("modules/behavior", session=session, setup=setup, behavioralassay=assay, subjects=[subject])
    make("modules/subjectlog", subject=subject, type="GenericObservation")
    make("stem/epoch", session=session, name="sleep")
    answer = requests.patch(
        f"{served.url}/api/private/personal_attributes/setup/{setup}/",
        files={"image": ("a photo.png", png(), "image/png")},
        headers={"Authorization": f"Bearer {served.token('alice')}"},
        timeout=30,
    )
    assert answer.status_code == 200, answer.text
    return {
        **found,
        "species": species,
        "strain": strain,
        "setuptype": setup_type,
        "behavioralparadigm": paradigm,
        "name": f"Project {code}",
    }


@pytest.fixture(scope="module")
def folder(served, lab, tmp_path_factory):
    """The project, exported by id."""
    target = tmp_path_factory.mktemp("export") / "project"
    environment = {"PYTHONPATH": str(CLIENT), "BRAINSTEM_URL": served.url, "BRAINSTEM_TOKEN": served.token("alice")}
    command = [sys.executable, "-m", "brainstem_api_tools.cli", "export", lab["project"], "-o", str(target)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=target.parent)
    assert done.returncode == 0, done.stderr
    return target


def records(folder, model):
    return [json.loads(line) for line in (folder / "records" / f"{model}.jsonl").read_text().splitlines()]


@pytest.mark.parametrize(
    "model",
    [
        "project", "subject", "session", "collection", "cohort", "breeding", "sessiondatastorage", "behavior",
        "subjectlog", "epoch", "setup", "behavioralassay", "datastorage", "species", "strain", "setuptype",
        "behavioralparadigm",
    ],
)  # fmt: skip
def test_export_holds(folder, lab, model):
    ids = {one["id"] for one in records(folder, model)}

    assert lab[model] in ids
    assert ids == ({lab["subject"], lab["mother"]} if model == "subject" else {lab[model]})


def test_tables_hold_the_same_records(folder, lab):
    rows = list(csv.DictReader(io.StringIO((folder / "tables" / "session.csv").read_text())))

    assert [row["id"] for row in rows] == [lab["session"]]


def test_files_of_records_are_there(folder, lab):
    (found,) = (folder / "files" / "setup" / lab["setup"]).iterdir()

    assert found.name.startswith("image-")
    assert found.suffix == ".png"
    assert found.stat().st_size > 0


def test_manifest_tells_what_is_there_and_where_it_is_from(folder, lab, served):
    manifest = json.loads((folder / "manifest.json").read_text())
    files = {one["path"] for one in manifest["files"]}

    assert manifest["server"] == f"{served.url}/"
    assert manifest["project"] == {"id": lab["project"], "name": lab["name"]}
    assert manifest["counts"]["subject"] == 2
    assert manifest["not_readable"] == []
    assert files == {
        one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.is_file() and one.name != "manifest.json"
    }
    for one in manifest["files"]:
        assert hashlib.sha256((folder / one["path"]).read_bytes()).hexdigest() == one["sha256"]


def test_nothing_of_the_way_is_left(folder):
    assert [one.name for one in folder.parent.iterdir()] == [folder.name]
    assert list(folder.rglob(".*")) == []


def test_folder_that_is_there_is_left_alone(command, lab, tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine.txt").write_text("mine")
    wanted = ("export", lab["project"], "-o", str(tmp_path / "there"))

    assert command(*wanted)[0] == 1
    code, _, said = command(*wanted, "--force")
    assert code == 1
    assert "not an export" in said
    assert (tmp_path / "there" / "mine.txt").read_text() == "mine"


def test_earlier_export_is_replaced_when_asked_for(command, lab, tmp_path):
    wanted = ("export", lab["name"], "--to", str(tmp_path / "project"), "--quiet")
    assert command(*wanted)[0] == 0
    (tmp_path / "project" / "records" / "epoch.jsonl").write_text("")

    assert command(*wanted)[0] == 1
    assert command(*wanted, "--force")[0] == 0
    assert len(records(tmp_path / "project", "epoch")) == 1
    assert sorted(one.name for one in tmp_path.iterdir()) == ["home", "project"]


def test_interrupted_export_goes_on(command, lab, tmp_path, served):
    part = tmp_path / "project.part"
    (part / "records").mkdir(parents=True)
    begun = {
        "url": f"{served.url}/",
        "portal": "private",
        "project": lab["project"],
        "started_at": "2026-01-01T00:00:00Z",
    }
    (part / ".started.json").write_text(json.dumps(begun))
    # Written by the earlier run: it is not asked for again.
    (part / "records" / "epoch.jsonl").write_text('{"id": "kept"}\n')
    code, _, said = command("export", lab["project"], "-o", str(tmp_path / "project"))

    assert code == 0, said
    assert "Resuming" in said
    assert records(tmp_path / "project", "epoch") == [{"id": "kept"}]
    assert json.loads((tmp_path / "project" / "manifest.json").read_text())["started_at"] == "2026-01-01T00:00:00Z"


def test_begun_export_of_another_project_is_in_the_way(command, lab, tmp_path, served):
    part = tmp_path / "project.part"
    part.mkdir()
    begun = {"url": f"{served.url}/", "portal": "private", "project": lab["other"]}
    (part / ".started.json").write_text(json.dumps(begun))
    wanted = ("export", lab["project"], "-o", str(tmp_path / "project"))

    assert command(*wanted)[0] == 1
    assert command(*wanted, "--force")[0] == 0


def test_folder_appears_only_when_all_is_written(scripted, command, tmp_path):
    project = {"id": str(uuid.uuid4()), "name": "P"}
    scripted.answer("GET", f"/api/private/stem/project/{project['id']}/", (200, {"project": project}))
    scripted.answer("GET", "/api/private/stem/breeding/", (200, {"breedings": [], "count": 0}))
    scripted.answer("GET", "/api/private/stem/cohort/", (403, {"detail": "No."}))
    code, _, said = command("export", project["id"], "-o", str(tmp_path / "project"), "--url", scripted.url)

    assert code == 1
    assert "No." in said
    assert not (tmp_path / "project").exists()
    assert (tmp_path / "project.part" / "records" / "breeding.jsonl").exists()


@pytest.mark.parametrize("text", ["No such project", str(uuid.UUID(int=0))])
def test_project_that_is_not_there_is_one_sentence(command, tmp_path, text):
    code, _, said = command("export", text, "-o", str(tmp_path / "project"))

    assert code == 1
    assert len(said.splitlines()) == 1
    assert not (tmp_path / "project.part").exists()


def test_project_of_others_cannot_be_exported(command, lab, served, tmp_path):
    environment = {"BRAINSTEM_TOKEN": served.token("charlie")}

    for text in (lab["project"], lab["name"]):
        assert command("export", text, "-o", str(tmp_path / "project"), environment=environment)[0] == 1


def test_token_is_sent_to_the_server_only(scripted, served):
    scripted.answer("GET", "/elsewhere/a.png", (200, {}, {"Content-Disposition": 'inline; filename="../a.png"'}))
    core = Core(Options(token="secret", url=served.url))
    found = content_of(Server(core, Transport(), "private"), f"{scripted.url}/elsewhere/a.png")

    assert found.name == "a.png"
    assert "Authorization" not in scripted.seen[0][2]
