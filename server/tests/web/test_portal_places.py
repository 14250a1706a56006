"""Where the data of a session are, on its page."""

from __future__ import annotations

import pytest

from brainstem.core.text.folders import is_folder, joined

from ..lab import Lab
from .pages import Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(alice) -> Reader:
    return Reader(alice)


def storage(lab: Lab, **values) -> str:
    made = lab.add(
        "datastorage",
        data_organization=[{"elements": "Projects"}, {"elements": "subjects"}, {"elements": "Sessions"}],
        data_protocols=[
            {"protocol": "SMB", "path": "\\\\server\\data", "is_public": False},
            {"protocol": "HTTPS", "path": "https://data.example/", "is_public": True},
        ],
        **values,
    )
    return str(made["id"])


def session(lab: Lab, **values) -> str:
    made = lab.add("session", datastorage=[storage(lab)], name_used_in_storage="day/1", **values)
    return f"/private/stem/session/{made['id']}/"


def named(lab: Lab, name: str, folder: str) -> str:
    path = f"stem/{name}/{lab[name]}"
    assert lab.owner.patch(path, {"name_used_in_storage": folder}).status == 200
    return str(lab[name])


def test_a_session_tells_the_path_of_each_way_to_its_data(reader, lab):
    named(lab, "project", "maze")
    subject = named(lab, "subject", "R 1")
    path = session(lab)
    assert "Known once the session has a subject." in reader.get(path).words
    lab.add("behavior", session=path.split("/")[-2], subjects=[subject])
    words = reader.get(path).words
    assert "\\\\server\\data\\maze\\R 1\\day%2F1" in words
    assert "https://data.example/maze/R 1/day%2F1" in words
    assert "Known once" not in words


def test_each_of_several_subjects_has_a_path(reader, lab):
    named(lab, "project", "maze")
    path = session(lab)
    mice = [lab.add("subject", name_used_in_storage=f"M{number}")["id"] for number in range(8)]
    lab.add("behavior", session=path.split("/")[-2], subjects=mice)
    page = reader.get(path).text
    assert sum(f"https://data.example/maze/M{number}/day%2F1" in page for number in range(8)) == 6


def test_a_name_that_leads_out_of_the_storage_is_no_folder(reader, lab):
    named(lab, "project", "..")
    lab.add("behavior", session=(path := session(lab)).split("/")[-2], subjects=[lab["subject"]])
    assert "Known once the session has a project." in reader.get(path).words


def test_visitors_read_only_the_public_ways(nobody, lab):
    named(lab, "project", "maze")
    assert lab.owner.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    path = session(lab)
    made = lab.owner.get(path.removeprefix("/private/").rstrip("/")).record["datastorage"][0]
    assert lab.owner.patch(f"personal_attributes/datastorage/{made}", {"is_public": True}).status == 200
    lab.add("behavior", session=path.split("/")[-2], subjects=[lab["subject"]])
    words = Reader().get(path.replace("/private/", "/public/")).words
    assert "https://data.example/maze/" in words
    assert "server\\data" not in words


def test_a_storage_that_the_reader_does_not_see_is_not_told(lab, charlie, alice):
    path = session(lab)
    assert Reader(charlie).get(path).status == 404
    assert "Where the data are" in Reader(alice).get(path).words


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ("/data/", "/data/a/b%2Fc"),
        ("C:\\data", "C:\\data\\a\\b%2Fc"),
        ("C:/data", "C:/data/a/b%2Fc"),
        ("https://x.example/d", "https://x.example/d/a/b%2Fc"),
        ("", "a/b%2Fc"),
    ],
)
def test_folders_stand_below_a_base_as_it_is_written(base, path):
    assert joined(base, ["a", "b/c"]) == path


@pytest.mark.parametrize("name", ["..", ".", "", " ", "/etc", "\\\\server", "a/../b", "..\\x"])
def test_what_leads_elsewhere_is_no_folder(name):
    assert not is_folder(name)
    assert is_folder("2025/06")


def test_countries_have_names(reader, lab):
    made = lab.add("license", country="DK")["id"]
    assert "Denmark" in reader.get(f"/private/personal_attributes/license/{made}/").words
    assert (
        '<option value="DK" selected>Denmark' in reader.get(f"/private/personal_attributes/license/{made}/change/").text
    )
