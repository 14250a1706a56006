"""Groups and people: who is in a group, what it has, what one shares with somebody, joining and leaving."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext

from brainstem.apps.users.models import Group

from ..people import join_group, person, unique
from .pages import Reader

pytestmark = pytest.mark.databases

GROUPS, PEOPLE = "/private/users/group/", "/private/users/user/"


def card(page, title):
    """The words of a card of a page."""
    found = re.search(rf'<h2 id="(group-\d+)">{re.escape(title)}', page.text)
    return page.text.partition(f'aria-labelledby="{found[1]}"')[2].partition("</section>")[0] if found else ""


@pytest.fixture
def imaging(alice, dana):
    """A group of Alice, who owns it, and Dana."""
    return join_group(unique("Imaging"), alice.user, dana.user)


def test_a_group_shows_its_members_and_what_it_has_to_those_who_are_in_it(lab, alice, dana, charlie):
    group = Group.objects.get(memberships__user=dana.user)
    name = alice.get(f"stem/project/{lab['project']}").record["name"]
    for member in (alice, dana):
        page = Reader(member).get(f"{GROUPS}{group.pk}/")
        assert card(page, "Members").count("Owner") == 1
        assert f'href="{PEOPLE}{dana.user.pk}/"' in card(page, "Members")
        assert name in card(page, "What the group has")
        assert "Contributor" in card(page, "What the group has")
    page = Reader(charlie).get(f"{GROUPS}{group.pk}/")
    assert page.status == 200
    assert card(page, "Members") == card(page, "What the group has") == ""
    assert dana.email not in page.text


def test_who_sees_a_project_sees_that_a_group_has_it_but_not_who_is_in_the_group(lab, alice, bob, dana):
    group = Group.objects.get(memberships__user=dana.user)
    page = Reader(bob).get(f"{GROUPS}{group.pk}/")
    assert alice.get(f"stem/project/{lab['project']}").record["name"] in card(page, "What the group has")
    assert card(page, "Members") == ""
    # Bob is a member only: he does not learn that Dana is in the project, which she is through the group.
    assert card(Reader(bob).get(f"{PEOPLE}{dana.user.pk}/"), "Projects and attributes that you share") == ""
    assert "Contributor" in card(
        Reader(alice).get(f"{PEOPLE}{dana.user.pk}/"), "Projects and attributes that you share"
    )


def test_administrators_see_the_members_in_their_own_portal(admin, imaging, dana):
    assert card(Reader(admin).get(f"/super/users/group/{imaging.pk}/"), "Members").count("</tr>") == 3
    assert card(Reader(admin).get(f"{GROUPS}{imaging.pk}/"), "Members") == ""


def test_the_list_of_groups_tells_my_level_and_has_views_of_mine(alice, dana, charlie, imaging):
    other = join_group(unique("Physiology"), charlie.user)
    page = Reader(alice).get(GROUPS)
    assert "My groups" in page.words
    row = page.text.partition(f">{imaging.name}</a>")[2].partition("</tr>")[0]
    assert "Owner" in row
    assert ">2<" in row
    strange = page.text.partition(f">{other.name}</a>")[2].partition("</tr>")[0]
    assert "Owner" not in strange
    assert ">1<" not in strange
    mine = Reader(dana).get(f"{GROUPS}?view=member")
    assert imaging.name in mine.words
    assert other.name not in mine.words
    assert imaging.name not in Reader(dana).get(f"{GROUPS}?view=manage").words
    assert imaging.name in Reader(alice).get(f"{GROUPS}?view=manage").words
    ordered = Reader(charlie).get(f"{GROUPS}?sort=-my_level").text
    assert ordered.index(f">{other.name}</a>") < ordered.index(f">{imaging.name}</a>")


def test_members_are_counted_for_members_only_also_by_filters(alice, charlie, imaging):
    path = f"{GROUPS}?members_count.gte=1&columns=members_count"
    assert imaging.name in Reader(alice).get(path).words
    assert imaging.name not in Reader(charlie).get(path).words
    assert alice.get("users/group", "filter{my_level}=4").ids == [imaging.pk]
    assert charlie.get("users/group", "filter{members_count.gt}=0").ids == []


def test_visitors_have_no_level(nobody, lab, alice):
    assert alice.patch(f"stem/project/{lab['project']}", {"is_public": True}).status == 200
    assert nobody.get("stem/project").ids == [lab["project"]]
    assert nobody.get("stem/project", "filter{my_level.isnull}=false").ids == []
    page = Reader().get("/public/stem/project/?columns=my_level")
    assert "My level" not in page.words


def test_a_profile_shows_what_is_shared_and_leads_to_the_records_of_a_person(lab, alice, bob, dana, charlie):
    project = alice.get(f"stem/project/{lab['project']}").record["name"]
    lab.add("subject"), lab.add("subject")
    page = Reader(bob).get(f"{PEOPLE}{alice.user.pk}/")
    assert project in card(page, "Projects and attributes that you share")
    assert "Owner" in card(page, "Projects and attributes that you share")
    assert card(page, "Groups that you share") == ""
    link = f'href="/private/stem/subject/?created_by={alice.user.pk}"'
    assert f"{link}" in card(page, "Records that you see")
    assert Reader(bob).get(f"/private/stem/subject/?created_by={alice.user.pk}").status == 200
    assert "Groups that you share" in Reader(dana).get(f"{PEOPLE}{alice.user.pk}/").words
    strange = Reader(charlie).get(f"{PEOPLE}{alice.user.pk}/")
    assert strange.status == 200
    assert project not in strange.words
    assert "stem/subject/?created_by" not in strange.text


def test_people_who_share_nothing_are_not_there_where_people_are_shared(settings, alice, charlie):
    settings.BRAINSTEM_PEOPLE = "shared"
    assert Reader(charlie).get(f"{PEOPLE}{alice.user.pk}/").status == 404
    assert Reader(alice).get(f"{PEOPLE}{alice.user.pk}/").status == 200


def test_an_orcid_leads_to_its_page_however_it_was_written(alice, bob):
    get_user_model().objects.filter(pk=alice.user.pk).update(orcid_id="0000-0002-1825-0097")
    get_user_model().objects.filter(pk=bob.user.pk).update(orcid_id="https://orcid.org/0000-0001-5109-3700")
    text = Reader(alice).get(PEOPLE).text
    for number in ("0000-0002-1825-0097", "0000-0001-5109-3700"):
        assert f'href="https://orcid.org/{number}"' in text
        assert f">{number}</a>" in text


def test_pages_of_groups_and_people_take_as_many_statements_however_many_there_are(lab, alice, imaging):
    def statements(path):
        Reader(alice).get(path)
        reader = Reader(alice)
        reader.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(path).status == 200
        return len([one for one in asked if "SAVEPOINT" not in one["sql"]])

    pages = (GROUPS, f"{GROUPS}{imaging.pk}/", f"{PEOPLE}{alice.user.pk}/")
    before = [statements(path) for path in pages]
    for number in range(5):
        join_group(unique(f"Group {number}"), alice.user, person("eve").user)
        lab.add("project"), lab.add("setup")
    assert [statements(path) for path in pages] == before
    assert before[1] <= 7
    assert before[2] <= 7


# -- joining ---------------------------------------------------------------------------------------------------------


def test_a_stranger_asks_to_join_and_is_let_in(alice, charlie, imaging):
    page, reader = f"{GROUPS}{imaging.pk}/", Reader(charlie)
    assert f"{page}join/" in reader.get(page).links
    assert reader.get(f"{page}join/").status == 200
    asked = reader.post(f"{page}join/", _do="ask", message="I image, too.")
    assert (asked.status, asked.to) == (303, page)
    assert "Your request was sent" in reader.get(page).words
    assert "You have asked to join" in reader.get(f"{page}join/").words
    again = reader.post(f"{page}join/", _do="ask")
    assert again.status == 422
    assert "already asked" in again.words
    assert "I image, too." in Reader(alice).get("/private/inbox/").words
    reader.post(f"{page}join/", _do="cancel")
    assert "I image, too." not in Reader(alice).get("/private/inbox/").words
    assert reader.post(f"{page}join/", _do="cancel").status == 422


def test_members_leave_except_the_last_owner(alice, dana, imaging):
    page = f"{GROUPS}{imaging.pk}/join/"
    assert "You are a member" in Reader(dana).get(page).words
    assert Reader(dana).post(page, _do="leave").status == 303
    assert Reader(dana).post(page, _do="leave").status == 422
    kept = Reader(alice).post(page, _do="leave")
    assert kept.status == 422
    assert "owner" in kept.words
    assert imaging.memberships.get().user == alice.user


def test_what_cannot_be_joined_has_no_such_page(lab, alice, charlie, admin, imaging):
    page = f"{GROUPS}{imaging.pk}/join/"
    assert Reader(alice).get(f"/private/stem/project/{lab['project']}/join/").status == 404
    assert Reader(charlie).get(f"{GROUPS}99999/join/").status == 404
    assert Reader().get(page).status == 302
    assert Reader(admin).get(f"/super/users/group/{imaging.pk}/join/").status == 404
    assert Reader(charlie).post(page, _do="take_over").status == 422
    assert Reader(charlie).post(page, _do="ask", level="owner").status == 422
    assert Reader(charlie).post(page, _do="ask", message="x" * 2001).status == 422
    assert "level" in Reader(charlie).post(page, _do="ask", level="owner").words


def test_an_invited_person_is_led_to_the_inbox(alice, charlie, imaging):
    alice.post(f"users/group/{imaging.pk}/invite", {"email": charlie.email})
    page = Reader(charlie).get(f"{GROUPS}{imaging.pk}/join/")
    assert "/private/inbox/" in page.links
    assert "Ask to join" not in page.words
