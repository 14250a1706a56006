"""The page that says in sentences who sees a record."""

from __future__ import annotations

import pytest

from brainstem.core.model.registry import specs
from brainstem.web.portal.reasons import sentence_of

from .pages import Reader

GROUP = {"id": 3, "name": "Imaging"}
MAZE, BETA = {"id": "1", "name": "Theta maze"}, {"id": "2", "name": "Beta"}


@pytest.mark.parametrize(
    ("label", "ways", "sentence"),
    [
        ("stem.Project", [{"via": "direct", "role": "owner"}], "Dana sees this project as an owner of it."),
        (
            "personal_attributes.Setup",
            [{"via": "group", "role": "contributor", "group": GROUP}],
            "Dana sees this setup as a contributor of it, through the group Imaging.",
        ),
        (
            "stem.Session",
            [
                {"via": "project", "role": "manager", "project": MAZE},
                {"via": "project", "role": "member", "project": BETA, "group": GROUP},
            ],
            (
                "Dana sees this session as a manager of the project Theta maze,"
                " and as a member of the project Beta, through the group Imaging."
            ),
        ),
        (
            "modules.Equipment",
            [{"via": "setup", "role": "member", "setup": MAZE}],
            "Dana sees this equipment as a member of the setup Theta maze.",
        ),
        ("users.Group", [{"via": "direct", "role": "member"}], "Dana sees this group as a member of it."),
        (
            "users.Laboratory",
            [{"via": "group", "role": "member", "group": GROUP}],
            "Dana sees this laboratory as a member of the group Imaging.",
        ),
        (
            "stem.ProjectMembershipInvitation",
            [{"via": "direct", "role": "member"}],
            "Dana sees this project membership invitation as the person it concerns.",
        ),
    ],
    ids=lambda one: one if isinstance(one, str) and "." in one[:-1] else "",
)
def test_a_reason_is_a_sentence(label, ways, sentence):
    assert sentence_of("Dana", ways, specs()[label]) == sentence


def test_each_person_has_a_sentence(lab, alice, bob, dana):
    page = Reader(alice).get(f"/private/stem/session/{lab['session']}/access/")
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    assert f"Bob sees this session as a member of the project {project}." in page.words
    assert f"Dana sees this session as a contributor of the project {project}, through the group" in page.words


def test_one_asks_about_one_person(lab, alice, bob, dana, charlie):
    path = f"/private/stem/session/{lab['session']}/access/"
    for asked in (bob.email, bob.email.upper(), bob.user.pk, "Bob"):
        page = Reader(alice).get(path, person=asked)
        assert "Bob sees this session as a member" in page.words
        assert "Dana sees" not in page.words
    page = Reader(alice).get(path, person=charlie.email)
    assert f"No role that you may know of lets {charlie.email} see this session." in page.words


def test_asking_does_not_tell_who_has_an_account(lab, alice, charlie):
    path, nobody = f"/private/stem/session/{lab['session']}/access/", "nobody@lab.example"
    answers = [Reader(alice).get(path, person=one).words.replace(one, "") for one in (charlie.email, nobody)]
    assert answers[0] == answers[1]


def test_members_may_not_ask_and_strangers_find_nothing(lab, bob, charlie):
    path = f"/private/stem/session/{lab['session']}/access/?person={bob.email}"
    assert Reader(bob).get(path).status == 403
    assert Reader(charlie).get(path).status == 404
