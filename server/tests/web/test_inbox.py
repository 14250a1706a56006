"""The inbox: what waits for a person, answered in place, and the number that every page knows."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from brainstem.apps.users.list_models import KeptList
from brainstem.core.model.registry import specs

from .pages import Reader

pytestmark = pytest.mark.databases

INBOX, SUBJECTS = "/private/inbox/", "/private/stem/subject/"
INVITATION = "stem.ProjectMembershipInvitation"


def number(page):
    found = re.search(r'>Inbox(?:<span class="badge badge-attention">(\d+)</span>)?</a>', page.text)
    return int(found[1] or 0)


def part(page, name):
    return page.text.partition(f'aria-labelledby="{name}"')[2].partition("</section>")[0]


@pytest.fixture
def invited(alice, charlie, lab):
    """Charlie is invited to the project."""
    answer = alice.post(f"stem/project/{lab['project']}/invite", {"email": charlie.email, "can_change": True, "message": "Come & see."})  # fmt: skip
    assert answer.status == 201, answer.body
    return answer.id


def test_an_invitation_is_accepted_in_place(alice, charlie, bob, lab, invited):
    reader, name = Reader(charlie), alice.get(f"stem/project/{lab['project']}").record["name"]
    page = reader.get(INBOX)
    assert number(page) == number(reader.get("/private/")) == number(reader.get(SUBJECTS)) == 1
    assert "1 thing waits for you." in reader.get("/private/").words
    offers = part(page, "offers")
    assert name in offers
    assert "as contributor" in " ".join(page.words.split())
    assert "Come &amp; see." in offers
    assert f"/private/stem/project/{lab['project']}/" not in offers  # not theirs to open yet
    done = reader.post(INBOX, _do="accept", model=INVITATION, id=invited)
    assert (done.status, done.to) == (303, INBOX)
    page = reader.get(INBOX)
    assert f"Accepted: the invitation to {name}." in page.words
    assert "Nothing waits for you" in page.words
    assert number(page) == 0
    assert charlie.get(f"stem/project/{lab['project']}").status == 200
    again = reader.post(INBOX, _do="accept", model=INVITATION, id=invited)
    assert again.status == 404
    assert "It waits no longer" in again.words


def test_what_is_not_for_somebody_is_answered_like_what_is_not_there(alice, bob, dana, invited):
    nothing = "01a22b71-eb55-708d-9472-33dfc7a63aab"
    for someone in (bob, dana):
        reader = Reader(someone)
        assert number(reader.get(INBOX)) == 0
        for act in ("accept", "reject", "cancel"):
            answers = [reader.post(INBOX, _do=act, model=INVITATION, id=pk) for pk in (invited, nothing, "x")]
            assert [one.status for one in answers] == [404] * 3
    reader = Reader(alice)  # who sent it
    assert reader.post(INBOX, _do="accept", model=INVITATION, id=invited).status == 403
    assert reader.post(INBOX, _do="accept", model="stem.Subject", id=nothing).status == 404
    assert reader.post(INBOX, _do="join", model=INVITATION, id=invited).status == 400
    strange = reader.post(INBOX, _do="accept", model=INVITATION, id=invited, idd="1")
    assert strange.status == 400
    assert "idd" in strange.words
    assert Reader().get(INBOX).status == Reader().post(INBOX, _do="accept", model=INVITATION, id=invited).status == 302
    assert specs()[INVITATION].model.objects.filter(pk=invited).exists()


def test_what_ones_side_has_sent_is_withdrawn(alice, charlie, invited):
    reader = Reader(alice)
    page = reader.get(INBOX)
    assert number(page) == 0
    assert "1 open that your side has sent" in page.words
    assert reader.post(INBOX, _do="cancel", model=INVITATION, id=invited).status == 303
    assert "Withdrawn: the invitation to" in reader.get(INBOX).words
    assert number(Reader(charlie).get(INBOX)) == 0


def test_a_request_to_join_waits_for_those_who_manage_the_group(alice, charlie, bob, lab):
    group = alice.post("users/group", {"name": "Imaging"}).id
    asked = charlie.post(f"users/group/{group}/join", {"message": "May I?"}).id
    assert number(Reader(bob).get(INBOX)) == number(Reader(charlie).get(INBOX)) == 0
    reader = Reader(alice)
    page = reader.get(INBOX)
    assert number(page) == 1
    assert "asks to join the group" in part(page, "offers")
    assert reader.post(INBOX, _do="accept", model="users.GroupMembershipRequest", id=asked).status == 303
    assert number(reader.get(INBOX)) == 0
    assert charlie.email in alice.get(f"users/group/{group}").record["users"]


def test_an_invitation_of_a_group_waits_for_its_managers(alice, charlie, lab):
    group = charlie.post("users/group", {"name": "Physiology"}).id
    alice.post(f"stem/project/{lab['project']}/invite", {"group": "Physiology"})
    page = Reader(charlie).get(INBOX)
    assert number(page) == 1
    assert "your group" in part(page, "offers")
    assert "Physiology" in part(page, "offers")
    assert group


def test_an_invitation_whose_sender_may_no_longer_invite_says_so(alice, charlie, dana, lab):
    second = alice.patch(f"stem/project/{lab['project']}", {"users": {dana.email: {"is_manager": True}}})
    assert second.status == 200
    invited = dana.post(f"stem/project/{lab['project']}/invite", {"email": charlie.email}).id
    alice.patch(f"stem/project/{lab['project']}", {"users": {dana.email: {"remove": True}}})
    refused = Reader(charlie).post(INBOX, _do="accept", model=INVITATION, id=invited)
    assert refused.status == 409
    assert "Ask for a new invitation" in refused.words


def test_proposals_wait_for_administrators_and_then_for_their_author(alice, bob, admin, lab):
    proposal = alice.post("taxonomies/strain", {"name": "Mine", "species": lab["species"]}).id
    review = f"/private/taxonomies/strainapproval/{proposal}/review/"
    assert number(Reader(alice).get(INBOX)) == number(Reader(bob).get(INBOX)) == 0
    page = Reader(admin).get(INBOX)
    assert number(page) == 1
    assert review in page.links
    Reader(admin).post(review, _do="request_revision", comment="Which colony?")
    assert number(Reader(admin).get(INBOX)) == 0
    page = Reader(alice).get(INBOX)
    assert number(page) == 1
    assert "Which colony?" in part(page, "returned")
    assert f"/private/taxonomies/strainapproval/{proposal}/change/" in page.links
    alice.patch(f"taxonomies/strainapproval/{proposal}", {"description": "Kyoto."})
    Reader(admin).post(review, _do="accept", comment="Thanks.")
    page = Reader(alice).get(INBOX)
    assert number(page) == 0
    assert "Thanks." in page.text.partition('aria-label="Done"')[2]


def day(number):
    return str(timezone.now().date() + dt.timedelta(days=number))


def test_licences_and_stocks_that_soon_end_wait_for_those_who_may_change_them(alice, bob, dana, lab):
    model = specs()["personal_attributes.License"].model
    ends = {"Ends soon": 12, "Ends today": 0, "Ends later": 91, "Has ended": -1, "Was revoked": 12}
    for name, days in ends.items():
        pk = lab.add("license", name=name)["id"]
        status = "revoked" if name == "Was revoked" else "active"
        model.objects.filter(pk=pk).update(valid_until=day(days), status=status)
    reader = Reader(alice)
    page = reader.get(INBOX)
    assert re.findall(r'<a class="name" href="[^"]+">([^<]+)</a>', part(page, "ends")) == ["Ends today", "Ends soon"]
    assert "Last day today" in page.words
    assert "12 days left" in page.words
    assert number(page) == 2
    assert number(Reader(bob).get(INBOX)) == 0
    soon = {"model": "personal_attributes.License", "id": model.objects.get(name="Ends soon").pk, "day": day(12)}
    assert Reader(bob).post(INBOX, _do="done", **soon).status == 303  # nothing of theirs
    assert reader.post(INBOX, _do="done", **soon).status == 303
    page = reader.get(INBOX)
    assert number(page) == 1
    assert "Ends soon" in page.text.partition('aria-label="Done"')[2]
    assert KeptList.objects.filter(kind="inbox_done").count() == 1
    reader.post(INBOX, _do="again", **soon)
    assert number(reader.get(INBOX)) == 2
    reader.post(INBOX, _do="done", **soon)
    model.objects.filter(name="Ends soon").update(valid_until=day(30))  # with another last day, it is a new one
    assert number(reader.get(INBOX)) == 2


def test_a_stock_that_expires_waits_until_it_is_used_up(alice, lab):
    model = specs()["modules.ConsumableStock"].model
    pk = lab.add("consumablestock")["id"]
    model.objects.filter(pk=pk).update(expiration_date=day(5))
    reader = Reader(alice)
    assert number(reader.get(INBOX)) == 1
    assert f"/private/modules/consumablestock/{pk}/" in reader.get(INBOX).links
    model.objects.filter(pk=pk).update(status="DEPLETED")
    assert number(reader.get(INBOX)) == 0


def test_the_number_costs_no_page_a_statement(alice, charlie, lab, invited):
    reader, pages = Reader(charlie), (SUBJECTS, "/private/", "/private/stem/project/")

    def statements(path):
        reader.get(path), reader.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(path).status == 200
        return len([one for one in asked if "SAVEPOINT" not in one["sql"]])

    with_one = [statements(path) for path in pages]
    specs()[INVITATION].model.objects.all().delete()
    assert [statements(path) for path in pages] == with_one


def test_mails_lead_to_the_inbox_and_to_the_proposal(
    alice, charlie, admin, lab, settings, django_capture_on_commit_callbacks
):
    payload = {"name": "Mine", "species": lab["species"]}
    with django_capture_on_commit_callbacks(execute=True):
        alice.post(f"stem/project/{lab['project']}/invite", {"email": charlie.email})
        proposal = alice.post("taxonomies/strain", payload).id
    texts = {one.to[0]: one.body for one in mail.outbox}
    assert f"{settings.BRAINSTEM_URL}/private/inbox/" in texts[charlie.email]
    assert f"/private/taxonomies/strainapproval/{proposal}/review/" in texts[admin.email]
    assert not any("/api/private/" in text for text in texts.values())
