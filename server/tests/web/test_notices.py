"""Emails by the choice of each person: at once, once a day in their morning, or never; the inbox has it all the same."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.utils import timezone

from brainstem.apps.users.notice_models import News
from brainstem.core.mail import gathering, mornings
from brainstem.core.mail.wishes import Recipient
from brainstem.core.models import ImportReview, Notice, TaskWorker

from ..people import person
from .pages import Reader

pytestmark = pytest.mark.databases

NOTICES, INBOX = "/account/notices/", "/private/inbox/"


def wish(who, **wishes):
    assert Reader(who).post(NOTICES, **wishes).status == 302


@pytest.fixture
def sent(django_capture_on_commit_callbacks):
    """Does something, and gives the emails that followed it."""

    def after(act):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        return list(mail.outbox)

    return after


@pytest.fixture
def invite(alice, charlie, lab, sent):
    """Alice invites Charlie to her project."""
    return lambda: sent(lambda: alice.post(f"stem/project/{lab['project']}/invite", {"email": charlie.email}))


def days_pass(number=1):
    Notice.objects.update(at=timezone.now() - dt.timedelta(days=number))


def test_at_once_is_usual_and_the_email_leads_to_the_choice(invite, charlie, settings):
    [told] = invite()
    url = f"{settings.BRAINSTEM_URL}{NOTICES}"
    assert told.to == [charlie.email]
    assert url in told.body
    assert f'href="{url}"' in told.alternatives[0].content
    assert told.extra_headers["List-Unsubscribe"] == f"<{url}>"
    assert Reader(charlie).get(NOTICES).status == 200
    assert Reader().get(NOTICES).to.startswith("/account/login/?next=")


def test_never_sends_nothing_but_the_inbox_has_it(invite, charlie, lab):
    wish(charlie, offers="never")
    assert invite() == []
    assert not Notice.objects.exists()
    assert "invites" in Reader(charlie).get(INBOX).words


def test_once_a_day_everything_comes_in_one_email_in_the_morning(invite, alice, charlie, sent):
    wish(charlie, offers="daily", answers="daily")
    assert invite() == []
    group = charlie.post("users/group", {"name": "Physiology"}).id
    sent(lambda: alice.post(f"users/group/{group}/join"))
    days_pass()
    [told] = sent(mornings.mornings)
    assert told.to == [charlie.email]
    assert told.subject == "Your day in BrainSTEM: 2 things"
    assert "has invited you to the project" in told.body.replace("\n", " ")
    assert "has asked to join the group Physiology" in told.body.replace("\n", " ")
    assert "Choose which emails you get" in told.alternatives[0].content
    assert sent(mornings.mornings) == []
    assert not Notice.objects.exists()


def test_what_happened_after_the_morning_waits_for_the_next_one(invite, charlie, sent):
    wish(charlie, offers="daily")
    invite()
    morning = Recipient(0, "").last_morning(timezone.now())
    Notice.objects.update(at=morning + dt.timedelta(minutes=1))
    assert sent(mornings.mornings) == []
    Notice.objects.update(at=morning - dt.timedelta(minutes=1))
    assert len(sent(mornings.mornings)) == 1


@pytest.mark.parametrize(
    ("zone", "now", "morning"),
    [
        ("UTC", "2026-05-01T06:59Z", "2026-04-30T07:00Z"),
        ("UTC", "2026-05-01T07:00Z", "2026-05-01T07:00Z"),
        ("Asia/Tokyo", "2026-05-01T06:59Z", "2026-04-30T22:00Z"),
        ("America/Los_Angeles", "2026-05-01T06:59Z", "2026-04-30T14:00Z"),
        ("Europe/Copenhagen", "2026-10-25T08:00Z", "2026-10-25T06:00Z"),  # the clocks went back in the night
        ("Nowhere/At_All", "2026-05-01T06:59Z", "2026-04-30T07:00Z"),
    ],
)
def test_the_morning_is_that_of_the_person(zone, now, morning):
    found = Recipient(0, "", zone=zone).last_morning(dt.datetime.fromisoformat(now))
    assert found == dt.datetime.fromisoformat(morning)


def test_the_zone_of_the_profile_decides(invite, charlie, sent):
    now = timezone.now()
    # Where seven was within the last hour, and where it is still to come.
    past, ahead = (now.hour - 7) % 24, (now.hour - 6) % 24
    wish(charlie, offers="daily")
    invite()
    Notice.objects.update(at=now - dt.timedelta(hours=1))
    zones = {hours: f"Etc/GMT{'+' if hours > 0 else '-'}{abs(hours)}" for hours in range(-14, 13)}
    early = next(zones[one] for one in (ahead, ahead - 24) if one in zones)
    late = next(zones[one] for one in (past, past - 24) if one in zones)
    assert now.astimezone(ZoneInfo(late)).hour == 7
    get_user_model().objects.filter(pk=charlie.user.pk).update(time_zone=early)
    assert sent(mornings.mornings) == []
    get_user_model().objects.filter(pk=charlie.user.pk).update(time_zone=late)
    assert len(sent(mornings.mornings)) == 1


def test_an_invitation_that_was_withdrawn_is_in_no_digest(invite, alice, charlie, sent):
    wish(charlie, offers="daily")
    invite()
    offer = alice.get("stem/projectmembershipinvitation").records[0]["id"]
    sent(lambda: alice.post(f"stem/projectmembershipinvitation/{offer}/cancel"))
    days_pass()
    assert sent(mornings.mornings) == []


def test_overdue_notices_of_those_who_want_them_daily_are_not_swept(invite, charlie, sent):
    wish(charlie, offers="daily")
    invite()
    days_pass()
    assert sent(gathering.sweep) == []
    wish(charlie, offers="now")
    assert len(sent(gathering.sweep)) == 1


def test_each_administrator_has_their_own_choice(alice, admin, lab, sent):
    daily, never = person("second", admin=True), person("third", admin=True)
    wish(daily, proposals="daily")
    wish(never, proposals="never")
    told = sent(lambda: alice.post("taxonomies/strain", {"name": "Mine", "species": lab["species"]}))
    assert [one.to for one in told] == [[admin.email]]
    days_pass()
    [digest] = sent(mornings.mornings)
    assert digest.to == [daily.email]
    assert "strain Mine" in digest.body


def test_whoever_invited_is_told_by_email_and_in_the_inbox_that_it_was_declined(invite, alice, charlie, sent):
    invite()
    offer = alice.get("stem/projectmembershipinvitation").records[0]["id"]
    wish(alice, answers="never")
    told = sent(lambda: charlie.post(f"stem/projectmembershipinvitation/{offer}/reject"))
    assert told == []
    page = Reader(alice).get(INBOX)
    assert f"{charlie.email} rejected the invitation to the project" in page.words
    assert "Inbox<span" in page.text
    made = News.objects.get()
    Reader(alice).post(INBOX, _do="read", id=str(made.pk))
    assert "Inbox<span" not in Reader(alice).get(INBOX).text


def test_security_emails_cannot_be_chosen_away(alice):
    page = Reader(alice).get(NOTICES)
    assert "always sent" in page.words
    assert 'name="offers"' in page.text
    assert 'name="proposals"' not in page.text  # for administrators


def test_a_wrong_choice_is_refused_and_nothing_is_kept(alice):
    refused = Reader(alice).post(NOTICES, offers="weekly", answers="daily")
    assert refused.status == 422
    assert "Choose one of" in refused.words
    assert get_user_model().objects.get(pk=alice.user.pk).mail_wishes == {}
    wish(alice, answers="daily", proposals="never")
    assert get_user_model().objects.get(pk=alice.user.pk).mail_wishes == {"answers": "daily"}


def test_without_a_worker_the_page_says_so(alice, admin):
    assert "No emails are sent at present" in Reader(alice).get(NOTICES).words
    assert "brainstem-server tasks" in Reader(admin).get(NOTICES).words
    TaskWorker.objects.create(name="one", seen_at=timezone.now())
    assert "No emails are sent at present" not in Reader(alice).get(NOTICES).words
    TaskWorker.objects.update(seen_at=timezone.now() - dt.timedelta(hours=1))
    assert "has not been seen since" in Reader(alice).get(NOTICES).words


def test_who_is_asked_to_review_an_import_is_told_by_email_and_its_owner_of_the_answer(alice, bob, lab, sent):
    text = f"name,sex,projects,strain\nx,F,{lab['project']},{lab['strain']}\n"
    asked = {"text": text, "model": "stem/subject", "name": "mice.csv"}
    one = alice.post("imports/?kind=table", asked).body["import"]
    url = f"/private/import-tool/{one['id']}/"
    note = "Are these right?"
    [told] = sent(lambda: Reader(alice).post(f"{url}review/", _do="ask", person=bob.email, note=note))
    assert (told.to, told.subject) == ([bob.email], f"{alice.email} asks you to review an import")
    assert note in told.body
    assert url in told.body
    [answered] = sent(lambda: Reader(bob).post(url, _do="answer", answer="revise", comment="No."))
    assert (answered.to, answered.subject) == ([alice.email], f"{bob.email} asks for changes to your import")
    assert "No." in answered.body
    wish(bob, reviews="never")
    assert sent(lambda: Reader(alice).post(f"{url}review/", _do="ask", person=bob.email)) == []


def test_a_review_that_is_withdrawn_before_the_email_is_not_told(alice, bob, lab, sent):
    one = alice.post("imports/?kind=table", {"text": "name,sex\nx,F\n", "model": "stem/subject"}).body["import"]
    url = f"/private/import-tool/{one['id']}/review/"
    Reader(alice).post(url, _do="ask", person=bob.email)
    assert Notice.objects.filter(topic="reviews").count() == 1
    Reader(alice).post(url, _do="withdraw", review=ImportReview.objects.get().pk)
    assert not Notice.objects.filter(topic="reviews").exists()
