"""Email digests: everything that happens within some minutes goes into one email, however much it is.

A notice is written in the transaction that it reports. Some minutes after the first one, a task sends all of them,
except to those who want the topic once a day: :mod:`.mornings` sends theirs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.utils import timezone

from ..model.registry import specs
from ..models import Notice
from ..tasks.queue import background, chore, later, queue
from ..text.times import kept_moment
from . import quota
from .message import Message, Piece, compose
from .sending import deliver, is_quiet
from .wishes import DAILY, NOW, Recipient, recipients

FIRST_FEW = 20
# Notices left behind by a crash between commit and queueing, or by a queue emptied by hand.
OVERDUE = dt.timedelta(hours=2)


@dataclass(frozen=True)
class Topic:
    """A kind of news: the email for a single notice, the title for several, and how long they are held."""

    mail: str
    several: str
    wait: dt.timedelta
    lasting: bool = False  # sent only while the record exists
    label: str = ""  # in the list of what emails people want
    for_administrators: bool = False
    kept: bool = False  # told in the inbox too, where nothing else tells of it

    @property
    def words(self) -> str:
        """What it is about, for people."""
        return self.label or self.several.removeprefix("{} ").capitalize()


TOPICS = {
    "offers": Topic(
        "joining/offered",
        "{} invitations and requests are waiting for you",
        dt.timedelta(minutes=2),
        lasting=True,
        label="Invitations to you, and requests to join what you manage",
    ),
    "answers": Topic(
        "joining/answered",
        "{} invitations and requests have been answered",
        dt.timedelta(minutes=2),
        label="Answers to your invitations and requests",
        kept=True,
    ),
    "decisions": Topic(
        "approvals/decided",
        "{} of your proposals have been reviewed",
        dt.timedelta(minutes=5),
        label="Decisions on your proposals",
    ),
    "reviews": Topic(
        "imports/asked",
        "{} imports are waiting for your review",
        dt.timedelta(minutes=2),
        label="Imports that you are asked to review",
    ),
    "reviewed": Topic(
        "imports/answered",
        "{} reviews of your imports have been answered",
        dt.timedelta(minutes=2),
        label="Answers to the reviews that you asked for",
    ),
    "proposals": Topic(
        "approvals/proposed",
        "{} proposals are waiting for review",
        dt.timedelta(minutes=5),
        lasting=True,
        label="Proposals that wait for a decision",
        for_administrators=True,
    ),
    "strangers": Topic(
        "joining/stranger",
        "{} people are waiting to register",
        dt.timedelta(minutes=2),
        label="People who wait to be let in",
        for_administrators=True,
    ),
}
CHOICE = "/account/notices/"  # where people choose which of these they get
Keep = Callable[[str, Sequence[int], str, str], None]
_keepers: list[Keep] = []


def on_kept(keeper: Keep) -> Keep:
    """Have a function told of news that stay: topic, people, a sentence, and the address of a page about it."""
    _keepers.append(keeper)
    return keeper


@dataclass
class _Queue:
    """Queues the task that sends; two for the same recipient are equal."""

    topic: str
    person_id: int | None
    done: bool = field(default=False, compare=False)

    def __call__(self) -> None:
        self.done = True
        later(gather, wait=TOPICS[self.topic].wait, topic=self.topic, person_id=self.person_id)


def tell(
    topic: str, people: Iterable[int | None], facts: Mapping[str, object], *, about: str = "", once: str = ""
) -> None:
    """Add a notice for these people (None: all administrators), to be sent with others of the topic.

    Parameters
    ----------
    about : str
        Label and id of the record, such as ``stem.Project 7``; notices of some topics are dropped when it is gone.
    once : str
        Key of news that a person gets at most once a day.
    """
    to = [] if is_quiet() else list(people)
    Notice.objects.bulk_create(
        Notice(topic=topic, person_id=one, about=about, once=once, facts=dict(facts)) for one in to
    )
    if to and TOPICS[topic].kept:
        text = compose(TOPICS[topic].mail, _with_times(facts)).subject
        for keeper in _keepers:
            keeper(topic, [one for one in to if one is not None], text, str(facts.get("address", "")))
    for one in to:
        _queue_once(_Queue(topic, one))


def forget(topic: str, about: str) -> bool:
    """Drop unsent notices about a record; returns whether there were any."""
    return bool(Notice.objects.filter(topic=topic, about=about).delete()[0])


def _queue_once(wanted: _Queue) -> None:
    # Two hundred rows of one request make one task. A rollback removes them from this list.
    queued = [entry[1] for entry in connection.run_on_commit]
    if not any(one == wanted and not one.done for one in queued):
        transaction.on_commit(wanted, robust=True)


@background()
def gather(*, topic: str, person_id: int | None) -> None:
    """Send all notices of a topic to a person, or the administrators, in one email, to those who want it at once."""
    people = recipients(None if person_id is None else [person_id])
    to = [one for one in people.values() if one.wish(topic) == NOW]
    later_on = [one for one in people.values() if one.wish(topic) == DAILY]
    if person_id is not None and later_on:
        return  # they stay until the morning
    with transaction.atomic():
        # Locked, so that only one of two workers sends; the transaction that deletes the notices queues the email.
        rows = list(Notice.objects.select_for_update().filter(topic=topic, person_id=person_id).order_by("pk"))
        if not rows:
            return
        if to and not quota.spend(quota.NEWS, f"{topic} {person_id}"):
            later(gather, wait=dt.timedelta(hours=1), topic=topic, person_id=person_id)
            return
        news = [row for row in lasting(rows) if is_new(row)]
        if to and news:
            deliver(addressed(_message(TOPICS[topic], news), *to))
        _hold(news, later_on)
        Notice.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _hold(news: list[Notice], people: Iterable[Recipient]) -> None:
    """Keep news for all administrators until the morning, for those of them who want it then."""
    Notice.objects.bulk_create(
        Notice(topic=row.topic, person_id=one.id, about=row.about, facts=row.facts) for one in people for row in news
    )


@chore
def sweep() -> None:
    """Send overdue notices, except those that wait for the morning."""
    overdue = Notice.objects.filter(at__lt=timezone.now() - OVERDUE)
    found = [*overdue.order_by().values_list("topic", "person_id").distinct()]
    people = recipients({person_id for _, person_id in found if person_id is not None}) if found else {}
    for topic, person_id in found:
        if person_id is None or person_id not in people or people[person_id].wish(topic) != DAILY:
            queue(gather, topic=topic, person_id=person_id)
    quota.forget()


def addressed(message: Message, *to: Recipient) -> EmailMultiAlternatives:
    """The email, with the way to the page on which people choose which emails they get."""
    url = f"{settings.BRAINSTEM_URL}{CHOICE}"
    choice = Piece("choice", "Choose which emails you get", url)
    whole = replace(message, pieces=(*message.pieces, choice))
    return whole.to(*(one.email for one in to), headers={"List-Unsubscribe": f"<{url}>"})


def lasting(rows: list[Notice]) -> list[Notice]:
    """Those whose record still exists, where that matters."""
    wanted: dict[str, set[str]] = {}
    for row in (one for one in rows if TOPICS[one.topic].lasting):
        label, _, pk = row.about.partition(" ")
        wanted.setdefault(label, set()).add(pk)
    there = {
        f"{label} {pk}"
        for label, ids in wanted.items()
        for pk in specs()[label].model._default_manager.filter(pk__in=ids).values_list("pk", flat=True)
    }
    return [row for row in rows if not TOPICS[row.topic].lasting or row.about in there]


def is_new(row: Notice) -> bool:
    """Whether the person was not told the same today."""
    return not row.once or quota.spend(quota.ONCE_A_DAY, f"{row.person_id} {row.once}")


def _message(topic: Topic, news: list[Notice]) -> Message:
    if len(news) == 1:
        return compose(topic.mail, _with_times(news[0].facts))
    context = {"title": topic.several.format(len(news)), "lines": lines_of(news), "more": len(news) - FIRST_FEW}
    return compose("news/several", context)


def lines_of(news: list[Notice]) -> list[dict[str, object]]:
    """The first notices as lines of an email: a sentence, and the address of a page about it."""
    several = [(TOPICS[row.topic], _with_times(row.facts)) for row in news[:FIRST_FEW]]
    return [
        {"text": compose(topic.mail, facts).subject, "address": facts.get("address", "")} for topic, facts in several
    ]


def _with_times(facts: Mapping[str, object]) -> dict[str, object]:
    """Values for the template, with times parsed, which JSON stores as text."""
    found = dict(facts)
    for name, value in found.items():
        if isinstance(value, dict):
            found[name] = _with_times(value)
        elif name.endswith("_at") and isinstance(value, str):
            found[name] = kept_moment(value)
    return found
