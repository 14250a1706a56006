"""Where the data of a session are kept."""

from __future__ import annotations

import uuid

import pytest

from brainstem_api_tools import ValidationError
from brainstem_api_tools.storage import joined

LEVELS = ["Projects", "Subjects", "Sessions"]
WAYS = [
    {"protocol": "Local harddrive", "path": "/data/lab/", "is_public": False},
    {"protocol": "SMB", "path": "\\\\server\\lab", "is_public": False},
]


@pytest.fixture
def lab(served, client):
    """A session with a project, a subject and a storage of its own: its parts by name."""
    name = uuid.uuid4().hex
    species = served.one("taxonomies/species", "Mus musculus")
    strain = served.one("taxonomies/strain", "C57BL/6J", species=species)
    kind = served.one("taxonomies/setuptype", "Linear track", category="F")
    paradigm = served.one("taxonomies/behavioralparadigm", "Alternation")
    project = client.projects.create(name=name, name_used_in_storage="place_cells")
    subject = client.subjects.create(name=f"{name} rat", projects=[project], strain=strain, sex="F")
    storage = client.datastorages.create(name=name, data_organization=LEVELS, data_protocols=WAYS)
    session = client.sessions.create(
        name=f"{name} day 1", projects=[project], datastorage=[storage], date_time="2025-06-01T09:00:00Z"
    )
    setup = client.setups.create(name=name, setup_type=kind)
    assay = client.behavioralassays.create(name=name, setup_type=kind, behavioral_paradigm=paradigm)
    client.behaviors.create(session=session, subjects=[subject], setup=setup, behavioralassay=assay)
    return {"project": project, "subject": subject, "storage": storage, "session": session, "strain": strain}


def test_path_is_that_of_the_storage_and_a_folder_for_each_level(client, lab):
    expected = f"/data/lab/place_cells/{lab['subject'].name}/{lab['session'].name}"

    assert client.data_path(lab["session"].id) == expected
    assert client.data_path(lab["session"], protocol="local") == expected


def test_path_is_written_as_its_protocol_writes_paths(client, lab):
    path = client.data_path(lab["session"], protocol="smb")

    assert path == f"\\\\server\\lab\\place_cells\\{lab['subject'].name}\\{lab['session'].name}"


def test_local_root_takes_the_place_of_the_path_of_the_storage(client, lab, tmp_path):
    path = client.data_path(lab["session"], local_root=tmp_path)

    assert path == str(tmp_path / "place_cells" / lab["subject"].name / lab["session"].name)


def test_name_used_in_storage_comes_before_the_name(client, lab):
    client.sessions.update(lab["session"], name_used_in_storage="day1")

    assert client.data_path(lab["session"]).endswith("/day1")


def test_levels_are_those_of_the_storage(client, lab):
    client.datastorages.update(lab["storage"], data_organization=["Years", "Sessions"])

    assert client.data_path(lab["session"]) == f"/data/lab/2025/{lab['session'].name}"


@pytest.mark.parametrize("name", ["..", "../../etc", "a\\..\\b", "/etc"])
def test_name_that_leads_out_of_the_storage_is_refused(client, lab, name):
    client.sessions.update(lab["session"], name_used_in_storage=name)

    with pytest.raises(ValidationError, match="not a valid folder name"):
        client.data_path(lab["session"])


def test_protocol_that_is_not_there_is_refused_naming_those_that_are(client, lab):
    with pytest.raises(ValidationError, match="Local harddrive, SMB"):
        client.data_path(lab["session"], protocol="Dropbox")


def test_several_projects_ask_which(client, lab):
    other = client.projects.create(name=uuid.uuid4().hex)
    client.sessions.update(lab["session"], projects=[lab["project"], other])

    with pytest.raises(ValidationError, match="2 projects"):
        client.data_path(lab["session"])
    assert f"/{other.name}/" in client.data_path(lab["session"], project=other.name)


def test_session_without_a_storage_is_refused_unless_it_is_said_where(client, lab):
    client.sessions.update(lab["session"], datastorage=[])

    with pytest.raises(ValidationError, match="no data storage"):
        client.data_path(lab["session"])
    assert client.data_path(lab["session"], local_root="/mnt").startswith("/mnt/place_cells/")


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/data", "/data/a/b"),
        ("/data/", "/data/a/b"),
        ("/", "/a/b"),
        ("D:\\data\\", "D:\\data\\a\\b"),
        ("D:", "D:\\a\\b"),
        ("D:/data", "D:/data/a/b"),
        ("https://data.example.org/x/", "https://data.example.org/x/a/b"),
        ("", "a/b"),
    ],
)
def test_folders_are_joined_as_the_base_is_written(base, path):
    assert joined(base, ["a", "b"]) == path


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/data", "/data/a%2Fb/c\\d"),
        ("D:\\data", "D:\\data\\a%2Fb\\c%5Cd"),
        ("\\\\server\\lab", "\\\\server\\lab\\a%2Fb\\c%5Cd"),
        ("https://data.example.org", "https://data.example.org/a%2Fb/c%5Cd"),
    ],
)
def test_name_with_a_slash_is_one_folder(base, path):
    assert joined(base, ["a/b", "c\\d"]) == path


def test_name_that_windows_cannot_have_is_quoted_there():
    assert joined("C:/data", ["day 1: 10:00?"]) == "C:/data/day 1%3A 10%3A00%3F"
    assert joined("/data", ["day 1: 10:00?"]) == "/data/day 1: 10:00?"


def test_session_with_a_slash_in_its_name_has_one_folder(client, lab):
    client.sessions.update(lab["session"], name_used_in_storage="2025/06")

    assert client.data_path(lab["session"]).endswith(f"/{lab['subject'].name}/2025%2F06")
