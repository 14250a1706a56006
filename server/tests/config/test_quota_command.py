"""``quota`` shows what projects hold, and gives them quotas; the settings give the others."""

from __future__ import annotations

import io
import uuid

import environ
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from brainstem.config import environment
from brainstem.core.access import quotas
from brainstem.core.models import ProjectQuota

from ..people import unique


def quota(*words: str) -> list[str]:
    out = io.StringIO()
    call_command("quota", *words, stdout=out)
    return out.getvalue().splitlines()


@pytest.fixture
def project(lab, alice):
    """Its id and its name; it holds two sessions."""
    lab["session"], lab.add("session")
    return lab["project"], alice.get(f"stem/project/{lab['project']}").record["name"]


def test_a_project_gets_a_quota_of_its_own_by_id_or_name_and_loses_it(project, alice, settings):
    pk, name = project
    settings.BRAINSTEM_QUOTA_PROJECT_RECORDS = 50
    assert quota(pk) == [f"{name} ({pk}): 2 of 50 records, 0.0 MB of files"]
    assert quota(name, "--records", "2") == [f"{name} ({pk}): 2 of 2 records, 0.0 MB of files"]
    session = {"name": unique("Session"), "projects": [pk]}
    assert alice.post("stem/session", session).status == 409
    assert quota(pk, "--records", "0") == [f"{name} ({pk}): 2 records, 0.0 MB of files"]
    assert alice.post("stem/session", session).status == 201
    assert quota(pk, "--files-mb", "1500") == [f"{name} ({pk}): 3 records, 0.0 of 1,500 MB of files"]
    assert quota(pk, "--records", "default", "--files-mb", "default") == [
        f"{name} ({pk}): 3 of 50 records, 0.0 MB of files"
    ]
    assert not ProjectQuota.objects.exists()


def test_without_a_project_the_fullest_are_shown_after_the_server(project, alice, settings):
    pk, name = project
    full = alice.make("stem/project", name=unique("Full"))
    alice.make("stem/session", name=unique("Session"), projects=[full["id"], pk])
    settings.BRAINSTEM_QUOTA_RECORDS = 1000
    quota(full["id"], "--records", "1")
    assert quota() == [
        "server: 3 of 1,000 records, 0.0 MB of files",
        f"{full['name']} ({full['id']}): 1 of 1 records, 0.0 MB of files",
        f"{name} ({pk}): 3 records, 0.0 MB of files",
    ]


@pytest.mark.parametrize("number", ["-1", "1.5", "many", ""])
def test_what_is_no_quota_is_refused(project, number):
    with pytest.raises(CommandError, match="is not a whole number"):
        quota(project[0], f"--records={number}")
    with pytest.raises(CommandError, match="is not a whole number"):
        quota(project[0], f"--files-mb={number}")
    assert not ProjectQuota.objects.exists()


def test_what_is_no_project_is_refused(project):
    for wrong in ("Nowhere", str(uuid.uuid4())):
        with pytest.raises(CommandError, match="There is no project"):
            quota(wrong, "--records", "5")
    with pytest.raises(CommandError, match="Name the project"):
        quota("--records", "5")
    assert not ProjectQuota.objects.exists()


def test_the_metrics_have_totals_and_no_project(project, client, settings):
    settings.BRAINSTEM_QUOTA_RECORDS, settings.BRAINSTEM_QUOTA_FILES_MB = 7, 8
    text = client.get("/metrics").content.decode()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines())
    assert (lines["brainstem_records"], lines["brainstem_records_quota"]) == ("2", "7")
    assert (lines["brainstem_files_bytes"], lines["brainstem_files_quota_bytes"]) == ("0", str(8 * 1024 * 1024))
    assert project[0] not in text


@pytest.mark.parametrize("text", ["-1", "1.5", "many", ""])
def test_a_setting_that_is_no_quota_is_named(monkeypatch, text):
    monkeypatch.setenv("BRAINSTEM_QUOTA_RECORDS", "12")
    assert environment.quota(environ.Env(), "BRAINSTEM_QUOTA_RECORDS") == 12
    monkeypatch.setenv("BRAINSTEM_QUOTA_RECORDS", text)
    with pytest.raises(ImproperlyConfigured, match="BRAINSTEM_QUOTA_RECORDS has to be a whole number"):
        environment.quota(environ.Env(), "BRAINSTEM_QUOTA_RECORDS")


@pytest.mark.django_db
def test_without_settings_there_is_no_quota():
    assert quotas.of_server() == quotas.Quotas()
    assert quotas.of_projects([uuid.UUID(int=1)]) == {uuid.UUID(int=1): quotas.Quotas()}
