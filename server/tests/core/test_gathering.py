"""News by mail: gathered into one mail, limited, and without anybody's links."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from brainstem.core.mail import gathering, quota
from brainstem.core.mail.message import without_links
from brainstem.core.models import MailCount, Notice
from brainstem.core.tasks.worker import Worker

from ..people import join_group, person, unique

pytestmark = pytest.mark.django_db(transaction=True)
INVITATION = "users/groupmembershipinvitation"
LINK = "Look at https://evil.example/x now"


@pytest.fixture(autouse=True)
def queued(settings):
    """Tasks wait in the database for a worker, as they do on a server, and limits are kept."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    settings.BRAINSTEM_THROTTLE = True


def some_minutes_later(minutes: int = 10) -> list:
    """The mails that were sent by then."""
    mail.outbox.clear()
    due = timezone.now() + dt.timedelta(minutes=minutes)
    DBTaskResult.objects.filter(run_after__lt=due).update(run_after=timezone.now() - dt.timedelta(seconds=1))
    Worker().work_off()
    return list(mail.outbox)


def strains(number: int) -> list[dict]:
    return [{"name": unique("Strain"), "comments": "We breed it."} for _ in range(number)]


def propose(who, lab, number: int, **more) -> list[str]:
    rows = [lab.payload("strain") | row | more for row in strains(number)]
    answer = who.post("taxonomies/strain/bulk/", {"create": rows})
    assert answer.status in (200, 201), answer.body
    return [row["name"] for row in rows]


# -- gathering ----------------------------------------------------------------------------------------------------------


def test_many_proposals_of_one_request_are_one_mail_outside_of_it(lab, alice, admin):
    some_minutes_later()
    mail.outbox.clear()
    names = propose(alice, lab, 25)
    assert mail.outbox == []
    assert DBTaskResult.objects.count() == 1
    [told] = some_minutes_later()
    assert told.to == [admin.email]
    assert told.subject == "25 proposals are waiting for review"
    words = " ".join(told.body.split())
    assert all(f"proposed a change: strain {name} http" in words for name in names[:20])
    assert not any(f"strain {name} " in words for name in names[20:])
    assert "and 5 more" in words
    assert Notice.objects.count() == 0


def test_proposals_within_some_minutes_are_one_mail_and_one_alone_reads_as_such(lab, alice, bob, admin):
    some_minutes_later()
    [first] = propose(alice, lab, 1)
    propose(bob, lab, 1)
    assert some_minutes_later(1) == []
    [told] = some_minutes_later()
    assert told.subject == "2 proposals are waiting for review"
    [name] = propose(alice, lab, 1)
    [told] = some_minutes_later()
    assert told.subject == f"{alice.email} proposed a change: strain {name}"
    assert "We breed it." in told.body


def test_what_is_rolled_back_is_not_told(lab, alice, admin):
    some_minutes_later()
    rows = [lab.payload("strain"), {"name": ""}]
    assert alice.post("taxonomies/strain/bulk/", {"create": rows}).status == 400
    assert (Notice.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    propose(alice, lab, 1)
    assert len(some_minutes_later()) == 1


def test_invitations_of_one_person_within_some_minutes_are_one_mail(alice, charlie):
    for _ in range(3):
        group = join_group(unique("Group"), alice.user)
        alice.make(f"users/group/{group.pk}/invite", email=charlie.email)
    [told] = some_minutes_later()
    assert (told.to, told.subject) == ([charlie.email], "3 invitations and requests are waiting for you")


def test_news_that_was_left_behind_is_told(alice, charlie):
    group = join_group(unique("Group"), alice.user)
    alice.make(f"users/group/{group.pk}/invite", email=charlie.email)
    DBTaskResult.objects.all().delete()
    gathering.sweep()
    assert some_minutes_later() == []
    Notice.objects.update(at=timezone.now() - dt.timedelta(hours=3))
    gathering.sweep()
    assert len(some_minutes_later()) == 1


# -- limits -------------------------------------------------------------------------------------------------------------


def invite_and_withdraw(alice, group, guest, between) -> None:
    offer = alice.make(f"users/group/{group.pk}/invite", email=guest.email)
    between()
    assert alice.get(f"{INVITATION}/{offer['id']}/cancel").status == 200
    between()


def test_inviting_and_withdrawing_in_a_loop_mails_once_each(alice, charlie):
    group, sent = join_group(unique("Group"), alice.user), []
    for _ in range(3):
        invite_and_withdraw(alice, group, charlie, lambda: sent.extend(some_minutes_later()))
    assert [one.subject for one in sent] == [
        f"{alice.email} has invited you to the group {group.name}",
        f"{alice.email} withdrew the invitation to the group {group.name}",
    ]
    other = join_group(unique("Group"), alice.user)
    alice.make(f"users/group/{other.pk}/invite", email=charlie.email)
    assert len(some_minutes_later()) == 1


def test_what_is_withdrawn_before_it_was_told_is_not_told(alice, charlie):
    group = join_group(unique("Group"), alice.user)
    invite_and_withdraw(alice, group, charlie, lambda: None)
    assert some_minutes_later() == []
    assert Notice.objects.count() == 0


def test_beyond_the_limit_news_waits_and_follows_in_one_mail(alice, charlie, monkeypatch):
    monkeypatch.setattr(quota, "NEWS", quota.MailLimit("news", most=1, seconds=86_400))
    for _ in range(3):
        group = join_group(unique("Group"), alice.user)
        alice.make(f"users/group/{group.pk}/invite", email=charlie.email)
        sent = some_minutes_later()
    assert (sent, Notice.objects.count()) == ([], 2)
    MailCount.objects.all().delete()
    [told] = some_minutes_later(70)
    assert told.subject == "2 invitations and requests are waiting for you"


def test_counts_of_stretches_that_are_over_are_forgotten():
    limit = quota.MailLimit("x", most=2, seconds=3600)
    assert [quota.spend(limit, "a") for _ in range(3)] == [True, True, False]
    assert quota.spend(limit, "b")
    quota.forget()
    assert not quota.spend(limit, "a")
    MailCount.objects.update(ends=1)
    quota.forget()
    assert MailCount.objects.count() == 0


def test_with_limits_off_nothing_is_counted(settings):
    settings.BRAINSTEM_THROTTLE = False
    limit = quota.MailLimit("x", most=0, seconds=3600)
    assert quota.spend(limit, "a")
    assert MailCount.objects.count() == 0


# -- words of others ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (LINK, "Look at [link] now"),
        ("www.evil.example", "[link]"),
        ("evil.example/login", "[link]"),
        ("HTTPS://EVIL.example", "[link]"),
        ("javascript://x", "[link]"),
        ("alice@lab.example, session.dat, e.g. 3.5 mm and/or Sst-IRES", None),
    ],
)
def test_what_a_mail_program_would_make_a_link_of_is_left_out(text, left):
    assert without_links(text) == (text if left is None else left)


def test_nobody_has_this_server_mail_their_links(lab, alice, charlie, admin):
    some_minutes_later()
    group = join_group(unique("Win at https://evil.example/y"), alice.user)
    alice.make(f"users/group/{group.pk}/invite", email=charlie.email, message=LINK)
    propose(alice, lab, 1, comments=LINK, description="x")
    offered, proposed = sorted(some_minutes_later(), key=lambda one: one.to == [admin.email])
    for sent in (offered, proposed):
        assert "evil.example" not in sent.subject + sent.body + sent.alternatives[0][0]
        assert "Look at [link] now" in sent.body


def test_a_message_of_an_invitation_has_an_end(alice, charlie):
    group = join_group(unique("Group"), alice.user)
    long = {"email": charlie.email, "message": "x" * 2001}
    assert alice.post(f"users/group/{group.pk}/invite", long).status == 400
    assert alice.post(f"users/group/{group.pk}/invite", long | {"message": "x" * 2000}).status == 201


def test_nobody_without_an_account_is_written_to(alice):
    group = join_group(unique("Group"), alice.user)
    answer = alice.post(f"users/group/{group.pk}/invite", {"email": "stranger@elsewhere.example", "message": "Hi"})
    assert answer.status == 400
    assert alice.post(f"users/group/{group.pk}/invite", {"email": person("zoe").email, "message": "Hi"}).status == 201
    assert len(some_minutes_later()) == 1
