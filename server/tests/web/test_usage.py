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
    assert "It holds 2 records." in Reader(alice).get(manage).words
    ProjectQuota.objects.create(project_id=lab["project"], records=1234)
    assert "It holds 2 of the 1,234 records that it may." in Reader(alice).get(manage).words
    assert (
        "records that it may"
        not in Reader(alice).get(f"/private/personal_attributes/setup/{lab['setup']}/manage/").words
    )


def test_the_page_of_the_server_shows_projects_to_administrators(lab, alice, admin, manage, settings):
    settings.BRAINSTEM_QUOTA_RECORDS = 5678
    name = alice.get(f"stem/project/{lab['project']}").record["name"]
    empty = alice.make("stem/project", name=unique("Empty"))["name"]
    page = Reader(admin).get(SERVER)
    assert f"Server 2 5,678 {name} 2 No limit" in " ".join(page.words.split())
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
