"""Pages say how much a project holds to those who manage it, and of all projects to administrators."""

from __future__ import annotations

import pytest

from brainstem.core.models import ProjectQuota

from ..people import unique
from .pages import Reader
from .paper import Desk

SERVER = "/super/server/"


@pytest.fixture
def manage(lab):
    lab["session"], lab.add("session")
    return f"/private/stem/project/{lab['project']}/manage/"


def test_managing_a_project_says_what_it_holds_and_the_most_that_it_may(lab, alice, manage):
    assert "It holds 2 records and 0 MB of files." in Reader(alice).get(manage).words
    ProjectQuota.objects.create(project_id=lab["project"], records=1234, files_mb=5678)
    told = "It holds 2 of at most 1,234 records and 0 of at most 5,678 MB of files."
    assert told in Reader(alice).get(manage).words
    setup = f"/private/personal_attributes/setup/{lab['setup']}/manage/"
    assert "MB of files" not in Reader(alice).get(setup).words


def test_the_page_of_the_server_shows_projects_to_administrators(lab, alice, admin, manage, settings):
    settings.BRAINSTEM_QUOTA_RECORDS = 5678
    name = alice.get(f"stem/project/{lab['project']}").record["name"]
    empty = alice.make("stem/project", name=unique("Empty"))["name"]
    page = Reader(admin).get(SERVER)
    assert f"Server 2 of 5,678 0 MB {name} 2 0 MB" in " ".join(page.words.split())
    assert f"/super/stem/project/{lab['project']}/" in page.links
    assert empty not in page.words
    assert Reader(alice).get(SERVER).status == 403


def test_a_form_says_that_the_quota_is_used_up_and_keeps_what_was_typed(lab, alice, manage):
    ProjectQuota.objects.create(project_id=lab["project"], records=2)
    desk, path, name = Desk(alice), "stem/session/add", unique("Session")
    paper = desk.open(path, projects=lab["project"])
    paper.write("name", name)
    refused = desk.refused(path, paper, status=409)
    assert refused.values("name") == [name]
    assert "may hold 2 records, and would hold 3" in " ".join(refused.summary)
    ProjectQuota.objects.update(records=3)
    assert desk.save(path, refused)
